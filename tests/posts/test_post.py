"""The post of a Friday, as everybody reads it, and the list of all posts."""

from __future__ import annotations

from datetime import datetime

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, FRIDAY, counting_queries, file, fix, ok, propose, words
from tests.releases.program import leave, load_train, publish_friday, write_lines
from tracker import database as door
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

POST = f"/releases/{FRIDAY}"


def in_order(page: str, *pieces: str) -> None:
    """Each piece is on the page, after the one before it."""
    at = 0
    for piece in pieces:
        found = page.find(piece, at)
        assert found >= 0, f"{piece!r} is not after {page[max(0, at - 60) : at]!r} in {page!r}"
        at = found + len(piece)


async def test_a_visitor_reads_it_in_chinese(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await publish_friday(api_of("erin"), clock, settings)
    page = words(await browser_of(None).see(POST))
    in_order(
        page,
        *("11 月 27 日 17:00 UTC+8", "11 月 27 日的更新", "条更新 5 个机型 3", "反馈解决 0"),
        *("11 月 27 日 发车牌", "2 个机型晚点"),
        *("Redmi Note 12 Turbo 26.11.27 ––:–– 时间未定 晚点 因处理屏幕闪烁问题延迟发布", "小米 8"),
        *("小米 10 26.11.27 17:00 已发车", "小米 13 26.11.27 17:00 已发车"),
        *("更新内容 5", "锁屏、状态栏、通知栏 修复 息屏时偶现指纹无法解锁"),
        *("设置 新增 防闪烁模式 （小米 13、小米 10）", "小爱同学 新增 语音开启省电模式"),
        *("优化 人脸解锁下的交互体验", "修复 捷径卡片丢失 （小米 13）"),
    )
    assert "已知问题" not in page
    assert "/devices/" not in page
    assert "/proposals/" not in page


async def test_and_in_english(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await publish_friday(api_of("erin"), clock, settings)
    in_order(
        words(await browser_of("bob").see(POST)),
        *("27 November 17:00 UTC+8", "What changed on 27 November", "changes 5 models 3"),
        *("Departures, 27 November", "2 running late", "Xiaomi 10 Yours 26.11.27 17:00 Departed"),
        *(
            "Redmi Note 12 Turbo 26.11.27 ––:–– no time yet Late screen flicker is being put right",
            "Xiaomi 8",
        ),
        *("Settings New Flicker-free mode (Xiaomi 13, Xiaomi 10)", "Optimization Face unlock"),
        "Known issues of this release",
    )


async def test_a_tester_finds_what_came_of_their_own_reports(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    mine = await file(alice)
    await fix(erin, await propose(erin, mine, await file(bob, device="umi")), "fuxi")
    await load(erin, clock, settings, "fuxi", "umi")
    page = words(await alice.see(POST))
    assert "这一期解决了你的 1 个反馈" in page
    assert f"修复 打开相机后闪退的问题 （小米 13） 来自你的反馈 {mine}" in page
    assert "your reports" not in words(await bob.see(POST)), "not fixed for his model"
    assert "来自你的反馈" not in words(await browser_of(None).see(POST))


async def load(erin: httpx.AsyncClient, clock: Clock, settings: Settings, *devices: str) -> None:
    for device in devices:
        body = {"ring": "closed", "release": FRIDAY}
        await ok(await erin.put(f"builds/{device}/{BUILD}", json=body))
    await leave(clock, settings)


async def test_a_line_that_was_not_true_is_struck_in_its_place_with_the_reason(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    erin = api_of("erin")
    await publish_friday(erin, clock, settings)
    clock.advance(days=1)
    for proposal, body in (
        ("P-5", {"reason": "会丢<b>卡片</b>"}),
        ("P-2", {"reason": "会闪屏", "models": ["umi"]}),
    ):
        await ok(await erin.request("DELETE", f"proposals/{proposal}/fix", json=body))
    html = await browser_of(None).see(POST)
    assert "<del>捷径卡片丢失</del>" in html
    assert "<del>防闪烁模式</del>" not in html, "it still holds on the other model"
    page = words(html)
    assert "捷径卡片丢失 （小米 13） 更正 11 月 28 日 ：会丢<b>卡片</b>" in page
    assert "防闪烁模式 （小米 13、小米 10） 更正 11 月 28 日 （小米 10）：会闪屏" in page


async def test_what_testers_still_see_is_a_known_issue_for_those_inside(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    seen_still = await file(alice)
    await fix(erin, await propose(erin, seen_still, title="闪退"))
    await load(erin, clock, settings, "fuxi", "umi")
    verdict = {"build": BUILD, "verdict": "broken"}
    await alice.submit(f"/reports/{seen_still}/verification", verdict)
    new = await file(bob, device="umi", other="", build=BUILD, title="New on this build")
    await propose(erin, new, title="Green tint")
    hidden = await file(bob, device="umi", build=BUILD, private="true", title="Private one")
    await propose(erin, hidden, title="Private matter")
    page = words(await alice.see(POST))
    in_order(
        page, "这一期的已知问题 2", "打开相机后闪退的问题 相机 小米 13 1 个反馈 更新后还有人遇到"
    )
    assert "打开相机后闪退的问题 相机 小米 10 1 个反馈" in page, "in the words of the changelog"
    assert "Private matter" not in page
    for handle in (None, "charlie"):
        assert "已知问题" not in await browser_of(handle).see(POST)


async def test_before_it_leaves_it_is_the_teams_alone(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await write_lines(api_of("erin"))
    await load_train(api_of("erin"))
    for handle in (None, "charlie", "alice"):
        for path in (POST, f"{POST}.md"):
            assert (await browser_of(handle).get(path)).status_code == 404
    answer = await browser_of("erin").get(POST)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{POST}/rehearsal")
    for nothing in ("2026-11-26", "20261127", "soon", "2026-13-01", "2026-12-04"):
        assert (await browser_of("erin").get(f"/releases/{nothing}")).status_code == 404


async def test_a_late_build_comes_with_its_day(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    erin = api_of("erin")
    await publish_friday(erin, clock, settings)
    clock.set(datetime.fromisoformat("2026-11-30T10:20:00+08:00"))
    for codename in ("equuleus", "marble"):
        body = {"ring": "closed", "release": FRIDAY}
        await ok(await erin.put(f"builds/{codename}/{BUILD}", json=body))
    page = words(await browser_of(None).see(POST))
    assert "2 个机型晚到，现在都到了" in page
    assert "小米 8 26.11.27 11 月 30 日 已发车" in page
    assert "个机型 5" in page


async def test_times_are_the_readers_own(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await publish_friday(api_of("erin"), clock, settings)
    await door.execute("UPDATE people SET timezone = 'Europe/Berlin' WHERE handle = 'bob'")
    page = words(await browser_of("bob").see(POST))
    assert "27 November 10:00 UTC+1" in page
    assert f"Xiaomi 13 {BUILD} 10:00 Departed" in page


async def test_the_captains_notes_stand_before_the_changes(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await write_lines(api_of("erin"))
    await load_train(api_of("erin"))
    notes = {"notes_zh": "**不要**回刷 <script>", "notes_en": "Do not go back"}
    answer = await browser_of("cai").submit(f"{POST}/notes", notes)
    assert "重要说明已保存" in await browser_of("cai").see_after(answer)
    await leave(clock, settings)
    html = await browser_of(None).see(POST)
    assert "<strong>不要</strong>回刷 &lt;script&gt;" in html
    in_order(words(html), "重要说明", "更新内容")
    assert "Do not go back" in words(await browser_of("bob").see(POST))


async def fridays(erin: httpx.AsyncClient, clock: Clock, settings: Settings, *days: str) -> None:
    for day in days:
        body = {"ring": "closed", "release": day}
        await ok(await erin.put(f"builds/fuxi/{day[2:].replace('-', '.')}", json=body))
        clock.set(datetime.fromisoformat(f"{day}T17:00:00+08:00"))
        await schedule.tick(settings, clock.now)


async def test_from_one_post_to_the_next(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await fridays(api_of("erin"), clock, settings, "2026-11-27", "2026-12-04", "2026-12-11")
    page = await browser_of(None).see("/releases/2026-12-04")
    assert 'rel="prev" href="/releases/2026-11-27"' in page
    assert 'rel="next" href="/releases/2026-12-11"' in page
    assert "这一期没有更新条目" in page
    assert 'rel="prev"' not in await browser_of(None).see("/releases/2026-11-27")


async def test_all_posts_newest_first_behind_the_train_that_comes(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    assert "还没有发过车" in words(await browser_of(None).see("/releases"))
    await publish_friday(api_of("erin"), clock, settings)
    await fridays(api_of("erin"), clock, settings, "2026-12-04")
    clock.advance(days=1)
    page = words(await browser_of(None).see("/releases"))
    in_order(
        page,
        *("下一班 12 月 11 日 17:00", "周四 18:00 封板", "12 月 4 日 0 条更新 · 1 个机型"),
        "11 月 27 日 5 条更新 · 3 个机型 · 解决 0 个反馈",
        "晚点：Redmi Note 12 Turbo、小米 8",
    )
    assert "彩排" not in page
    await schedule.tick(settings, clock.now)
    assert "12 月 11 日 的彩排" in words(await browser_of("cai").see("/releases"))
    english = words(await browser_of("bob").see("/releases"))
    in_order(english, "The next train 11 December 17:00", "5 changes · 3 models", "Late: Redmi")


async def test_older_posts_are_behind_the_newer_ones(browser_of: BrowserOf, clock: Clock) -> None:
    await door.execute(
        "INSERT INTO releases (date, published_at, notes_zh, notes_en)"
        " SELECT day::date, day + interval '9 hours', '', ''"
        " FROM generate_series('2026-07-31'::timestamptz, '2026-11-20', '7 days') day"
    )
    page = await browser_of(None).see("/releases")
    assert 'href="/releases/2026-09-04"' in page
    assert 'href="/releases/2026-08-28"' not in page
    assert 'href="/releases?before=2026-09-04"' in page
    page = await browser_of(None).see("/releases?before=2026-09-04")
    assert 'href="/releases/2026-08-28"' in page
    assert "下一班" not in page
    assert "before=" not in page
    assert (await browser_of(None).get("/releases?before=nonsense")).status_code == 404


async def test_a_public_page_may_be_kept_and_leaves_no_cookie(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await publish_friday(api_of("erin"), clock, settings)
    visitor = browser_of(None)
    for path in ("/", "/releases", POST, f"{POST}.md"):
        answer = await visitor.get(path)
        assert "set-cookie" not in answer.headers, path
        assert answer.headers["cache-control"].startswith("public, max-age="), path
        assert {"Cookie", "Accept-Language"} <= set(answer.headers["vary"].split(", ")), path
        tag = {"If-None-Match": answer.headers["etag"]}
        again = await visitor.get(path, headers=tag)
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == answer.headers["etag"]
        english = await visitor.get(path, headers=tag | {"Accept-Language": "en"})
        assert english.status_code == 200, path
        own = await browser_of("alice").get(path)
        assert own.headers["cache-control"] == "private, no-cache", path
    tag = {"If-None-Match": (await visitor.get(POST)).headers["etag"]}
    await ok(await api_of("erin").request("DELETE", "proposals/P-5/fix", json={"reason": "x"}))
    assert (await visitor.get(POST, headers=tag)).status_code == 200, "it says something new"


async def test_a_visitor_changes_the_language_and_then_has_a_cookie(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await publish_friday(api_of("erin"), clock, settings)
    visitor = browser_of(None)
    answer = await visitor.post("/language", data={"language": "en", "next": POST})
    assert "What changed on 27 November" in await visitor.see_after(answer)


@pytest.mark.parametrize(
    ("handle", "path", "most"),
    [
        *((None, POST, 5), ("alice", POST, 8), ("erin", POST, 8), (None, f"{POST}.md", 4)),
        *((None, "/releases", 1), ("alice", "/releases", 3), ("cai", "/releases", 4)),
    ],
)
async def test_queries(
    browser_of: BrowserOf,
    api_of: ApiOf,
    clock: Clock,
    settings: Settings,
    handle: str | None,
    path: str,
    most: int,
) -> None:
    await publish_friday(api_of("erin"), clock, settings)
    browser = browser_of(handle)
    await browser.get(path)
    with counting_queries() as seen:
        await browser.see(path)
    assert len(seen) <= most, seen
