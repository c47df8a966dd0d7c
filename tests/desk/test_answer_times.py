"""Each official answer carries how long it took, counted from the tester's word."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import ask, close, file, ok, propose, stored, words
from tracker import database as door
from tracker import schedule
from tracker.piccolo_migrations import tracker_2026_12_01t02_00_00_000001 as migration
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

HOUR = 3600


async def say(client: httpx.AsyncClient, report: str, text: str = "在查", **more: Any) -> None:
    await ok(await client.post(f"reports/{report}/messages", json={"text": text, **more}))


async def took(client: httpx.AsyncClient, report: str) -> list[int | None]:
    return [one["answered_after"] for one in (await stored(client, report))["messages"]]


async def undo(engineer: httpx.AsyncClient, act: str = "last") -> str:
    name: str = (await ok(await engineer.get(f"acts/{act}")))["id"]
    return str((await ok(await engineer.put(f"acts/{name}/undoing")))["undone_by"])


async def waits_since(engineer: httpx.AsyncClient, report: str) -> datetime | None:
    since = (await stored(engineer, report))["waiting_since"]
    return datetime.fromisoformat(since) if since else None


async def test_replies_questions_and_closures_are_answers_and_notes_are_not(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    report = await file(browser_of("alice"))
    alice, erin = api_of("alice"), api_of("erin")
    clock.advance(minutes=20)
    await say(erin, report, "像 P-1", internal=True)
    clock.advance(minutes=40)
    await ask(erin, report, "哪个版本？")
    clock.advance(hours=1)
    await say(erin, report, "另外，附上日志")
    await say(alice, report, "26.11.20")
    clock.advance(hours=3, seconds=5)
    await say(erin, report, "谢谢")
    assert await took(erin, report) == [None, HOUR, None, None, 3 * HOUR + 5]
    assert await took(alice, report) == [HOUR, None, None, 3 * HOUR + 5]
    await say(alice, report, "还有一句")
    clock.advance(days=2)
    await close(erin, report, "as_intended", "就是这样设计的")
    assert (await stored(alice, report))["closure"]["answered_after"] == 48 * HOUR
    page = words(await browser_of("alice").see(f"/reports/{report}"))
    assert "2 天后回复" in page.partition("为什么关闭")[2]
    alice_page = browser_of("alice")
    await alice_page.submit("/language", {"language": "en"})
    assert "answered after 2 days" in words(await alice_page.see(f"/reports/{report}"))


async def test_recording_a_report_answers_it(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    report = await file(browser_of("alice"))
    erin = api_of("erin")
    clock.advance(hours=1)
    await propose(erin, report)
    clock.advance(hours=5)
    await say(erin, report, "在修")
    assert await took(erin, report) == [None], "it was recorded five hours before"
    total = (await ok(await erin.get("desk/times")))["total"]
    assert (total["answers"], total["first_answers"]) == (1, 1)
    assert (total["median_answer"], total["median_first_answer"]) == (HOUR, HOUR)


async def test_the_reporter_who_is_of_the_team_does_not_answer_themself(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    body = {"device": "fuxi", "module": "camera", "title": "闪退"}
    report = (await ok(await api_of("erin").post("reports", json=body)))["id"]
    clock.advance(hours=1)
    await say(api_of("erin"), report, "补充")
    clock.advance(hours=1)
    await say(api_of("cai"), report, "看到了")
    assert await took(api_of("cai"), report) == [None, 2 * HOUR]


async def test_what_is_taken_back_does_not_count_and_gives_the_wait_back(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    report = await file(browser_of("alice"))
    erin, filed = api_of("erin"), clock.now
    clock.advance(hours=1)
    await say(erin, report, "发错了")
    assert await waits_since(erin, report) is None
    again = await undo(erin)
    assert await waits_since(erin, report) == filed
    assert (await ok(await erin.get("desk/times")))["total"]["answers"] == 0
    clock.advance(hours=1)
    await say(erin, report, "在查")
    assert await took(erin, report) == [None, 2 * HOUR]
    # What was taken back is said after all: the second had nobody who waited.
    await undo(erin, again)
    assert await took(erin, report) == [HOUR, None]
    assert (await ok(await erin.get("desk/times")))["total"]["median_answer"] == HOUR


async def test_an_answer_in_the_middle_is_taken_back(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    report = await file(browser_of("alice"))
    alice, erin, cai, filed = api_of("alice"), api_of("erin"), api_of("cai"), clock.now
    clock.advance(hours=1)
    await say(erin, report)
    clock.advance(hours=1)
    await say(alice, report, "还在")
    spoke = clock.now
    assert await waits_since(erin, report) == spoke
    await undo(erin)
    assert await waits_since(erin, report) == filed, "nobody has answered since it was filed"
    clock.advance(hours=1)
    await say(cai, report)
    clock.advance(hours=1)
    await say(erin, report)
    assert await took(erin, report) == [None, None, 3 * HOUR, None]
    # The first is taken back where a second followed: that one is the answer.
    await undo(cai)
    assert await took(erin, report) == [None, None, None, 4 * HOUR]
    assert await waits_since(erin, report) is None
    await undo(erin)
    assert await waits_since(erin, report) == filed


async def test_a_closure_and_a_link_that_are_taken_back(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    report = await file(browser_of("alice"))
    erin, filed = api_of("erin"), clock.now
    clock.advance(hours=1)
    await close(erin, report, "as_intended", "就是这样设计的")
    await undo(erin)
    await propose(erin, report)
    await undo(erin)
    assert await waits_since(erin, report) == filed
    total = (await ok(await erin.get("desk/times")))["total"]
    assert (total["answers"], total["waiting"], total["oldest"]) == (0, 1, report)


async def test_a_question_that_is_withdrawn_answered_nothing(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    report = await file(browser_of("alice"))
    erin, filed = api_of("erin"), clock.now
    clock.advance(hours=1)
    await ask(erin, report, "哪个版本？")
    clock.advance(hours=1)
    await ok(await erin.delete(f"reports/{report}/question"))
    assert await waits_since(erin, report) == filed
    assert await took(erin, report) == [None]
    again = await undo(erin)
    assert await waits_since(erin, report) is None
    assert await took(erin, report) == [HOUR]
    await undo(erin, again)
    assert await waits_since(erin, report) == filed


async def test_what_was_answered_before_has_its_times(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    """The migration works them out from the threads, as they would have been kept."""
    alice, erin = api_of("alice"), api_of("erin")
    one, two = await file(browser_of("alice")), await file(browser_of("alice"))
    clock.advance(hours=1)
    await ask(erin, one, "哪个版本？")
    await propose(erin, two)
    clock.advance(hours=1)
    await say(erin, one, "发错了")
    await undo(erin)
    await say(alice, one, "26.11.20")
    clock.advance(hours=2)
    await close(erin, one, "as_intended", "就是这样设计的")
    await say(alice, two, "进展如何")
    clock.advance(hours=4)
    await say(erin, two)
    kept = "SELECT report, person, kind, message, at, waited, act, retracted_at FROM responses"
    order = " ORDER BY report, at, kind"
    before = [tuple(row) for row in await door.fetch(kept + order)]
    assert len(before) == 5
    await door.execute("DELETE FROM responses")
    for statement in migration.STATEMENTS:
        if "INDEX" not in statement:
            await door.execute(statement)
    assert [tuple(row) for row in await door.fetch(kept + order)] == before


async def test_while_waiting_one_reads_what_is_true(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    for hours in (1, 2):
        report = await file(alice)
        clock.advance(hours=hours)
        await say(erin, report)
    await schedule.tick(settings, clock.now)
    waiting = await file(alice)

    async def sentence(report: str) -> Any:
        return (await stored(api_of("alice"), report))["status_text"]["en"]

    assert await sentence(waiting) == "We have it; an engineer will look at it.", "two are too few"
    report = await file(alice)
    clock.advance(hours=3)
    await say(erin, report)
    await schedule.tick(settings, clock.now)
    assert await sentence(await file(alice)) == "We have it. An answer usually takes 2 hours."
    assert await sentence(waiting) == (
        "We have it. An answer usually takes 2 hours; this one is taking longer."
    )
    page = words(await alice.see(f"/reports/{waiting}"))
    assert "已收到。通常在 2 小时内回复，这次久了一些。" in page
    assert await sentence(report) == "An engineer has answered, and is still looking at it."
    await say(api_of("alice"), report, "还在")
    assert await sentence(report) == "We have it; an engineer will go on with it."
    others = words(await browser_of("bob").see(f"/reports/{report}"))
    assert "An engineer has answered, and is still looking." in others
    await close(erin, report, "unreproducible", "没有复现")
    await ok(await api_of("alice").post(f"reports/{report}/appeal", json={"text": "每次都有"}))
    assert await sentence(report) == "Open again, for an engineer to look once more."


async def test_an_import_waits_since_it_is_here(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    """Years before it came do not count as the time of an answer."""
    erin = api_of("erin")
    for _ in range(3):
        report = await file(browser_of("alice"))
        await door.execute(
            "UPDATE reports SET filed_at = '2020-01-01' WHERE id = $1", int(report[2:])
        )
        clock.advance(hours=1)
        await say(erin, report)
    await schedule.tick(settings, clock.now)
    row = await door.fetch_row("SELECT median_seconds FROM module_answer_times")
    assert row is not None
    assert row["median_seconds"] == HOUR
