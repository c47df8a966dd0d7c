"""Two things at once: what one changes, the other neither overwrites nor misses nor waits for in
vain."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, FRIDAY, file, fix, friday, ok, propose, stored
from tests.elsewhere import PATIENCE, holding
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

REASON = {"zh": "部分手机无法开机", "en": "Some phones do not start"}

REPORT = "SELECT 1 FROM reports WHERE id = 1 FOR UPDATE"
PUBLICATION = f"releases/{FRIDAY}/publication"


async def test_a_build_is_sent_again_while_its_train_leaves(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock, settings: Settings
) -> None:
    """It has left with its train then, not by itself, and nobody hears of it twice."""
    alice, bob, erin, cai = browser_of("alice"), api_of("bob"), api_of("erin"), api_of("cai")
    report = await file(alice)
    await ok(
        await bob.put(f"reports/{report}/affected", json={"device": "umi", "build": "26.11.20"})
    )
    proposal = await propose(erin, report)
    await fix(erin, proposal)
    body = {"ring": "closed", "release": FRIDAY, "proposals": [proposal]}
    for device in ("fuxi", "umi"):
        await ok(await erin.put(f"builds/{device}/{BUILD}", json=body))
    clock.advance(minutes=5)
    async with holding(REPORT) as elsewhere:
        train = asyncio.create_task(cai.put(PUBLICATION))
        await elsewhere.waiting(1)
        again = asyncio.create_task(erin.put(f"builds/umi/{BUILD}", json=body))
        await elsewhere.waiting(2)
    await ok(await train)
    await ok(await again)
    await schedule.tick(settings, clock.advance(minutes=5))
    notices = (await ok(await bob.get("notices")))["items"]
    assert [notice["kind"] for notice in notices] == ["friday"]


async def test_a_build_is_sent_again_just_before_its_train_leaves(api_of: ApiOf) -> None:
    """Whoever comes second waits for the first, and neither for the other."""
    erin, cai = api_of("erin"), api_of("cai")
    body = {"ring": "closed", "release": FRIDAY}
    await ok(await erin.put(f"builds/umi/{BUILD}", json=body))
    held = "SELECT 1 FROM builds WHERE version = $1 FOR UPDATE"
    async with holding(held, BUILD) as elsewhere:
        again = asyncio.create_task(erin.put(f"builds/umi/{BUILD}", json=body))
        await elsewhere.waiting(1)
        train = asyncio.create_task(cai.put(PUBLICATION))
        await elsewhere.waiting(2)
    await ok(await again)
    assert (await ok(await train))["state"] == "published"


async def test_a_fix_is_taken_back_while_its_train_leaves(
    api_of: ApiOf, browser_of: BrowserOf
) -> None:
    """The revert was first: the line is not on the train, nor is anybody told that it is fixed."""
    erin, cai = api_of("erin"), api_of("cai")
    report = await file(browser_of("alice"))
    proposal = await propose(erin, report)
    await fix(erin, proposal)
    await ok(await erin.put(f"builds/fuxi/{BUILD}", json={"ring": "closed", "release": FRIDAY}))
    async with holding(REPORT) as elsewhere:
        revert = asyncio.create_task(
            erin.request("DELETE", f"proposals/{proposal}/fix", json={"reason": REASON})
        )
        await elsewhere.waiting(1)
        train = asyncio.create_task(cai.put(PUBLICATION))
        await elsewhere.waiting(2)
    await ok(await revert)
    assert (await ok(await train))["entries"] == []
    assert (await stored(erin, report))["status"] == "in_progress"


async def test_a_report_leaves_its_proposal_while_the_train_leaves(
    api_of: ApiOf, browser_of: BrowserOf
) -> None:
    erin, cai = api_of("erin"), api_of("cai")
    report = await file(browser_of("alice"))
    await fix(erin, await propose(erin, report))
    await ok(await erin.put(f"builds/fuxi/{BUILD}", json={"ring": "closed", "release": FRIDAY}))
    async with holding(REPORT) as elsewhere:
        unlink = asyncio.create_task(erin.delete(f"reports/{report}/proposal"))
        await elsewhere.waiting(1)
        train = asyncio.create_task(cai.put(PUBLICATION))
        await elsewhere.waiting(2)
    await ok(await unlink)
    await ok(await train)
    shown = await stored(erin, report)
    assert (shown["status"], shown["released_in"]) == ("new", None)


async def test_a_fix_that_stays_behind_is_taken_back_while_the_train_leaves(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock
) -> None:
    """It is not moved to the next train: there is nothing to come any more."""
    erin, cai = api_of("erin"), api_of("cai")
    report = await file(browser_of("alice"))
    proposal = await propose(erin, report)
    await fix(erin, proposal)
    await ok(await erin.put(f"builds/umi/{BUILD}", json={"ring": "closed", "release": FRIDAY}))
    await ok(await erin.request("DELETE", f"proposals/{proposal}/fix", json={"reason": "x"}))
    await fix(erin, proposal, "fuxi")
    async with holding(REPORT) as elsewhere:
        revert = asyncio.create_task(
            erin.request("DELETE", f"proposals/{proposal}/fix", json={"reason": REASON})
        )
        await elsewhere.waiting(1)
        train = asyncio.create_task(cai.put(PUBLICATION))
        await elsewhere.waiting(2)
    await ok(await revert)
    await ok(await train)
    shown = await stored(erin, report)
    assert (shown["status"], shown["expected_on"]) == ("in_progress", None)


async def test_reports_are_filed_while_a_build_is_withdrawn(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "fuxi")
    async with holding(REPORT) as elsewhere:
        withdrawal = asyncio.create_task(
            erin.put(f"builds/fuxi/{BUILD}/withdrawal", json={"reason": REASON})
        )
        await elsewhere.waiting(1)
        async with asyncio.timeout(PATIENCE):
            assert await file(alice, build=BUILD, title="充电时很烫") == "R-2"
        assert not withdrawal.done()
    await ok(await withdrawal)


async def test_a_line_is_taken_back_while_people_are_told_of_it(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock, settings: Settings
) -> None:
    """Two processes make notices: who was told "fixed" by one is told of the revert as well."""
    erin = api_of("erin")
    report = await file(browser_of("alice"))
    proposal = await propose(erin, report)
    await fix(erin, proposal)
    await ok(await erin.put(f"builds/fuxi/{BUILD}", json={"ring": "closed", "release": FRIDAY}))
    clock.set(datetime.fromisoformat(f"{FRIDAY}T17:00:00+08:00"))
    await schedule.trains(settings, clock.now)
    async with holding("SELECT 1 FROM people WHERE handle = 'alice' FOR UPDATE") as elsewhere:
        one = asyncio.create_task(schedule.notices(settings, clock.now))
        await elsewhere.waiting(1)
        body: dict[str, Any] = {"reason": REASON}
        await ok(await erin.request("DELETE", f"proposals/{proposal}/fix", json=body))
        other = asyncio.create_task(schedule.notices(settings, clock.now))
        await asyncio.wait([other], timeout=1)
    await asyncio.gather(one, other)
    await schedule.notices(settings, clock.now)
    notices = (await ok(await api_of("alice").get("notices")))["items"]
    assert [notice["kind"] for notice in notices] == ["correction", "friday"]
