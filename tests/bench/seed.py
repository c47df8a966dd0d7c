"""A year of a beta programme, of any size, written by a dozen statements.

What grows with the number of reports is what grows in life: reports, messages, events, "me too".
Models, modules, people, proposals and Fridays stay as many, so every proposal gathers more reports
and every Friday solves more of them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import asyncpg

from tracker.people.secrets import hash_of
from tracker.reports import search
from tracker.settings import Settings
from tracker.timetable import Timetable

MODELS, MODULES, FRIDAYS, PROPOSALS, TESTERS, ENGINEERS = 40, 20, 52, 2000, 3000, 12
READER, FILER = "reader", "filer"
"""Two testers: one only reads, so that what they see stays the same while the other files."""
SESSION, TOKEN = "the-session-of-the-reader", "oft_the-token-of-the-filer"
ENGINEER, ENGINEERS_TOKEN = "engineer1", "oft_the-token-of-an-engineer"

_WHERE = (
    "相机 Camera;锁屏 Lockscreen;状态栏 Status bar;通知栏 Notification shade;桌面 Home screen;"
    "设置 Settings;相册 Gallery;电话 Phone;短信 Messaging;浏览器 Browser;闹钟 Clock;天气 Weather;"
    "主题 Themes;蓝牙 Bluetooth;无线网络 Wi-Fi;音乐 Music;日历 Calendar;便签 Notes;文件管理 Files;"
    "省电 Battery"
).split(";")
_WHAT = (
    "打开后闪退;closes at once after opening;滑动时卡顿掉帧;stutters while scrolling;图标显示错位;"
    "shows its icons in the wrong place;深色模式下文字看不清;is unreadable in dark mode;"
    "更新后耗电明显变快;drains the battery since the update;不能保存修改;does not keep changes;"
    "横屏时布局重叠;overlaps in landscape;声音断断续续;sound cuts out;希望增加一个开关;"
    "should have a switch of its own;重启后设置丢失;forgets its settings after a restart"
).split(";")
_BODIES = (
    "**操作步骤**\n\n1. 更新到最新版本\n2. 打开后等待几秒\n3. 返回桌面再进入\n\n**预期结果**\n\n正常使用\n\n"
    "**实际结果**\n\n出现上面描述的问题，重启手机后仍然存在，清除缓存也没有用。",
    "**Steps**\n\n1. Update to the newest build\n2. Open it and wait for some seconds\n\n**Expected**"
    "\n\nIt works as before.\n\n**What happened**\n\nThe problem in the title, every time, also after"
    " a restart and with the cache cleared.",
    "从上个版本开始，之前没有。同组的其他朋友也遇到了，已附上日志。",
    "Since the last build only. Others in my city have it as well; the log is attached.",
    "建议参考旧版本的做法，用起来更顺手。",
)

_PICK = """
CREATE FUNCTION pg_temp.pick(i bigint, salt bigint, n int) RETURNS int LANGUAGE sql IMMUTABLE AS
$$ SELECT ((hashint8extended(i, salt) & 1073741823) % n)::int $$
"""

_PROGRAMME = """
INSERT INTO people (handle, display_name, role, language, joined_at)
SELECT CASE i WHEN 1 THEN '{READER}' WHEN 2 THEN '{FILER}' ELSE 'tester' || i END, '内测用户 ' || i, 'tester',
    CASE WHEN i % 4 = 0 THEN 'en' ELSE 'zh' END, {START}
FROM generate_series(1, {TESTERS}) i;
INSERT INTO people (handle, display_name, role, language, joined_at)
SELECT 'engineer' || i, '工程师 ' || i, 'engineer', 'zh', {START}
FROM generate_series(1, {ENGINEERS}) i;
INSERT INTO device_models (codename, name_zh, name_en, aliases)
SELECT 'model' || i, '小米 ' || i, 'Xiaomi ' || i, ARRAY['M' || i || 'C', 'M' || i || 'G']
FROM generate_series(1, {MODELS}) i;
INSERT INTO builds (model, ring, version, position, built_on, release, published_at)
SELECT m, 'closed', to_char(day, 'FMYY.FMMM.FMDD'), f, day - 1, day, {PUBLISHED}
FROM generate_series(1, {FRIDAYS}) f, LATERAL (SELECT {DAY}::date AS day) d,
    generate_series(1, {MODELS}) m ORDER BY m, f;
INSERT INTO person_devices (person, model, ring, build, added_at)
SELECT i, 1 + i % {MODELS}, 'closed', {FRIDAYS} * (1 + i % {MODELS}), {START}
FROM generate_series(1, {TESTERS}) i;
INSERT INTO releases (date, frozen_at, published_at)
SELECT day, {PUBLISHED} - interval '23 hours', {PUBLISHED}
FROM generate_series(1, {FRIDAYS}) f, LATERAL (SELECT {DAY}::date AS day) d ORDER BY f;
INSERT INTO proposals (title, module, kind, state, owner, changelog_zh, changelog_en, created_by,
    created_at, updated_at)
SELECT '提案 ' || p, 1 + p % {MODULES},
    (ARRAY['fix', 'fix', 'fix', 'optimization', 'new'])[1 + p % 5], 'in_progress',
    {TESTERS} + 1 + p % {ENGINEERS}, '修复第 ' || p || ' 个问题：在某些情况下显示异常',
    'Problem ' || p || ': shown wrongly in some cases', {TESTERS} + 1, {START}, {START}
FROM generate_series(1, {PROPOSALS}) p;
INSERT INTO fixes (proposal, at) SELECT p, {START} FROM generate_series(1, {PROPOSALS}) p;
INSERT INTO shipments (proposal, build, model, ring, shipped_at)
SELECT p, {FRIDAYS} * (m - 1) + 1 + p % {FRIDAYS}, m, 'closed', {START}
FROM generate_series(1, {PROPOSALS}) p, generate_series(1, {MODELS}) m;
INSERT INTO entries (release, proposal, module, kind, zh, en, codenames, position)
SELECT 1 + id % {FRIDAYS}, id, module, kind, changelog_zh, changelog_en,
    CASE WHEN id % 4 = 0 THEN ARRAY['model1', 'model2', 'model3'] END, module * 10000 + id
FROM proposals;
INSERT INTO module_answer_times (module, median_seconds, answers, at)
SELECT m, 3600 * m, 100, {START} FROM generate_series(1, {MODULES}) m;
INSERT INTO notices (person, cause, kind, event, data, at, read_at)
SELECT p, 'release:' || r.date, 'friday', r.id, jsonb_build_object('release', r.date, 'reports',
    jsonb_build_array(jsonb_build_object('report', p, 'title', '打开后闪退', 'proposal', 1,
        'codename', 'model1', 'device', jsonb_build_object('zh', '小米 1', 'en', 'Xiaomi 1'),
        'build', '1.1.1', 'own', true))), r.published_at,
    CASE WHEN r.id < {FRIDAYS} THEN r.published_at END
FROM generate_series(1, {TESTERS}) p, releases r WHERE p = 1 OR r.id > {FRIDAYS} - 4;
"""

# One report in seventeen is of the last weeks and mostly open, of the others most are done.
_REPORTS = """
INSERT INTO reports (id, reporter, model, ring, build, module, kind, severity, frequency, title,
    body, private, status, standing, proposal, released_in, expected_on, owner, affected, filed_at,
    updated_at, answered_at, waiting_since, closed_by, closed_at, closed_reason, closed_text, search)
SELECT i, reporter, model, 'closed', {FRIDAYS} * (model - 1) + 1 + (i * ({FRIDAYS} - 1) / {TOTAL}),
    1 + p % {MODULES}, CASE WHEN pg_temp.pick(i, 2, 7) = 0 THEN 'suggestion' ELSE 'bug' END,
    (ARRAY['normal', 'normal', 'normal', 'minor', 'major', 'minor'])[1 + pg_temp.pick(i, 3, 6)],
    (ARRAY['always', 'often', 'sometimes', 'once'])[1 + pg_temp.pick(i, 4, 4)], t.title, t.body,
    pg_temp.pick(i, 5, 25) = 0, status, CASE WHEN status = 'needs_info' THEN 'new'
        WHEN status = 'closed' THEN 'accepted' ELSE status END,
    CASE WHEN status NOT IN ('new', 'needs_info', 'closed') THEN p END,
    CASE WHEN status IN ('released', 'verified') THEN {FRIDAYS} * (model - 1) + 1 + p % {FRIDAYS} END,
    CASE WHEN status = 'fixed' THEN {COMING}::date END,
    CASE WHEN status <> 'new' THEN {TESTERS} + 1 + p % {ENGINEERS} END,
    CASE WHEN pg_temp.pick(i, 8, 3) = 0 THEN pg_temp.pick(i, 9, 6) ELSE 0 END, at,
    CASE WHEN status IN ('released', 'verified') THEN {FIRST} + interval '7 days' * (p % {FRIDAYS})
        ELSE at + interval '3 days' END,
    CASE WHEN status <> 'new' THEN at + interval '5 hours' END,
    CASE WHEN status = 'new' THEN at END,
    CASE WHEN status = 'closed' THEN {TESTERS} + 1 END, CASE WHEN status = 'closed' THEN at END,
    CASE WHEN status = 'closed' THEN 'unreproducible' ELSE '' END,
    CASE WHEN status = 'closed' THEN '三台手机都没有出现' ELSE '' END, array_to_tsvector(t.tokens)
FROM (SELECT i, 1 + pg_temp.pick(i, 1, {TESTERS}) AS reporter, 1 + pg_temp.pick(i, 6, {PROPOSALS}) AS p,
    {START} + interval '364 days' * i / {TOTAL} AS at, pg_temp.pick(i, 7, 100) AS chance,
    i > {TOTAL} * 16 / 17 AS recent FROM generate_series(1, {TOTAL}) i) r
CROSS JOIN LATERAL (SELECT 1 + reporter % {MODELS} AS model, CASE WHEN recent THEN
        CASE WHEN chance < 35 THEN 'new' WHEN chance < 45 THEN 'needs_info' WHEN chance < 75 THEN 'accepted'
            WHEN chance < 90 THEN 'in_progress' WHEN chance < 95 THEN 'fixed' ELSE 'closed' END
        ELSE CASE WHEN chance < 30 THEN 'released' WHEN chance < 55 THEN 'verified'
            WHEN chance < 82 THEN 'closed' WHEN chance < 91 THEN 'accepted' WHEN chance < 95 THEN 'in_progress'
            WHEN chance < 97 THEN 'needs_info' WHEN chance < 98 THEN 'fixed' ELSE 'new' END
    END AS status) s
JOIN texts t ON t.id = 1 + pg_temp.pick(i, 10, {TEXTS}) ORDER BY i;
SELECT setval('reports_id_seq', {TOTAL});
INSERT INTO affected (report, person, model, ring, at)
SELECT r.id, person, 1 + person % {MODELS}, 'closed', r.filed_at
FROM reports r, generate_series(1, r.affected) n,
    LATERAL (SELECT 1 + (r.reporter + n * 7) % {TESTERS} AS person) p;
INSERT INTO messages (report, author, kind, text, official, at)
SELECT id, owner, CASE WHEN status = 'needs_info' THEN 'question' ELSE 'message' END,
    '收到，请问是哪个版本？ Thank you, we are looking into it.', true, filed_at + interval '5 hours'
FROM reports WHERE owner IS NOT NULL AND (status = 'needs_info' OR id % 2 = 0);
UPDATE reports r SET question = m.id FROM messages m WHERE m.report = r.id AND m.kind = 'question';
INSERT INTO responses (report, person, kind, message, at, waited)
SELECT report, author, CASE WHEN kind = 'question' THEN 'question' ELSE 'reply' END, id, at, 18000
FROM messages;
INSERT INTO responses (report, person, kind, at, waited)
SELECT id, owner, 'recorded', answered_at, 18000 FROM reports r
WHERE answered_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.report = r.id);
INSERT INTO messages (report, author, kind, text, at)
SELECT id, reporter, 'message', '还是一样，**日志**已经附上。', filed_at + interval '6 hours'
FROM reports WHERE id % 3 = 0;
INSERT INTO events (at, actor, kind, report, data, heard_at, routed_at)
SELECT r.filed_at + n * interval '1 hour', CASE n WHEN 1 THEN r.reporter ELSE r.owner END,
    (ARRAY['report.filed', 'report.accepted', 'report.in_progress', 'report.fixed', 'report.released',
        'report.checked'])[n], r.id, jsonb_build_object('proposal', 'P-' || r.proposal, 'build', '1.1.1',
        'verdict', 'fixed'), r.filed_at, r.filed_at
FROM reports r, LATERAL generate_series(1, CASE r.status WHEN 'accepted' THEN 2 WHEN 'in_progress' THEN 3
    WHEN 'fixed' THEN 4 WHEN 'released' THEN 5 WHEN 'verified' THEN 6 ELSE 1 END) n ORDER BY r.id, n;
INSERT INTO events (at, actor, kind, report, data, heard_at)
SELECT closed_at, closed_by, 'report.closed', id, '{{"reason": "unreproducible"}}', closed_at
FROM reports WHERE status = 'closed';
"""


async def fill(connection: asyncpg.Connection, *, reports: int) -> None:
    """Into empty, migrated tables. Some 20 seconds for 100,000 reports."""
    timetable = Timetable.of(Settings())
    coming = timetable.coming(datetime.now(UTC))
    first = coming - timedelta(days=7 * FRIDAYS)
    places = {
        **{name: str(globals()[name]) for name in ("READER", "FILER", "FRIDAYS", "PROPOSALS")},
        **{name: str(globals()[name]) for name in ("MODELS", "MODULES", "TESTERS", "ENGINEERS")},
        "TOTAL": str(reports),
        "START": f"'{first - timedelta(days=1)} 12:00+08'::timestamptz",
        "FIRST": f"'{first} 17:00+08'::timestamptz",
        "COMING": f"'{coming}'",
        "DAY": f"('{first}'::date + 7 * (f - 1))",
        "PUBLISHED": "(day + time '09:00') AT TIME ZONE 'UTC'",
    }
    await connection.execute(_PICK)
    places["TEXTS"] = str(await _texts(connection))
    await connection.executemany(
        "INSERT INTO modules (slug, name_zh, name_en, position) VALUES ($1, $2, $3, $4)",
        [(f"module{n}", *where.split(" ", 1), n) for n, where in enumerate(_WHERE, 1)],
    )
    await connection.execute(_PROGRAMME.format_map(places))
    await connection.execute(_REPORTS.format_map(places))
    now = datetime.now(UTC)
    await connection.execute(
        "INSERT INTO sessions (person, secret_hash, created_at, expires_at) VALUES (1, $1, $2, $3)",
        hash_of(SESSION),
        now,
        now + timedelta(days=30),
    )
    await connection.execute(
        "INSERT INTO tokens (person, name, secret_hash, created_at) VALUES (2, 'bench', $1, $2)",
        hash_of(TOKEN),
        now,
    )
    await connection.execute(
        "INSERT INTO tokens (person, name, secret_hash, created_at)"
        " SELECT id, 'bench', $2, $3 FROM people WHERE handle = $1",
        ENGINEER,
        hash_of(ENGINEERS_TOKEN),
        now,
    )
    await connection.execute("DROP TABLE texts")
    # As autovacuum would have done in the course of the year.
    await connection.execute("VACUUM ANALYZE")


async def _texts(connection: asyncpg.Connection) -> int:
    """What testers write, with its search tokens; returns how many texts there are."""
    texts = [
        (number, title, body, search.document_tokens(title, body))
        for number, (title, body) in enumerate(
            (
                (f"{where.split(' ', 1)[what[0].isascii()]} {what}", body)
                for where, what, body in product(_WHERE, _WHAT, _BODIES)
            ),
            1,
        )
    ]
    await connection.execute(
        "CREATE TABLE texts (id int PRIMARY KEY, title text, body text, tokens text[])"
    )
    await connection.copy_records_to_table("texts", records=texts)
    return len(texts)


def last_friday() -> date:
    """The latest published release of a filled database."""
    return Timetable.of(Settings()).coming(datetime.now(UTC)) - timedelta(days=7)
