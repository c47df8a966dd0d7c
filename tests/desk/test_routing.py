"""Captains say where new reports go; each is held against the rules once, soon after it was filed."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import ask, counting_queries, file, ok, stored
from tracker import database as door
from tracker.desk.routing import route_filed

pytestmark = pytest.mark.usefixtures("world")

ROOT = Path(__file__).parents[2]


async def keep(captain: httpx.AsyncClient, name: str, **rule: Any) -> Any:
    return await ok(await captain.put(f"routing-rules/{name}", json=rule))


async def said(report: str) -> list[str]:
    """What the rules did to a report, by the record."""
    rows = await door.fetch(
        "SELECT kind, data->>'rule' AS rule FROM events WHERE report = $1 AND actor IS NULL"
        " ORDER BY id",
        int(report[2:]),
    )
    return [f"{row['kind']} {row['rule']}" for row in rows]


async def test_a_report_goes_to_whom_the_rule_names(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    await keep(api_of("cai"), "camera-crash", words=["闪退"], module="camera", owner="erin")
    taken = await file(browser_of("alice"), title="打开相机后闪退了")
    other = await file(browser_of("alice"), title="相机很慢")
    assert await route_filed(now=clock.now) == 2
    erin = api_of("erin")
    assert (await stored(erin, taken))["owner"] == "erin"
    assert (await stored(erin, other))["owner"] is None
    name = (await ok(await erin.get("me")))["display_name"]
    told = (await stored(erin, taken))["timeline"][-1]
    assert (told["actor"], told["text"]["en"]) == (None, f"rule camera-crash gave it to {name}")
    assert told["text"]["zh"] == f"规则 camera-crash 交给了 {name}"
    theirs = (await stored(api_of("alice"), taken))["timeline"]
    assert [one["kind"] for one in theirs] == ["report.filed"]
    assert await route_filed(now=clock.now) == 0
    assert await said(taken) == ["report.routed camera-crash"]


@pytest.mark.parametrize(
    ("rule", "title", "holds"),
    [
        ({"words": ["充电发烫"]}, "手机充电时发烫", False),  # 电发 stand apart in it
        ({"words": ["发烫"]}, "手机充电时发烫", True),
        ({"words": ["发烫", "overheats"]}, "It OVERHEATS at night", True),
        ({"words": ["green sky"]}, "The sky turns green", True),
        ({"words": ["green sky"]}, "The sky is blue", False),
        ({"words": ["26.11.20"]}, "26.11.20 之后相机打不开", True),
        ({"module": "camera"}, "随便什么", True),
        ({"module": "lockscreen"}, "随便什么", False),
        ({"device": "fuxi"}, "随便什么", True),
        ({"device": "小米 10"}, "随便什么", False),
        ({"severities": ["brick", "major"]}, "随便什么", True),
        ({"severities": ["brick"]}, "随便什么", False),
        ({"words": ["发烫"], "module": "lockscreen"}, "手机充电时发烫", False),
        ({"words": ["发烫"], "device": "fuxi", "severities": ["major"]}, "发烫", True),
    ],
)
async def test_all_conditions_that_are_given_must_hold(
    api_of: ApiOf, clock: Clock, rule: dict[str, Any], title: str, holds: bool
) -> None:
    await keep(api_of("cai"), "some", labels=["taken"], **rule)
    body = {"device": "fuxi", "module": "camera", "severity": "major", "title": title}
    report = (await ok(await api_of("alice").post("reports", json=body)))["id"]
    found = await ok(await api_of("erin").get("routing-rules/some/check"))
    assert found["matches"] == int(holds), "what it would have done"
    await route_filed(now=clock.now)
    assert (await stored(api_of("erin"), report))["labels"] == (["taken"] if holds else [])


async def test_words_are_looked_for_in_the_text_too(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    await keep(api_of("cai"), "heat", words=["发烫"], labels=["heat"])
    report = await file(browser_of("alice"), title="充电的时候", actual="背面很快就发烫")
    await route_filed(now=clock.now)
    assert (await stored(api_of("erin"), report))["labels"] == ["heat"]


async def test_the_first_owner_and_reply_count_and_labels_add_up(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, erin = api_of("cai"), api_of("erin")
    for name in ("first", "second"):
        reply = {"kind": "reply", "zh": name, "en": name}
        await ok(await cai.put(f"saved-replies/{name}", json=reply))
    await keep(cai, "labels-only", words=["闪退"], labels=["crash", "camera"])
    await keep(cai, "to-cai", module="camera", owner="cai", labels=["crash"])
    await keep(cai, "to-erin", words=["闪退"], owner="erin", labels=["beta"], reply="second")
    await keep(cai, "late", words=["相机"], reply="first")
    report = await file(browser_of("alice"), title="打开相机后闪退")
    await route_filed(now=clock.now)
    found = await stored(erin, report)
    assert (found["owner"], found["labels"], found["suggested_reply"]) == (
        *("cai", ["beta", "camera", "crash"]),
        "second",
    )
    assert await said(report) == [
        "report.routed to-cai",
        "report.sorted labels-only",
        "report.sorted to-erin",
        "report.advised to-erin",
    ]
    # Another order decides otherwise, for what is filed from now on.
    await keep(cai, "to-erin", words=["闪退"], owner="erin", position=1)
    again = await file(browser_of("alice"), title="打开相机后闪退")
    await route_filed(now=clock.now)
    assert (await stored(erin, again))["owner"] == "erin"
    assert (await stored(erin, report))["owner"] == "cai"


async def test_one_that_is_off_does_nothing_and_no_rule_closes_or_answers(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, erin = api_of("cai"), api_of("erin")
    closure = {"kind": "closure", "reason": "spam", "zh": "广告", "en": "Advertising"}
    await ok(await cai.put("saved-replies/spam", json=closure))
    await keep(cai, "off", module="camera", owner="cai", labels=["off"], enabled=False)
    await keep(cai, "spam", words=["幸运"], reply="spam")
    report = await file(browser_of("alice"), title="幸运抽奖")
    await route_filed(now=clock.now)
    found = await stored(erin, report)
    assert (found["status"], found["messages"], found["waiting_since"] is not None) == (
        *("new", []),
        True,
    )
    assert (found["owner"], found["labels"], found["suggested_reply"]) == (None, [], "spam")


async def test_an_owner_whom_somebody_chose_stays(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, erin, alice = api_of("cai"), api_of("erin"), browser_of("alice")
    await door.execute("UPDATE modules SET owner = (SELECT id FROM people WHERE handle = 'ada')")
    await keep(cai, "all", module="camera", owner="erin", labels=["seen"])
    given, nobody, asked, left = [await file(alice) for _ in range(4)]
    await ok(await erin.put(f"reports/{given}/owner", json={"owner": "cai"}))
    await ok(await erin.put(f"reports/{nobody}/owner", json={"owner": None}))
    await ask(cai, asked, "哪个版本？")
    await route_filed(now=clock.now)
    owners = [(await stored(erin, one))["owner"] for one in (given, nobody, asked, left)]
    assert owners == ["cai", None, "erin", "erin"], "the module's owner was nobody's choice"
    assert (await stored(erin, given))["labels"] == ["seen"]


async def test_one_who_left_the_team_gets_nothing(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai = api_of("cai")
    await keep(cai, "gone", module="camera", owner="erin", labels=["camera"])
    await keep(cai, "next", module="camera", owner="ada")
    await door.execute("UPDATE people SET role = 'tester' WHERE handle = 'erin'")
    report = await file(browser_of("alice"))
    await route_filed(now=clock.now)
    found = await stored(cai, report)
    assert (found["owner"], found["labels"]) == ("ada", ["camera"])
    [gone, _] = (await ok(await cai.get("routing-rules")))["items"]
    assert (gone["owner"], gone["owner_left"]) == ("erin", True)
    assert "不在团队里" in await browser_of("cai").see("/desk/rules")


async def test_what_is_imported_is_nobodys_to_route(api_of: ApiOf, clock: Clock) -> None:
    await keep(api_of("cai"), "all", device="fuxi", labels=["seen"])
    await door.execute(
        "WITH r AS (INSERT INTO reports (reporter, model, module, title, filed_at, updated_at,"
        " source, external_id) SELECT p.id, d.id, m.id, '旧的', $1, $1, 'jira', 'X-1' FROM people p,"
        " device_models d, modules m WHERE (p.handle, d.codename, m.slug) = ('alice', 'fuxi',"
        " 'camera') RETURNING id) INSERT INTO events (at, kind, report, heard_at)"
        " SELECT $1, 'report.imported', id, $1 FROM r",
        clock.now,
    )
    assert await route_filed(now=clock.now) == 0
    found = await ok(await api_of("erin").get("routing-rules/all/check"))
    assert (found["filed"], found["matches"]) == (0, 0)


ROUTE = """
import asyncio, datetime, sys
from tracker import database
from tracker.desk.routing import route_filed
from tracker.settings import Settings

async def main():
    await database.start(Settings.from_environment())
    try:
        print(await route_filed(now=datetime.datetime.now(datetime.UTC)), flush=True)
    finally:
        await database.stop()

asyncio.run(main())
"""


async def _process(environment: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ROUTE),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )


@contextlib.asynccontextmanager
async def _in_the_middle() -> AsyncIterator[None]:
    """For the block, whoever routes stands still: with reports in hand, before the rules."""
    other = await asyncpg.connect(**door.connection_arguments())
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE routing_rules IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await other.close()


async def _until_one_waits() -> None:
    waiting = (
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock'"
    )
    for _ in range(1500):
        if await door.fetch(waiting):
            return
        await asyncio.sleep(0.02)
    pytest.fail("nobody waits")


async def test_two_processes_route_once(
    browser_of: BrowserOf, api_of: ApiOf, tracker_environment: dict[str, str]
) -> None:
    await keep(api_of("cai"), "all", module="camera", owner="erin", labels=["seen"])
    alice = browser_of("alice")
    reports = [await file(alice) for _ in range(5)]
    async with _in_the_middle():
        first = await _process(tracker_environment)
        await _until_one_waits()
        # All of it is in the first one's hands.
        second, _ = await (await _process(tracker_environment)).communicate()
    out, _ = await first.communicate()
    assert (int(out), int(second)) == (5, 0)
    for report in reports:
        assert await said(report) == ["report.routed all", "report.sorted all"]


async def test_one_that_is_killed_loses_nothing(
    browser_of: BrowserOf, api_of: ApiOf, tracker_environment: dict[str, str], clock: Clock
) -> None:
    await keep(api_of("cai"), "all", module="camera", owner="erin", labels=["seen"])
    alice = browser_of("alice")
    reports = [await file(alice) for _ in range(3)]
    async with _in_the_middle():
        process = await _process(tracker_environment)
        await _until_one_waits()
        process.kill()
        await process.wait()
    assert [await said(one) for one in reports] == [[], [], []], "none or all"
    for _ in range(600):
        # Its session ends when the database notices that nobody is there.
        if await route_filed(now=clock.now) == 3:
            break
        await asyncio.sleep(0.05)
    for report in reports:
        assert await said(report) == ["report.routed all", "report.sorted all"]
        assert (await stored(api_of("erin"), report))["owner"] == "erin"


async def test_what_somebody_has_in_hand_is_left_to_the_next_tick(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    """What they decide there counts."""
    await keep(api_of("cai"), "all", module="camera", owner="erin")
    alice, erin = browser_of("alice"), api_of("erin")
    first, second = await file(alice), await file(alice)
    async with _in_the_middle():
        routing = asyncio.create_task(route_filed(now=clock.now))
        await _until_one_waits()
        # Routing has both in hand: cai comes after it.
        giving = asyncio.create_task(
            api_of("cai").put(f"reports/{first}/owner", json={"owner": "cai"})
        )
    assert await routing == 2
    await ok(await giving)
    assert (await stored(erin, first))["owner"] == "cai"
    third = await file(alice)
    other = await asyncpg.connect(**door.connection_arguments())
    try:
        async with other.transaction():
            await other.execute("SELECT 1 FROM reports WHERE id = $1 FOR UPDATE", int(third[2:]))
            assert await route_filed(now=clock.now) == 0, "it waits for nobody"
    finally:
        await other.close()
    await ok(await erin.put(f"reports/{third}/owner", json={"owner": "ada"}))
    assert await route_filed(now=clock.now) == 1
    owners = [(await stored(erin, one))["owner"] for one in (first, second, third)]
    assert owners == ["cai", "erin", "ada"]
    assert await said(third) == []


async def test_two_statements_however_many_rules_and_reports(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, alice = api_of("cai"), browser_of("alice")
    counts = []
    for rules, reports in ((1, 1), (20, 15)):
        for n in range(rules):
            await keep(cai, f"rule-{n}", words=[f"词{n}", "闪退"], owner="erin", labels=[f"l{n}"])
        for _ in range(reports):
            await file(alice)
        with counting_queries() as seen:
            assert await route_filed(now=clock.now) == reports
        counts.append(len([one for one in seen if not one.startswith(("BEGIN", "COMMIT"))]))
    assert counts == [2, 2]


async def test_the_check_says_what_then_happens(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, erin, alice = api_of("cai"), api_of("erin"), browser_of("alice")
    await door.execute(
        "UPDATE modules SET owner = (SELECT id FROM people WHERE handle = 'erin')"
        " WHERE slug = 'lockscreen'"
    )
    reply = {"kind": "reply", "zh": "谢谢", "en": "Thanks"}
    await ok(await cai.put("saved-replies/thanks", json=reply))
    titles = [
        *(("打开相机后闪退", "camera"), ("锁屏闪退", "lockscreen"), ("严重的闪退", "camera")),
        *(("充电发烫", "camera"), ("crash on start", "system"), ("很慢", "system")),
    ]
    await file(alice, title="闪退", module="camera")
    clock.advance(days=10)
    for title, module in titles:
        await file(alice, title=title, module=module)
    clock.advance(hours=1)
    await keep(cai, "before", words=["严重"], owner="ada")
    await route_filed(now=clock.now)
    rule = {
        "words": ["闪退", "crash"],
        "owner": "erin",
        "labels": ["crash", "triage"],
        "reply": "thanks",
    }
    draft = await ok(await erin.post("routing-checks", json={**rule, "days": 7}))
    figures = {
        "filed": 6,
        "matches": 4,
        "owners_changed": 2,  # the camera's and the system's: the lock screen is erin's already
        "owners_elsewhere": 1,
        "labels_added": {"crash": 4, "triage": 4},
        "replies_suggested": 4,
    }
    assert {name: draft[name] for name in figures} == figures
    assert [one["title"] for one in draft["sample"]] == [
        *("crash on start", "严重的闪退", "锁屏闪退", "打开相机后闪退"),
    ]
    assert [one["new_owner"] for one in draft["sample"]] == ["erin", None, "erin", "erin"]
    assert draft["sample"][0]["url"].endswith(f"/reports/{draft['sample'][0]['id']}")
    await keep(cai, "crash", **rule, enabled=False)
    saved = await ok(await erin.get("routing-rules/crash/check?days=7"))
    assert saved == draft, "a rule that is off is tried as if it were on"
    await keep(cai, "crash", **rule)
    # The same six again, this time for real.
    began = await door.fetch_row("SELECT max(id) AS id FROM events")
    assert began is not None
    for title, module in titles:
        await file(alice, title=title, module=module)
    await route_filed(now=clock.now)
    rows = await door.fetch(
        "SELECT kind, count(*) AS n FROM events WHERE id > $1 AND data->>'rule' = 'crash'"
        " GROUP BY kind",
        began["id"],
    )
    assert {row["kind"]: row["n"] for row in rows} == {
        "report.routed": figures["owners_changed"],
        "report.sorted": 4,
        "report.advised": figures["replies_suggested"],
    }
    longer = await ok(await erin.get("routing-rules/crash/check?days=31"))
    assert longer["matches"] == 9
    for days in ("0", "32", "soon"):
        answer = await erin.get(f"routing-rules/crash/check?days={days}")
        assert answer.status_code in (400, 422), answer.text
        assert [one["field"] for one in answer.json()["errors"]] == ["days"]


async def test_a_draft_is_tried_in_the_place_it_would_have(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, erin = api_of("cai"), api_of("erin")
    await keep(cai, "one", words=["相机"], owner="ada")
    await keep(cai, "two", words=["闪退"], owner="erin")
    await file(browser_of("alice"), title="打开相机后闪退")
    clock.advance(minutes=5)

    async def changed(**more: Any) -> tuple[int, int]:
        body = {"words": ["闪退"], "owner": "erin", **more}
        found = await ok(await erin.post("routing-checks", json=body))
        return found["owners_changed"], found["owners_elsewhere"]

    assert await changed() == (0, 1), "a new one comes last"
    assert await changed(position=2) == (0, 1)
    assert await changed(position=1) == (1, 0)
    assert await changed(name="two") == (0, 1)
    assert await changed(name="two", position=1) == (1, 0)
    assert await changed(name="one", position=2) == (0, 1), "behind the one that was second"
    assert await changed(name="one") == (1, 0)
    assert len((await ok(await erin.get("routing-rules")))["items"]) == 2, "nothing is saved"


async def test_a_saved_reply_in_use_stays_and_one_that_goes_is_no_longer_suggested(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, erin = api_of("cai"), api_of("erin")
    reply = {"kind": "question", "zh": "请附日志", "en": "A log, please"}
    await ok(await cai.put("saved-replies/need-log", json=reply))
    await ok(await cai.put("saved-replies/a-first", json=reply))
    await keep(cai, "crash", words=["闪退"], reply="need-log")
    report = await file(browser_of("alice"), title="闪退")
    await route_filed(now=clock.now)
    assert (await stored(erin, report))["suggested_reply"] == "need-log"
    assert (await stored(api_of("alice"), report))["suggested_reply"] is None
    offered = (await ok(await erin.get(f"reports/{report}/saved-replies")))["items"]
    assert [(one["name"], one["suggested"]) for one in offered] == [
        ("need-log", True),
        ("a-first", False),
    ]
    page = await browser_of("erin").see(f"/reports/{report}")
    assert "Suggested by a rule" in page
    assert f"triage ask {report} --saved need-log" in page
    assert "规则推荐" not in await browser_of("alice").see(f"/reports/{report}")
    refused = await cai.delete("saved-replies/need-log")
    assert (refused.status_code, "crash" in refused.json()["detail"]) == (409, True)
    await ok(await cai.delete("routing-rules/crash"))
    await ok(await cai.delete("saved-replies/need-log"))
    assert (await stored(erin, report))["suggested_reply"] is None


async def test_a_burst_is_routed_in_batches(api_of: ApiOf, clock: Clock) -> None:
    await keep(api_of("cai"), "all", module="camera", owner="erin", labels=["seen"])
    await door.execute(
        "WITH r AS (INSERT INTO reports (reporter, model, module, title, filed_at, updated_at)"
        " SELECT p.id, d.id, m.id, 'n ' || n, $1, $1 FROM people p, device_models d, modules m,"
        " generate_series(1, 1000) n WHERE (p.handle, d.codename, m.slug) ="
        " ('alice', 'fuxi', 'camera') RETURNING id, reporter) INSERT INTO events"
        " (at, actor, kind, report) SELECT $1, reporter, 'report.filed', id FROM r",
        clock.now - timedelta(minutes=1),
    )
    with counting_queries() as seen:
        assert await route_filed(now=clock.now) == 1000
    assert len([one for one in seen if not one.startswith(("BEGIN", "COMMIT"))]) == 5
    row = await door.fetch_row("SELECT count(*) AS n FROM reports WHERE labels = '{seen}'")
    assert row is not None
    assert row["n"] == 1000
