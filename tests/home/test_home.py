"""Where everybody starts: one's own Orange Friday, the team's, and what a stranger sees."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.cast import ApiOf, BrowserOf, Cast, Clock
from tests.doing import (
    BUILD,
    FRIDAY,
    ask,
    counting_queries,
    file,
    fix,
    friday,
    ok,
    propose,
    start,
    words,
)
from tracker import database as door
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


def at(clock: Clock, moment: str) -> None:
    clock.set(datetime.fromisoformat(f"{moment}+08:00"))


async def test_the_week_says_when_the_train_leaves(browser_of: BrowserOf, clock: Clock) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    for moment, zh, en in (
        ("2026-11-24T10:00:00", "周五 17:00 发车", "Leaves Friday at 17:00"),
        ("2026-11-26T23:59:00", "明天 17:00 发车", "Leaves tomorrow at 17:00"),
        ("2026-11-27T16:59:00", "今天 17:00 发车", "Leaves today at 17:00"),
        ("2026-11-27T17:00:00", "今天的列车晚点了", "Today’s train is late"),
        ("2026-11-29T10:00:00", "周五 17:00 发车", "Leaves Friday at 17:00"),
    ):
        at(clock, moment)
        assert words(await alice.see("/")).startswith(zh), moment
        assert words(await bob.see("/")).startswith(en), moment
    at(clock, "2026-11-25T10:00:00")
    page = await alice.see("/")
    assert page.count('aria-current="date"') == 1
    assert "周三 ，今天 25 周四 18:00 封板 周五 17:00 发车" in words(page)
    at(clock, "2026-11-29T10:00:00")
    page = await alice.see("/")
    assert 'aria-current="date"' not in page
    assert "周一 30 周二 1" in words(page)


async def test_the_week_is_on_the_readers_own_clock(browser_of: BrowserOf, clock: Clock) -> None:
    await door.execute("UPDATE people SET timezone = 'Pacific/Honolulu' WHERE handle = 'bob'")
    at(clock, "2026-11-26T10:00:00")
    page = words(await browser_of("bob").see("/"))
    assert page.startswith("Leaves tomorrow at 23:00"), "Thursday there"
    assert "Wed , today 00:00 freeze" not in page
    assert "Thu 23:00 leaves" in page


async def test_one_who_is_new_is_told_how_to_begin(browser_of: BrowserOf, cast: Cast) -> None:
    await door.execute("DELETE FROM person_devices")
    page = await browser_of("alice").see("/")
    for piece in ("还没有反馈", "提交第一个反馈", "你用的是哪台手机？", "这班车上还没有你的反馈"):
        assert piece in words(page)
    assert 'href="/reports/new"' in page
    assert 'href="/settings/devices"' in page
    page = words(await browser_of("bob").see("/"))
    assert "File your first report" in page
    assert "Which phone do you have?" in page


async def test_a_week_in_the_life_of_a_tester(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice)
    asked = await file(alice, title="回忆视频没有声音")
    other = await file(bob, device="umi", title="Camera closes")
    await ask(erin, asked, "选的是**哪个**画质？")
    proposal = await propose(erin, report, other)
    await start(erin, proposal)
    page = words(await alice.see("/"))
    assert f"需要你补充 1 {asked} 回忆视频没有声音 选的是 哪个 画质？ Erin 刚刚 去回答" in page
    assert f"打开相机后闪退 {report} 小米 13 26.11.20 相机 刚刚 处理中" in page
    known = "打开相机后闪退的问题 P-1 相机 1 个反馈 处理中"
    assert f"26.11.20 的已知问题 机型区 {known}" in page, "in the words of the changelog"

    await fix(erin, proposal, "fuxi")
    assert "你的 1 个反馈在本周列车上" in words(await alice.see("/"))
    page = words(await bob.see("/"))
    assert "None of your reports are on this train yet" in page, "not fixed for his model"

    await friday(clock, settings, erin, "fuxi", "umi")
    html = await alice.see("/")
    page = words(html)
    assert page.startswith("11 月 27 日的列车已发车")
    assert "你的 1 个反馈随这班车解决了" in page
    asked_now = f"{report} 已在 {BUILD} 解决 小米 13 更新后再试 好了 还有 说不准"
    assert f"请你验证 1 打开相机后闪退 {asked_now}" in page
    assert f"这班车为你解决了 1 11 月 27 日 打开相机后闪退 {report} {BUILD}" in page
    assert html.count(f'action="/reports/{report}/verification"') == 3
    assert "Is it fixed?" not in words(await bob.see("/"))

    answer = await alice.submit(
        f"/reports/{report}/verification", {"build": BUILD, "verdict": "fixed"}
    )
    assert answer.status_code == 303
    page = words(await alice.see("/"))
    assert "请你验证" not in page
    assert "已验证" in page
    clock.advance(days=3)
    page = words(await alice.see("/"))
    assert f"上一班为你解决了 1 11 月 27 日 打开相机后闪退 {report}" in page
    assert "你说好了" in page
    assert "上一班 · 11 月 27 日 看看更新了什么 共 1 条更新" in words(
        await browser_of("cai").see("/")
    ), "where nothing of one's own was on it"


async def test_an_answer_is_asked_for_once_on_a_build(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice)
    await bob.submit(f"/reports/{report}/affected", {"device": "umi", "build": "26.11.20"})
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "fuxi", "umi")
    page = words(await bob.see("/"))
    told = f"{report} In build {BUILD} Xiaomi 10 You said “me too” Update first"
    assert f"打开相机后闪退 {told}" in page
    for browser, verdict in ((alice, "unsure"), (bob, "fixed")):
        sent = {"build": BUILD, "verdict": verdict}
        assert (await browser.submit(f"/reports/{report}/verification", sent)).status_code == 303
    assert "请你验证" not in words(await alice.see("/"))
    assert "Is it fixed?" not in words(await bob.see("/"))


async def test_an_answer_given_here_leads_back_here(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "fuxi")
    assert '<input type="hidden" name="next" value="/">' in await alice.see("/")
    answers = {"fixed": "太好了，谢谢你回来告诉我们。", "broken": "记下了，已经回到工程师手里。"}
    for verdict, told in answers.items():
        sent = {"build": BUILD, "verdict": verdict, "next": "/"}
        answer = await alice.submit(f"/reports/{report}/verification", sent)
        assert answer.headers["location"].startswith("/?")
        assert told in words(await alice.see_after(answer))
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        sent = {"build": BUILD, "verdict": "fixed", "next": elsewhere}
        answer = await alice.submit(f"/reports/{report}/verification", sent)
        assert answer.headers["location"].startswith(f"/reports/{report}?")


async def test_many_to_verify_leave_room_for_the_rest(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    reports = [await file(alice, title=f"第 {n} 个") for n in range(5)]
    await fix(erin, await propose(erin, *reports))
    await friday(clock, settings, erin, "fuxi")
    page = words(await alice.see("/"))
    assert "请你验证 5" in page
    assert "另外 2" in page
    assert page.count("说不准") == 5


async def test_nothing_of_others_is_on_it(browser_of: BrowserOf, api_of: ApiOf) -> None:
    bob, erin = browser_of("bob"), api_of("erin")
    secret = await file(bob, device="fuxi", other="", title="Bob's secret", private="true")
    await propose(erin, secret, title="The secret matter")
    await file(bob, device="umi", title="Bob's own")
    page = await browser_of("alice").see("/")
    for hidden in ("Bob's", "Bob&#39;s", "secret"):
        assert hidden not in page
    assert "给团队" not in page


async def test_the_team_sees_what_waits_for_it(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin, cai = browser_of("alice"), api_of("erin"), browser_of("cai")
    await schedule.tick(settings, clock.now)
    page = words(await cai.see("/"))
    assert "0 个反馈等回复" in page
    assert "确认关闭" not in page
    await file(alice, title="一般")
    lost = await file(alice, title="照片没了", severity="data_loss")
    clock.advance(hours=3)
    body = {"reason": "unreproducible", "text": "三台机器都没有复现"}
    await ok(await erin.put(f"reports/{lost}/closure", json=body))
    html = await cai.see("/")
    page = words(html)
    assert "2 个反馈等回复 最久的从 3 小时前" in page
    assert "2 个待处理 1 个严重" in page
    assert "1 个严重反馈等第二个人确认关闭" in page
    assert f'href="/reports/{lost}"' in html
    assert f'href="/releases/{FRIDAY}/rehearsal"' in html
    assert "还没有反馈" not in page, "an empty list of one's own is for testers"
    page = words(await browser_of("erin").see("/"))
    assert "For the team Answer times 2 waiting for an answer the longest since 3 hours ago" in page


@pytest.mark.parametrize("handle", [None, "charlie"])
async def test_those_outside_learn_what_it_is(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings, handle: str | None
) -> None:
    visitor = browser_of(handle)
    page = words(await visitor.see("/"))
    assert "每周五 17:00，修好的东西随新版本发车" in page
    assert "内测凭 F 码加入" in page
    assert "还没有发过车" in page
    assert ("登录" in page) == (handle is None)
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "fuxi")
    html = await visitor.see("/")
    assert "11 月 27 日的更新 全文 1 条更新 · 1 个机型 · 解决 1 个反馈" in words(html)
    assert "相机 修复 打开相机后闪退的问题" in words(html)
    assert f'href="/releases/{FRIDAY}"' in html
    for inside in (report, "/reports", "/proposals", "/devices"):
        assert inside not in html


async def test_and_in_english(browser_of: BrowserOf) -> None:
    answer = await browser_of(None).get("/", headers={"Accept-Language": "en"})
    page = words(answer.text)
    assert "Everything you tell us travels to Friday" in page
    assert "The closed beta is joined by F-code" in page


@pytest.mark.parametrize(
    ("handle", "most"), [(None, 3), ("charlie", 5), ("alice", 8), ("erin", 9), ("cai", 9)]
)
async def test_queries(
    browser_of: BrowserOf,
    api_of: ApiOf,
    clock: Clock,
    settings: Settings,
    cast: Cast,
    handle: str | None,
    most: int,
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    await fix(erin, await propose(erin, await file(alice)))
    await file(alice, title="另一个")
    await friday(clock, settings, erin, "fuxi")
    await door.execute(
        "INSERT INTO person_devices (person, model, ring, added_at)"
        " SELECT p.id, d.id, 'closed', p.joined_at FROM people p, device_models d"
        " WHERE p.handle IN ('erin', 'cai') AND d.codename = 'fuxi'"
    )
    browser = browser_of(handle)
    await browser.get("/")
    with counting_queries() as seen:
        await browser.see("/")
    assert len(seen) <= most, seen
