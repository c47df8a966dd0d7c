"""What keeps a train in the station: a captain's hand, or something that is not in order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, FRIDAY, counting_queries, file, fix, ok, propose, stored, words
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

CHINESE = {"Accept-Language": "zh"}
TRAIN = f"releases/{FRIDAY}"


async def tick_at(clock: Clock, settings: Settings, time: str) -> None:
    clock.set(datetime.fromisoformat(f"{time}:00+08:00"))
    await schedule.tick(settings, clock.now)


async def load(erin: Any, *devices: str, **more: Any) -> None:
    for device in devices:
        body = {"ring": "closed", "release": FRIDAY, **more}
        await ok(await erin.put(f"builds/{device}/{BUILD}", json=body))


async def blockers(cai: Any) -> list[str]:
    return [one["code"] for one in (await ok(await cai.get(f"{TRAIN}/preview")))["blockers"]]


async def test_a_held_train_leaves_when_it_is_let_go(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, cai, erin = api_of("alice"), api_of("cai"), api_of("erin")
    report = await file(browser_of("alice"))
    await fix(erin, await propose(erin, report))
    await load(erin, "fuxi")
    why = "闹钟问题还在查"
    held = await ok(await cai.put(f"{TRAIN}/hold", json={"reason": why}))
    assert held["state"] == "held"
    assert await blockers(cai) == ["held"]
    preview = await ok(await cai.get(f"{TRAIN}/preview"))
    assert [message["person"] for message in preview["messages"]] == ["alice"], "all the same"
    refused = await cai.put(f"{TRAIN}/publication")
    assert refused.status_code == 409
    assert why in refused.json()["detail"] or "held" in refused.json()["detail"]

    await tick_at(clock, settings, f"{FRIDAY}T17:00")
    assert (await stored(alice, report))["status"] == "fixed"
    page = words(await browser_of("cai").see(f"/{TRAIN}/rehearsal"))
    assert why in page
    assert "发车时间已过，放行就会马上发布" in page
    assert why not in words(await browser_of("alice").see("/releases")), "for the team"

    await browser_of("cai").submit(f"/{TRAIN}/go")
    await tick_at(clock, settings, f"{FRIDAY}T20:00")
    assert (await stored(alice, report))["status"] == "released"
    late = await cai.put(f"{TRAIN}/hold", json={})
    assert late.status_code == 409, "it has left"


async def test_a_reason_that_is_too_long_is_not_lost(browser_of: BrowserOf, api_of: ApiOf) -> None:
    await load(api_of("erin"), "fuxi")
    cai = browser_of("cai")
    answer = await cai.submit(f"/{TRAIN}/hold", {"reason": "再等等" * 200})
    assert answer.status_code == 422
    assert "太长了，最多 500 字" in words(answer.text)
    assert "再等等" * 200 in answer.text
    assert (await ok(await api_of("cai").get(TRAIN)))["state"] != "held"


async def test_captains_hear_of_what_blocks_it_an_hour_before(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    cai, erin = api_of("cai"), api_of("erin")
    proposal = await propose(erin, changelog={"zh": "修复闹钟", "en": ""})
    await fix(erin, proposal)
    await load(erin, "fuxi")
    assert await blockers(cai) == ["no_wording"]

    async def told(name: str) -> list[str]:
        found = (await ok(await api_of(name).get("notices", headers=CHINESE)))["items"]
        return [f"{one['title']}: {one['text']}" for one in found if one["kind"] == "blocked"]

    await tick_at(clock, settings, f"{FRIDAY}T15:59")
    assert await told("cai") == []
    await tick_at(clock, settings, f"{FRIDAY}T16:00")
    await tick_at(clock, settings, f"{FRIDAY}T16:01")
    assert await told("cai") == ["11 月 27 日的车还不能发: P-1 缺英文更新说明"]
    assert len(await told("ada")) == 1
    assert await told("erin") == await told("alice") == []
    notice = words(await browser_of("cai").see("/notices/1"))
    assert "P-1 缺英文更新说明 去彩排" in notice

    await tick_at(clock, settings, f"{FRIDAY}T17:00")
    assert (await ok(await cai.get(TRAIN)))["state"] == "frozen", "what blocks is not published"
    changelog = {"zh": "修复闹钟", "en": "The alarm rings"}
    await ok(await cai.patch(f"proposals/{proposal}", json={"changelog": changelog}))
    await tick_at(clock, settings, f"{FRIDAY}T17:05")
    assert (await ok(await cai.get(TRAIN)))["state"] == "published"
    assert len(await told("cai")) == 1


async def test_a_build_that_holds_what_was_reverted_does_not_leave(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, cai, erin = api_of("alice"), api_of("cai"), api_of("erin")
    report = await file(browser_of("alice"))
    proposal = await propose(erin, report)
    other = await propose(erin, changelog={"zh": "修复别的", "en": "Something else"})
    await fix(erin, proposal)
    await fix(erin, other)
    await load(erin, "fuxi", proposals=[proposal, other])
    await ok(
        await erin.request("DELETE", f"proposals/{proposal}/fix", json={"reason": "夜景变慢了"})
    )
    assert (await stored(alice, report))["status"] == "in_progress"
    assert await blockers(cai) == ["revert_pending"]
    preview = await ok(await cai.get(f"{TRAIN}/preview"))
    assert [entry["proposal"] for entry in preview["entries"]] == [other], "its line is gone"
    assert (await cai.put(f"{TRAIN}/publication")).status_code == 409
    await tick_at(clock, settings, f"{FRIDAY}T17:00")
    assert (await ok(await cai.get(TRAIN)))["state"] != "published"

    await load(erin, "fuxi", proposals=[proposal, other])
    assert await blockers(cai) == ["revert_pending"], "the same build again holds it still"
    await load(erin, "fuxi", proposals=[other])
    assert await blockers(cai) == []
    await tick_at(clock, settings, f"{FRIDAY}T17:30")
    release = await ok(await cai.get(TRAIN))
    assert [(e["proposal"], e["erratum"]) for e in release["entries"]] == [(other, None)]


async def test_a_build_with_the_new_fix_may_leave(api_of: ApiOf, clock: Clock) -> None:
    cai, erin = api_of("cai"), api_of("erin")
    proposal = await propose(erin)
    await fix(erin, proposal)
    await load(erin, "fuxi", proposals=[proposal])
    await ok(await erin.request("DELETE", f"proposals/{proposal}/fix", json={"reason": "慢"}))
    clock.advance(minutes=30)
    await fix(erin, proposal)
    assert await blockers(cai) == ["revert_pending"], "the build is the old one"
    await load(erin, "fuxi", proposals=[proposal])
    assert await blockers(cai) == []
    assert (await ok(await cai.put(f"{TRAIN}/publication")))["entries"][0]["proposal"] == proposal


async def test_a_fix_after_an_early_freeze_is_expected_on_the_next_train(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    alice, cai, erin = api_of("alice"), api_of("cai"), api_of("erin")
    report = await file(browser_of("alice"))
    await ok(await cai.put(f"{TRAIN}/freeze"))
    clock.advance(minutes=5)
    await fix(erin, await propose(erin, report))
    assert (await stored(alice, report))["expected_on"] == "2026-12-04"


async def test_old_trains_without_a_build_cost_nothing_and_still_leave(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = api_of("alice"), api_of("erin")
    report = await file(browser_of("alice"))
    await tick_at(clock, settings, f"{FRIDAY}T17:00")
    with counting_queries() as once:
        await tick_at(clock, settings, "2026-12-02T17:00")
    for day in ("2026-12-04", "2026-12-11", "2026-12-18", "2026-12-25"):
        await tick_at(clock, settings, f"{day}T17:00")
    with counting_queries() as later:
        await tick_at(clock, settings, "2026-12-30T17:00")
    assert len(later) == len(once)
    clock.set(datetime.fromisoformat("2026-11-24T10:00:00+08:00"))
    await fix(erin, await propose(erin, report))
    clock.set(datetime.fromisoformat("2026-12-30T18:00:00+08:00"))
    await load(erin, "fuxi")
    await tick_at(clock, settings, "2026-12-30T18:01")
    assert (await stored(alice, report))["status"] == "released"
