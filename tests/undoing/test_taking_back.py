"""An engineer takes back what they did: everything is as it was, and nobody heard of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import FRIDAY, ask, close, file, fix, friday, ok, propose, start, stored, words
from tests.notices.test_undoing import Window, window
from tracker.settings import Settings

__all__ = ["window"]

pytestmark = pytest.mark.usefixtures("world")

UNCOUNTED = {"revision", "updated_at", "timeline"}
"""What an undoing leaves its trace in, for the team."""


def facts(report: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in report.items() if key not in UNCOUNTED}


async def last(engineer: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = await ok(await engineer.get("acts/last"))
    return found


async def undo(engineer: httpx.AsyncClient, act: str = "") -> dict[str, Any]:
    name = act or (await last(engineer))["id"]
    done: dict[str, Any] = await ok(await engineer.put(f"acts/{name}/undoing"))
    return done


async def refusal(response: httpx.Response, status: int = 409) -> str:
    assert response.status_code == status, response.text
    detail: str = response.json()["detail"]
    return detail


DEEDS: dict[str, Callable[[httpx.AsyncClient, str], Awaitable[Any]]] = {
    "propose": propose,
    "ask": lambda erin, report: ask(erin, report, "哪个模式下？"),
    "close": lambda erin, report: close(erin, report, "as_intended", "就是这样设计的"),
    "reply": lambda erin, report: erin.post(f"reports/{report}/messages", json={"text": "在查"}),
    "note": lambda erin, report: erin.post(
        f"reports/{report}/messages", json={"text": "像 P-1", "internal": True}
    ),
    "own": lambda erin, report: erin.put(f"reports/{report}/owner", json={"owner": "ada"}),
}


@pytest.mark.parametrize("deed", list(DEEDS))
async def test_what_was_done_to_a_report_is_undone(
    browser_of: BrowserOf, api_of: ApiOf, window: Window, deed: str
) -> None:
    report = await file(browser_of("alice"))
    alice, erin = api_of("alice"), api_of("erin")
    before, of_alice = await stored(erin, report), await stored(alice, report)
    await DEEDS[deed](erin, report)
    assert facts(await stored(erin, report)) != facts(before)

    shown = await last(erin)
    assert shown["undoing"]["possible"], shown
    assert shown["undoing"]["told"] == 0
    assert report in [step["thing"] for step in shown["undoing"]["steps"]]
    await undo(erin)

    after = await stored(erin, report)
    said = [one for one in after["messages"] if one["retracted_at"] is None]
    assert facts(after | {"messages": said}) == facts(before)
    # For the reporter it is as if nothing had been; for the team it is on record.
    seen = await stored(alice, report)
    assert facts(seen) == facts(of_alice)
    assert seen["timeline"] == of_alice["timeline"]
    assert len(after["timeline"]) > len(before["timeline"])
    await window.at(900)
    assert await window.told("alice") == []


async def test_linking_is_undone_and_the_proposal_it_came_from_is_back(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    report = await file(browser_of("alice"))
    erin = api_of("erin")
    first = await propose(erin, report)
    await start(erin, first)
    second = await propose(erin, title="另一个")
    await ok(await erin.put(f"reports/{report}/proposal", json={"proposal": second}))
    assert (await stored(erin, report))["status"] == "accepted"
    shown = await last(erin)
    assert shown["undoing"]["steps"][0]["text"]["en"] == f"back in {first}"
    await undo(erin)
    assert (await stored(erin, report))["proposal"] == first
    assert (await stored(erin, report))["status"] == "in_progress"


async def test_a_proposal_opened_by_mistake_is_gone(browser_of: BrowserOf, api_of: ApiOf) -> None:
    report = await file(browser_of("alice"))
    erin = api_of("erin")
    proposal = await propose(erin, report)
    await undo(erin)
    assert (await erin.get(f"proposals/{proposal}")).status_code == 404
    assert (await stored(erin, report))["status"] == "new"
    # Undoing the undoing does it again, under the same number.
    (undoing,) = [one for one in (await ok(await erin.get("acts")))["items"] if one["undoes"]]
    await undo(erin, undoing["id"])
    again = await ok(await erin.get(f"proposals/{proposal}"))
    assert again["report_ids"] == [report]
    assert (await stored(erin, report))["status"] == "accepted"


async def test_a_command_of_several_requests_is_one_act(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    alice = browser_of("alice")
    reports = [await file(alice, title=f"闪退 {n}") for n in range(3)]
    erin = api_of("erin")
    proposal = await propose(erin, title="相机", reports=[])
    for report in reports:
        await ok(
            await erin.put(
                f"reports/{report}/proposal",
                json={"proposal": proposal},
                headers={"Act-Key": "one-command"},
            )
        )
    shown = await last(erin)
    assert (shown["count"], shown["things"]) == (3, reports)
    await undo(erin)
    assert {(await stored(erin, one))["status"] for one in reports} == {"new"}
    assert (await last(erin))["text"]["en"] == "opened this proposal"


async def test_a_fix_is_unmarked_unless_a_build_has_it(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    report = await file(browser_of("alice"))
    erin = api_of("erin")
    proposal = await propose(erin, report)
    await start(erin, proposal)
    await fix(erin, proposal)
    assert (await stored(erin, report))["status"] == "fixed"
    act = (await last(erin))["id"]
    await undo(erin)
    assert (await stored(erin, report))["status"] == "in_progress"
    await fix(erin, proposal, "fuxi")
    act = (await last(erin))["id"]
    await friday(clock, settings, erin, "fuxi")
    shown = await ok(await erin.get(f"acts/{act}"))
    assert not shown["undoing"]["possible"]
    said = await refusal(await erin.put(f"acts/{act}/undoing"))
    assert f"{proposal}: it is in a build by now" in said
    assert (await stored(erin, report))["status"] == "released"


async def test_a_revert_is_undone_before_the_build_leaves(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    report = await file(browser_of("alice"))
    erin = api_of("erin")
    proposal = await propose(erin, report)
    await fix(erin, proposal, "fuxi")
    await friday(clock, settings, erin, "fuxi")
    body = {"models": None, "reason": "手机发烫"}
    await ok(await erin.request("DELETE", f"proposals/{proposal}/fix", json=body))
    assert (await stored(erin, report))["status"] == "in_progress"
    await undo(erin)
    assert (await stored(erin, report))["status"] == "released"


async def test_a_declined_proposal_is_open_again_with_its_reports(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    alice = browser_of("alice")
    reports = [await file(alice, title=f"闪退 {n}") for n in range(3)]
    erin = api_of("erin")
    proposal = await propose(erin, *reports)
    body = {"state": "declined", "reason": "这一代不做"}
    await ok(await erin.patch(f"proposals/{proposal}", json=body))
    assert {(await stored(erin, one))["status"] for one in reports} == {"closed"}
    await undo(erin)
    assert {(await stored(erin, one))["status"] for one in reports} == {"accepted"}
    assert (await ok(await erin.get(f"proposals/{proposal}")))["state"] == "open"


async def test_what_somebody_decided_since_is_in_the_way(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    report = await file(browser_of("alice"))
    erin, cai = api_of("erin"), api_of("cai")
    await close(erin, report, "as_intended", "就是这样设计的")
    act = (await last(erin))["id"]
    await ok(await cai.delete(f"reports/{report}/closure"))
    await close(cai, report, "unreproducible", "没有复现")
    said = await refusal(await erin.put(f"acts/{act}/undoing"))
    assert f"{report}: it has changed since: " in said
    assert (await stored(erin, report))["closure"]["reason"] == "unreproducible"


async def test_other_matters_are_left_as_they_are(browser_of: BrowserOf, api_of: ApiOf) -> None:
    report = await file(browser_of("alice"))
    erin, cai = api_of("erin"), api_of("cai")
    proposal = await propose(erin, title="相机", reports=[])
    await ok(await erin.put(f"reports/{report}/proposal", json={"proposal": proposal}))
    act = (await last(erin))["id"]
    await ask(cai, report, "哪个模式下？")
    await undo(erin, act)
    after = await stored(erin, report)
    assert (after["proposal"], after["status"]) == (None, "needs_info")
    assert after["question"]["text"] == "哪个模式下？"


async def test_an_answered_question_cannot_be_unasked(browser_of: BrowserOf, api_of: ApiOf) -> None:
    report = await file(browser_of("alice"))
    erin = api_of("erin")
    await ask(erin, report, "哪个模式下？")
    await ok(await api_of("alice").post(f"reports/{report}/messages", json={"text": "夜景"}))
    said = await refusal(await erin.put(f"acts/{(await last(erin))['id']}/undoing"))
    assert "answered the question" in said


async def test_all_or_nothing(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice = browser_of("alice")
    reports = [await file(alice, title=f"闪退 {n}") for n in range(3)]
    erin, cai = api_of("erin"), api_of("cai")
    proposal = await propose(erin, *reports)
    act = (await last(erin))["id"]
    await ok(await cai.delete(f"reports/{reports[1]}/proposal"))
    said = await refusal(await erin.put(f"acts/{act}/undoing"))
    assert reports[1] in said
    assert reports[0] not in said
    assert (await stored(erin, reports[0]))["proposal"] == proposal


async def test_after_the_window_those_who_were_told_get_a_correction(
    browser_of: BrowserOf, api_of: ApiOf, window: Window
) -> None:
    report = await file(browser_of("alice"))
    other = await file(browser_of("bob"), title="别的", device="umi")
    erin = api_of("erin")
    await close(erin, report, "as_intended", "就是这样设计的")
    await window.at(300)
    assert await window.kinds("alice") == ["closure"]
    assert (await last(erin))["undoing"]["told"] == 1
    await undo(erin)
    await window.at(310)
    assert await window.kinds("alice") == ["correction", "closure"]
    alice = browser_of("alice")
    (told, *_) = (await ok(await api_of("alice").get("notices")))["items"]
    page = words(await alice.see(f"/notices/{told['id']}"))
    assert "关于「打开相机后闪退」，团队收回了刚才的操作" in page
    assert await window.told("bob") == []
    timeline = [one["kind"] for one in (await stored(api_of("alice"), report))["timeline"]]
    assert timeline[-2:] == ["report.closed", "report.reopened"]
    assert (await stored(erin, other))["status"] == "new"


async def test_a_closure_that_is_back_is_not_told_twice(
    browser_of: BrowserOf, api_of: ApiOf, window: Window
) -> None:
    report = await file(browser_of("alice"))
    erin = api_of("erin")
    await close(erin, report, "as_intended", "就是这样设计的")
    await window.at(300)
    await ok(await erin.delete(f"reports/{report}/closure"))
    await undo(erin)
    assert (await stored(erin, report))["closure"]["text"] == "就是这样设计的"
    await window.at(900)
    assert await window.kinds("alice") == ["closure"]


async def test_twice_is_the_same_as_once(browser_of: BrowserOf, api_of: ApiOf) -> None:
    report = await file(browser_of("alice"))
    erin = api_of("erin")
    await propose(erin, report)
    act = (await undo(erin))["id"]
    assert (await undo(erin, act))["undone_by"]
    assert len((await ok(await erin.get("acts?person=me")))["items"]) == 2
    assert (await erin.get("acts/last")).status_code == 404


async def test_testers_have_no_acts(browser_of: BrowserOf, api_of: ApiOf) -> None:
    report = await file(browser_of("alice"))
    await propose(api_of("erin"), report)
    act = (await last(api_of("erin")))["id"]
    for path in ("acts", "acts/last", f"acts/{act}"):
        assert (await api_of("alice").get(path)).status_code == 403
        assert (await api_of("charlie").get(path)).status_code == 404
    assert (await api_of("alice").put(f"acts/{act}/undoing")).status_code == 403
    assert (await api_of("erin").get("acts/A-999")).status_code == 404


async def test_whoever_looked_before_somebody_else_acted_is_told_so(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    report = await file(browser_of("alice"))
    erin, cai = api_of("erin"), api_of("cai")
    seen = {"If-Match": f'"{(await stored(erin, report))["revision"]}"'}
    await close(cai, report, "unreproducible", "没有复现")
    body = {"reason": "as_intended", "text": "就是这样设计的"}
    answer = await erin.put(f"reports/{report}/owner", json={"owner": "erin"}, headers=seen)
    assert "蔡" in await refusal(answer, 412) or "Cai" in await refusal(answer, 412)
    assert (await stored(erin, report))["owner"] == "cai"
    seen = {"If-Match": f'"{(await stored(erin, report))["revision"]}"'}
    answer = await erin.put(f"reports/{report}/owner", json={"owner": "erin"}, headers=seen)
    assert answer.status_code == 200
    # One's own acts are no surprise.
    answer = await erin.put(f"reports/{report}/owner", json={"owner": "cai"}, headers=seen)
    assert answer.status_code == 200
    answer = await erin.put(f"reports/{report}/closure", json=body, headers={"If-Match": "x"})
    assert answer.status_code == 422


async def test_what_has_a_way_back_of_its_own_is_told_which(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    report = await file(browser_of("alice"))
    cai = api_of("cai")
    await propose(cai, report)
    await ok(await cai.put(f"releases/{FRIDAY}/hold", json={"reason": "闹钟"}))
    act = await last(cai)
    assert not act["undoing"]["possible"]
    assert "triage friday unhold" in await refusal(await cai.put(f"acts/{act['id']}/undoing"))
    await ok(await cai.put("builds/fuxi/26.11.27", json={"ring": "closed", "release": FRIDAY}))
    act = await last(cai)
    assert "triage build" in await refusal(await cai.put(f"acts/{act['id']}/undoing"))
    assert (await stored(cai, report))["status"] == "accepted"
