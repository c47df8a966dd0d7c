"""What people are told, in their inbox: who hears what, in which language, once."""

from __future__ import annotations

import re

import pytest

from tests.cast import ApiOf, Browser, BrowserOf, Clock
from tests.doing import BUILD, ask, close, counting_queries, file, fix, friday, ok, propose, words
from tracker import database as door
from tracker import schedule
from tracker.desk.routing import route_filed
from tracker.notices.making import make_notices
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


async def inbox(browser: Browser) -> str:
    return words(await browser.see("/notices"))


def opened(page: str) -> list[str]:
    """The addresses of the notices on a page, in its order."""
    return re.findall(r'class="name" href="(/notices/\d+)"', page)


async def unread(browser: Browser) -> str:
    """What the line of places says beside 通知."""
    found = re.search(r'class="stop count">.*?(\d+\+?)</span>', await browser.see("/settings"))
    return found[1] if found else ""


async def test_an_inbox_with_nothing_in_it_says_what_will_be(browser_of: BrowserOf) -> None:
    assert "还没有通知" in await inbox(browser_of("alice"))
    assert "提交反馈" in await inbox(browser_of("alice"))
    assert "No notices yet" in await inbox(browser_of("bob"))
    assert "提交反馈" not in await inbox(browser_of("charlie")), "that is not for a fan"
    assert await unread(browser_of("alice")) == ""


async def test_a_question_and_its_answer(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), browser_of("erin")
    report = await file(alice)
    await ask(api_of("erin"), report, "哪个**模式**下？")
    await schedule.tick(settings, clock.now)
    page = await alice.see("/notices")
    assert "工程师想请你补充一点信息 「打开相机后闪退」：哪个模式下？" in words(page)
    assert await unread(alice) == "1"
    assert "还没有" in await inbox(browser_of("cai"))
    assert "No notices yet" in await inbox(erin), "her own act is no news to her"
    [address] = opened(page)
    page = await alice.see(address)
    assert "<strong>模式</strong>" in page
    assert f'href="/reports/{report}#question-heading"' in page
    assert await unread(alice) == "", "opening it is reading it"

    await alice.submit(f"/reports/{report}/answer", {"answer": "夜景模式"})
    await schedule.tick(settings, clock.now)
    assert "The reporter answered “打开相机后闪退”: 夜景模式" in await inbox(erin)
    assert await unread(alice) == ""


async def test_who_has_left_the_team_reads_no_answers(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice = browser_of("alice")
    report = await file(alice, private="true")
    await ask(api_of("erin"), report, "哪个模式下？")
    await door.execute("UPDATE people SET role = 'fan' WHERE handle = 'erin'")
    await alice.submit(f"/reports/{report}/answer", {"answer": "夜景模式"})
    await schedule.tick(settings, clock.now)
    assert "夜景模式" not in await inbox(browser_of("erin"))


async def test_a_reply_and_a_closure(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    bob, erin = browser_of("bob"), api_of("erin")
    report = await file(bob, device="umi", title="Camera closes")
    reply = {"text": "We see it too."}
    await ok(await erin.post(f"reports/{report}/messages", json=reply))
    note = {"text": "same stack as P-3", "internal": True}
    await ok(await erin.post(f"reports/{report}/messages", json=note))
    await close(erin, report, "as_intended", "It is meant to close.")
    await schedule.tick(settings, clock.now)
    page = await bob.see("/notices")
    assert "There is an answer to your report “Camera closes”: We see it too." in words(page)
    assert "Your report was closed “Camera closes”: It is meant to close." in words(page)
    assert "P-3" not in page
    closure, _ = opened(page)
    page = await bob.see(closure)
    assert "Erin" in words(page)
    assert f'href="/reports/{report}"' in page


async def test_something_severe_goes_to_the_captains_at_once(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    cai, ada = browser_of("cai"), browser_of("ada")
    report = await file(browser_of("alice"), title="照片没了", severity="data_loss")
    await schedule.tick(settings, clock.now)
    assert "严重问题：请马上看 「照片没了」" in await inbox(cai)
    assert "Severe: please look at once “照片没了”" in await inbox(ada)
    for handle in ("alice", "erin", "bob"):
        assert await unread(browser_of(handle)) == "", handle
    body = {"reason": "unreproducible", "text": "没有复现"}
    await ok(await api_of("cai").put(f"reports/{report}/closure", json=body))
    await schedule.tick(settings, clock.now)
    second = "A severe report waits for a second person to agree to close it"
    assert second in await inbox(ada)
    assert "第二个人" not in await inbox(cai), "his own act"
    await file(cai, device="fuxi", other="fuxi", title="变砖", severity="brick")
    await schedule.tick(settings, clock.now)
    assert "变砖" not in await inbox(cai)
    assert "变砖" in await inbox(ada)


async def test_something_severe_is_told_once_the_rules_have_said_whose_it_is(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    """The two jobs tick side by side. One that fails does not keep the other."""
    erin, cai = browser_of("erin"), browser_of("cai")
    rule = {"severities": ["brick"], "owner": "erin"}
    await ok(await api_of("cai").put("routing-rules/bricks", json=rule))
    await file(browser_of("alice"), title="变砖", severity="brick")
    await make_notices(now=clock.advance(seconds=1))
    assert "变砖" not in await inbox(cai), "nobody has asked the rules yet"
    await route_filed(now=clock.advance(seconds=1))
    await make_notices(now=clock.advance(seconds=1))
    assert "变砖" in await inbox(cai)
    assert "变砖" in await inbox(erin), "hers, by the rule"
    await file(browser_of("alice"), title="又变砖", severity="brick")
    await make_notices(now=clock.advance(seconds=11))
    assert "又变砖" in await inbox(cai), "whatever keeps the rules"
    assert "又变砖" not in await inbox(erin)


async def test_a_friday_with_all_its_reports(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    one, two = await file(alice), await file(alice, title="夜景发绿")
    await bob.submit(f"/reports/{one}/affected", {"device": "umi", "build": "26.11.20"})
    proposal = await propose(erin, one, two)
    await fix(erin, proposal)
    await friday(clock, settings, erin, "fuxi", "umi")
    [address] = opened(await alice.see("/notices"))
    html = await alice.see(address)
    page = words(html)
    assert page.startswith("← 通知 11 月 27 日 17:00 UTC+8 你的 2 个反馈解决了")
    assert f"打开相机后闪退 {one} 已在 {BUILD} 解决 小米 13 更新到 {BUILD} 之后，好了吗？" in page
    assert f"夜景发绿 {two}" in page
    assert html.count('value="broken"') == 2
    assert 'href="/releases/2026-11-27"' in html
    assert f'name="next" value="{address}"' in await alice.see(address)
    yes = {"build": BUILD, "verdict": "fixed", "next": address}
    answer = await alice.submit(f"/reports/{one}/verification", yes)
    assert "太好了，谢谢你回来告诉我们。" in words(await alice.see_after(answer))
    assert (await alice.see(address)).count('value="broken"') == 1, "asked once"
    [address] = opened(await bob.see("/notices"))
    page = words(await bob.see(address))
    assert "A problem you had too is fixed" in page
    assert f"In build {BUILD} Xiaomi 10 You said “me too”" in page

    body = {"reason": "会让夜景变慢"}
    await ok(await erin.request("DELETE", f"proposals/{proposal}/fix", json=body))
    await schedule.tick(settings, clock.advance(hours=1))
    page = await alice.see("/notices")
    assert "更正：之前说已解决的问题还在" in words(page)
    correction = words(await alice.see(opened(page)[0]))
    assert "会让夜景变慢 修好后会再告诉你。" in correction
    assert f"夜景发绿 {two} {BUILD} 里没有修好" in correction


async def test_still_there_is_told_to_the_engineer(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    proposal = await propose(erin, report)
    await fix(erin, proposal)
    await friday(clock, settings, erin, "fuxi")
    no = {"build": BUILD, "verdict": "broken"}
    await alice.submit(f"/reports/{report}/verification", no)
    await schedule.tick(settings, clock.now)
    page = await browser_of("erin").see("/notices")
    assert f"{proposal} is not fixed 爱丽丝 still sees it in {BUILD} (fuxi)" in words(page)
    page = await browser_of("erin").see(opened(page)[0])
    assert f'href="/proposals/{proposal}"' in page
    assert f'href="/reports/{report}"' in page


async def test_somebody_elses_notice_is_nothing(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    report = await file(browser_of("alice"))
    await ask(api_of("erin"), report, "哪个模式下？")
    await schedule.tick(settings, clock.now)
    [address] = opened(await browser_of("alice").see("/notices"))
    for handle in ("bob", "charlie", "erin", "ada"):
        assert (await browser_of(handle).get(address)).status_code == 404, handle
    assert await unread(browser_of("alice")) == "1"
    assert (await browser_of("alice").get("/notices/999")).status_code == 404


async def tell(handle: str, *, count: int, read: bool = False) -> None:
    await door.execute(
        "INSERT INTO notices (person, cause, kind, event, data, at, read_at)"
        " SELECT p.id, 'event:' || $3 || n, 'reply', 1, jsonb_build_object('report', 1, 'title',"
        " '反馈 ' || $3 || n, 'text', ''), p.joined_at, CASE WHEN $4 THEN p.joined_at END"
        " FROM people p, generate_series(1, $2) n WHERE p.handle = $1",
        handle,
        count,
        "read-" if read else "new-",
        read,
    )


async def test_what_is_unread_comes_first_and_pages_go_on(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    await tell("alice", count=30)
    await tell("alice", count=30, read=True)
    seen: list[str] = []
    address = "/notices"
    while address:
        page = await alice.see(address)
        seen += re.findall(r"「反馈 (\w+-\d+)」", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found[1] if found else ""
    assert seen == [f"{kind}-{n}" for kind in ("new", "read") for n in range(30, 0, -1)]
    assert (await alice.get("/notices?after=nonsense")).status_code == 422


async def test_all_are_marked_as_read_and_only_ones_own(browser_of: BrowserOf) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    await tell("alice", count=3)
    await tell("bob", count=120)
    assert await unread(alice) == "3"
    assert await unread(bob) == "99+"
    page = await alice.see_after(await alice.submit("/notices/reading"))
    assert "未读" not in words(page)
    assert await unread(alice) == ""
    assert "120" in await inbox(bob)


async def test_queries(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    await tell("alice", count=30)
    for path, cost in (("/notices", 2), ("/notices/30", 4)):
        await alice.get(path)
        with counting_queries() as seen:
            await alice.see(path)
        assert len(seen) == cost, seen
