"""One message a Friday: what is fixed, and behind it what slipped, was confirmed, was corrected."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, FRIDAY, ask, file, fix, friday, ok, propose, words
from tests.notices.test_inbox import opened
from tracker import schedule
from tracker.notices.news_words import LONGEST, shortened
from tracker.notices.words import wording
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

NEXT = "2026-12-04"


async def next_friday(clock: Clock, settings: Settings, engineer: httpx.AsyncClient) -> None:
    body = {"ring": "closed", "release": NEXT}
    await ok(await engineer.put("builds/fuxi/26.12.4", json=body))
    clock.set(datetime.fromisoformat(f"{NEXT}T17:00:00+08:00"))
    await schedule.tick(settings, clock.now)


async def say(tester: httpx.AsyncClient, report: str, verdict: str, build: str = BUILD) -> None:
    answer = {"build": build, "verdict": verdict}
    await ok(await tester.put(f"reports/{report}/verification", json=answer))


async def test_what_was_confirmed_and_corrected_comes_with_the_next_friday(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    good, bad = await file(alice), await file(alice, title="夜景发绿")
    await ok(await api_of("bob").put(f"reports/{good}/affected", json={"device": "fuxi"}))
    reverted = await propose(erin, bad)
    await fix(erin, await propose(erin, good))
    await fix(erin, reverted)
    await friday(clock, settings, erin, "fuxi")

    clock.advance(minutes=30)
    for who in ("alice", "bob"):
        await say(api_of(who), good, "fixed")
    body = {"reason": "会让夜景变慢"}
    await ok(await erin.request("DELETE", f"proposals/{reverted}/fix", json=body))
    await schedule.tick(settings, clock.advance(hours=1))
    third = await file(alice, title="耳机没声音")
    await fix(erin, await propose(erin, third))
    await next_friday(clock, settings, erin)

    found = (await ok(await api_of("alice").get("notices")))["items"]
    assert [one["kind"] for one in found] == ["friday", "correction", "friday"]
    page = await alice.see("/notices")
    assert (
        "你的反馈解决了 耳机没声音，已在小米 13 的 26.12.4 版本解决。"
        "你和另外 1 位内测用户确认「打开相机后闪退」修好了。之前已更正：「夜景发绿」还没修好。"
    ) in words(page)
    page = words(await alice.see(opened(page)[0]))
    assert f"修复得到确认 打开相机后闪退 {good} 你和另外 1 位内测用户" in page
    assert f"之前已更正 夜景发绿 {bad} 还没有修好" in page

    fourth = await file(alice, title="闹钟不响", build="26.12.4")
    await fix(erin, await propose(erin, fourth))
    body = {"ring": "closed", "release": "2026-12-11"}
    await ok(await erin.put("builds/fuxi/26.12.11", json=body))
    clock.advance(days=7)
    await schedule.tick(settings, clock.now)
    newest = (await ok(await api_of("alice").get("notices")))["items"][0]
    assert newest["text"] == "闹钟不响, in build 26.12.11 for your Xiaomi 13.", "each is told once"


async def test_nobody_hears_of_confirmations_alone(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "fuxi")
    clock.advance(minutes=30)
    await say(api_of("alice"), report, "fixed")
    other = await file(browser_of("bob"), device="umi")
    await fix(erin, await propose(erin, other))
    await next_friday(clock, settings, erin)
    found = (await ok(await api_of("alice").get("notices")))["items"]
    assert [one["kind"] for one in found] == ["friday"]


async def test_a_correction_that_is_fixed_again_is_not_recalled(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    proposal = await propose(erin, await file(alice))
    await fix(erin, proposal)
    await friday(clock, settings, erin, "fuxi")
    body = {"reason": "会让夜景变慢"}
    await ok(await erin.request("DELETE", f"proposals/{proposal}/fix", json=body))
    await schedule.tick(settings, clock.advance(hours=1))
    await fix(erin, proposal)
    await next_friday(clock, settings, erin)
    newest = (await ok(await api_of("alice").get("notices")))["items"][0]
    assert (newest["kind"], newest["text"]) == (
        "friday",
        "打开相机后闪退, in build 26.12.4 for your Xiaomi 13.",
    )


def facts(title: str, *, each: int) -> dict[str, Any]:
    """A Friday with so many of everything, all of this title."""
    device = {"zh": "小米 13 Ultra", "en": "Xiaomi 13 Ultra"}
    of = [{"report": n, "title": title, "proposal": n, "codename": "ishtar"} for n in range(each)]
    return {
        "release": NEXT,
        "reports": [{**one, "device": device, "build": "26.12.4", "own": True} for one in of],
        "slipped": [{**one, "was": NEXT, "expected_on": "2026-12-11"} for one in of],
        "confirmed": [{**one, "testers": 12, "own": True} for one in of],
        "corrected": [{**one, "now_in": "26.12.5"} for one in of],
    }


@pytest.mark.parametrize("title", ["闪退", "打开相机后闪退" * 12, "Camera closes " * 8])
@pytest.mark.parametrize("each", [1, 3, 400])
def test_all_of_it_fits_a_lock_screen(title: str, each: int) -> None:
    told = wording("friday", facts(title, each=each))
    for language in ("zh", "en"):
        assert len(told.title.within(language)) <= 50
        said = told.text.within(language)
        assert len(said) <= LONGEST, said
        assert title[:4].strip() in said


def test_a_title_is_cut_between_characters_as_people_see_them() -> None:
    assert shortened("打开相机后闪退", 7) == "打开相机后闪退"
    assert shortened("打开相机后闪退", 6) == "打开相机后…"
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    for room in range(3, 7):
        assert shortened(f"ab{family}cdefgh", room) == "ab…", room
    assert shortened("cafe\u0301 closes", 5) == "caf…"
    assert shortened("\U0001f44d\U0001f3fd\U0001f44d\U0001f3fd", 3) == "\U0001f44d\U0001f3fd…"


async def test_who_was_asked_a_while_ago_is_reminded_behind_the_news(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    good, asked, lately = [await file(alice, title=one) for one in ("闪退", "花屏", "卡顿")]
    bobs = await file(browser_of("bob"), title="没声音", device="umi")
    for report in (asked, bobs):
        await ask(erin, report, "哪个模式下？")
    await fix(erin, await propose(erin, good))
    clock.set(datetime.fromisoformat(f"{FRIDAY}T10:00:00+08:00"))
    await ask(erin, lately, "每次都这样吗？")
    await friday(clock, settings, erin, "fuxi")
    [told] = [
        one
        for one in (await ok(await api_of("alice").get("notices")))["items"]
        if one["kind"] == "friday"
    ]
    assert told["text"].endswith("“花屏” still waits for a word from you.")
    page = words(await alice.see(f"/notices/{told['id']}"))
    assert "还等你补充 花屏" in page
    assert "卡顿" not in page, "asked only this morning"
    # Without news there is no message of Friday to carry it.
    kinds = [one["kind"] for one in (await ok(await api_of("bob").get("notices")))["items"]]
    assert kinds == ["question"]
    assert (await ok(await erin.get(f"reports/{bobs}")))["status"] == "needs_info"
