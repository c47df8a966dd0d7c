"""The undo window: what the team takes back in time, nobody hears of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import ask, close, file, fix, friday, ok, propose
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


class Window:
    """Looks at the clock as a server with a window of 300 seconds does."""

    def __init__(self, clock: Clock, settings: Settings, api_of: ApiOf) -> None:
        self.settings = replace(settings, undo_window=timedelta(seconds=300))
        self.clock, self.api_of, self.begun = clock, api_of, clock.now

    async def at(self, seconds: int) -> None:
        """Let it be so many seconds after the beginning, and the server look."""
        self.clock.set(self.begun + timedelta(seconds=seconds))
        await schedule.tick(self.settings, self.clock.now)

    def begin(self) -> None:
        self.begun = self.clock.now

    async def told(self, handle: str) -> list[tuple[str, str]]:
        """Kind and text of what somebody was told, newest first."""
        found = await ok(await self.api_of(handle).get("notices"))
        return [(one["kind"], one["text"]) for one in found["items"]]

    async def kinds(self, handle: str) -> list[str]:
        return [kind for kind, _ in await self.told(handle)]


@pytest.fixture
def window(clock: Clock, settings: Settings, api_of: ApiOf) -> Window:
    return Window(clock, settings, api_of)


async def withdraw(engineer: httpx.AsyncClient, report: str) -> None:
    await ok(await engineer.delete(f"reports/{report}/question"))


async def reopen(engineer: httpx.AsyncClient, report: str) -> None:
    await ok(await engineer.delete(f"reports/{report}/closure"))


async def link(engineer: httpx.AsyncClient, report: str, proposal: str) -> None:
    body = {"proposal": proposal}
    await ok(await engineer.put(f"reports/{report}/proposal", json=body))


async def unlink(engineer: httpx.AsyncClient, report: str) -> None:
    await ok(await engineer.delete(f"reports/{report}/proposal"))


async def test_a_question_is_told_when_the_window_is_over(
    browser_of: BrowserOf, api_of: ApiOf, window: Window
) -> None:
    report = await file(browser_of("alice"))
    await ask(api_of("erin"), report, "哪个模式下？")
    await window.at(299)
    assert await window.told("alice") == []
    await window.at(300)
    assert await window.told("alice") == [("question", "“打开相机后闪退”: 哪个模式下？")]
    await withdraw(api_of("erin"), report)
    await window.at(900)
    assert await window.kinds("alice") == ["question"], "what was told was told"


async def test_a_question_that_is_withdrawn_and_asked_again(
    browser_of: BrowserOf, api_of: ApiOf, window: Window
) -> None:
    erin, report = api_of("erin"), await file(browser_of("alice"))
    await ask(erin, report, "哪个模式？")
    await window.at(200)
    await withdraw(erin, report)
    await window.at(250)
    await ask(erin, report, "哪个模式下？")
    await window.at(300)
    assert await window.told("alice") == [], "the first is taken back, the second still waits"
    await window.at(549)
    assert await window.told("alice") == []
    await window.at(550)
    assert [text for _, text in await window.told("alice")] == ["“打开相机后闪退”: 哪个模式下？"]
    await withdraw(erin, report)
    await ask(erin, report, "还在吗？")
    await withdraw(erin, report)
    await window.at(2000)
    assert await window.kinds("alice") == ["question"]


async def test_a_question_answered_on_the_page_is_no_news(
    browser_of: BrowserOf, api_of: ApiOf, window: Window
) -> None:
    alice = browser_of("alice")
    report = await file(alice)
    await ask(api_of("erin"), report, "哪个模式下？")
    await window.at(60)
    await alice.submit(f"/reports/{report}/answer", {"answer": "夜景模式"})
    await window.at(61)
    assert await window.kinds("erin") == ["answer"], "what testers do does not wait"
    await window.at(600)
    assert await window.told("alice") == []


async def test_an_official_reply_waits_and_a_testers_word_does_not(
    browser_of: BrowserOf, api_of: ApiOf, window: Window
) -> None:
    erin, report = api_of("erin"), await file(browser_of("alice"))
    await propose(erin, report)
    await ok(await erin.post(f"reports/{report}/messages", json={"text": "我们也看到了"}))
    await ask(erin, report, "哪个模式下？")
    await window.at(10)
    assert await window.told("alice") == []
    await window.at(299)
    assert await window.told("alice") == []
    await window.at(300)
    assert await window.kinds("alice") == ["question", "reply"]
    word = {"text": "每次都这样"}
    await ok(await api_of("alice").post(f"reports/{report}/messages", json=word))
    await window.at(301)
    assert await window.kinds("erin") == ["answer"]
    await ok(await api_of("alice").post(f"reports/{report}/messages", json=word))
    await window.at(302)
    assert await window.kinds("erin") == ["reply", "answer"]


async def test_a_closure_that_is_taken_back(
    browser_of: BrowserOf, api_of: ApiOf, window: Window
) -> None:
    erin, report = api_of("erin"), await file(browser_of("alice"))
    await close(erin, report, "unreproducible", "没有复现")
    await window.at(299)
    await reopen(erin, report)
    await window.at(300)
    assert await window.told("alice") == []
    await close(erin, report, "as_intended", "就是这样设计的")
    await window.at(599)
    assert await window.told("alice") == []
    await window.at(600)
    assert await window.told("alice") == [("closure", "“打开相机后闪退”: 就是这样设计的")]
    await reopen(erin, report)
    await close(erin, report, "unreproducible", "没有复现")
    await window.at(900)
    assert await window.kinds("alice") == ["closure", "closure"], "the first had been told"


async def test_a_closure_after_a_question(
    browser_of: BrowserOf, api_of: ApiOf, window: Window
) -> None:
    erin, report = api_of("erin"), await file(browser_of("alice"))
    await ask(erin, report, "哪个模式下？")
    await close(erin, report, "unreproducible", "没有复现")
    await window.at(300)
    assert await window.kinds("alice") == ["closure"], "nobody waits for an answer any more"


async def test_a_closure_appealed_against_before_it_was_told(
    browser_of: BrowserOf, api_of: ApiOf, window: Window
) -> None:
    report = await file(browser_of("alice"))
    await close(api_of("erin"), report, "unreproducible", "没有复现")
    await window.at(100)
    appeal = {"text": "我每次都能复现"}
    await ok(await api_of("alice").post(f"reports/{report}/appeal", json=appeal))
    await window.at(101)
    assert await window.kinds("erin") == ["appeal"]
    await window.at(600)
    assert await window.told("alice") == []


async def test_a_second_person_is_asked_for_in_five_minutes(
    browser_of: BrowserOf, api_of: ApiOf, window: Window
) -> None:
    erin = api_of("erin")
    one = await file(browser_of("alice"), title="照片没了", severity="data_loss")
    other = await file(browser_of("alice"), title="变砖", severity="brick")
    await window.at(1)
    assert await window.kinds("cai") == ["severe", "severe"], "what testers file does not wait"
    window.begin()
    for report in (one, other):
        await close(erin, report, "unreproducible", "没有复现")
    await reopen(erin, other)
    await window.at(299)
    assert await window.kinds("cai") == ["severe", "severe"]
    await window.at(300)
    [(kind, text), *_] = await window.told("cai")
    assert (kind, text) == ("severe", "“照片没了”")
    assert await window.kinds("cai") == ["severe", "severe", "severe"]


async def test_a_closure_agreed_to_at_once_asks_nobody_else(
    browser_of: BrowserOf, api_of: ApiOf, window: Window
) -> None:
    report = await file(browser_of("alice"), title="照片没了", severity="data_loss")
    await window.at(1)
    window.begin()
    for handle in ("erin", "cai"):
        await close(api_of(handle), report, "unreproducible", "没有复现")
    await window.at(300)
    assert await window.kinds("ada") == ["severe"]
    assert await window.kinds("alice") == ["closure"]


async def test_a_reporter_who_withdraws_does_not_wait(
    browser_of: BrowserOf, api_of: ApiOf, window: Window
) -> None:
    report = await file(browser_of("alice"), title="照片没了", severity="data_loss")
    await close(api_of("alice"), report, "withdrawn", "")
    await window.at(1)
    assert await window.kinds("cai") == ["severe", "severe"]


async def shipped(
    browser_of: BrowserOf, erin: httpx.AsyncClient, window: Window, clock: Clock
) -> tuple[str, str]:
    """A report of bob's that is not in the proposal which a Friday brought, and that proposal."""
    first = await file(browser_of("alice"))
    late = await file(browser_of("bob"), device="umi", title="Camera closes")
    proposal = await propose(erin, first)
    await fix(erin, proposal)
    await friday(clock, window.settings, erin, "fuxi", "umi")
    window.begin()
    return late, proposal


async def test_a_friday_does_not_wait(
    browser_of: BrowserOf, api_of: ApiOf, window: Window, clock: Clock
) -> None:
    await shipped(browser_of, api_of("erin"), window, clock)
    assert await window.kinds("alice") == ["friday"]


async def test_a_link_to_a_fix_that_is_out(
    browser_of: BrowserOf, api_of: ApiOf, window: Window, clock: Clock
) -> None:
    erin = api_of("erin")
    late, proposal = await shipped(browser_of, erin, window, clock)
    await link(erin, late, proposal)
    await window.at(299)
    assert await window.told("bob") == []
    await window.at(300)
    assert await window.kinds("bob") == ["build"]
    await unlink(erin, late)
    await window.at(700)
    assert await window.kinds("bob") == ["build"]


async def test_a_link_that_is_taken_back_and_made_again(
    browser_of: BrowserOf, api_of: ApiOf, window: Window, clock: Clock
) -> None:
    erin = api_of("erin")
    late, proposal = await shipped(browser_of, erin, window, clock)
    await link(erin, late, proposal)
    await window.at(100)
    await unlink(erin, late)
    await window.at(200)
    await link(erin, late, proposal)
    await window.at(300)
    assert await window.told("bob") == [], "the second link has a window of its own"
    await unlink(erin, late)
    await window.at(500)
    assert await window.told("bob") == []
    await link(erin, late, proposal)
    await window.at(800)
    assert await window.kinds("bob") == ["build"]


async def test_a_revert_is_told_at_once_to_those_who_were_told(
    browser_of: BrowserOf, api_of: ApiOf, window: Window, clock: Clock
) -> None:
    erin = api_of("erin")
    late, proposal = await shipped(browser_of, erin, window, clock)
    await link(erin, late, proposal)
    await window.at(100)
    body: dict[str, Any] = {"reason": "会让夜景变慢"}
    await ok(await erin.request("DELETE", f"proposals/{proposal}/fix", json=body))
    await window.at(101)
    assert await window.kinds("alice") == ["correction", "friday"]
    await window.at(600)
    assert await window.told("bob") == [], "neither that it is fixed nor that it is not"
