"""Commits about what is out already, and commits while a train leaves."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, FRIDAY, file, friday, ok, propose, stored, words
from tests.repositories.hosts import SHA, github, pushed, register
from tracker import database as door
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

FIX = "camera: start earlier\n\nProposal: P-1"


async def test_a_revert_of_what_is_out_is_a_correction(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin, nobody = browser_of("alice"), api_of("erin"), browser_of(None)
    report = await file(alice)
    await propose(erin, report)
    at = await register(browser_of("cai"), "github")
    await ok(await github(nobody, at, pushed(FIX), delivery="one"))
    await friday(clock, settings, erin, "fuxi")
    assert (await stored(erin, report))["status"] == "released"
    # Pushed once more, on top of something else: it is out, and stays so.
    again = await ok(await github(nobody, at, pushed(FIX, first="a" * 40), delivery="two"))
    assert again["not_done"][0]["outcome"] == "already_fixed"
    assert (await stored(erin, report))["status"] == "released"
    clock.advance(hours=3)
    message = (
        f'Revert "camera: start earlier"\n\nThis reverts commit {SHA}.\n\n'
        "Reverts: P-1\nReason-zh: 夜景变慢了\nReason-en: Night mode got slower"
    )
    answer = await ok(await github(nobody, at, pushed(message, first="b" * 40), delivery="three"))
    assert [one["outcome"] for one in answer["done"]] == ["reverted"]
    assert (await stored(erin, report))["status"] == "in_progress"
    await schedule.tick(settings, clock.now)
    assert "夜景变慢了" in words(await browser_of(None).see(f"/releases/{FRIDAY}"))
    told = (await ok(await api_of("alice").get("notices")))["items"]
    assert [one["kind"] for one in told].count("correction") == 1


async def test_pushes_while_a_train_leaves(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    """Fixes and their reverts by commits, the train, and an engineer, all at once: each ends, and
    what the build carries and where the report stands agree."""
    erin, cai, nobody = api_of("erin"), api_of("cai"), browser_of(None)
    reports = [await file(browser_of("alice")) for _ in range(3)]
    for report in reports:
        await propose(erin, report)
    at = await register(browser_of("cai"), "github")
    body = {"ring": "closed", "release": FRIDAY}
    await ok(await erin.put(f"builds/fuxi/{BUILD}", json=body))
    await ok(await github(nobody, at, pushed("a\n\nProposal: P-1, P-2, P-3"), delivery="one"))
    clock.set(datetime.fromisoformat(f"{FRIDAY}T17:00:00+08:00"))
    asked = [
        cai.put(f"releases/{FRIDAY}/publication"),
        github(nobody, at, pushed("b\n\nReverts: P-3, P-1", first="b" * 40), delivery="two"),
        github(nobody, at, pushed("c\n\nReverts: P-2", first="c" * 40), delivery="three"),
        erin.request("DELETE", "proposals/P-2/fix", json={"reason": "夜景变慢了"}),
        github(nobody, at, pushed("d\n\nProposal: P-2", first="d" * 40), delivery="four"),
    ]
    for answer in await asyncio.gather(*asked):
        await ok(answer)
    for number, report in enumerate(reports, start=1):
        live = await door.fetch(
            "SELECT 1 FROM shipments WHERE proposal = $1 AND shipped_at IS NOT NULL"
            " AND ended_at IS NULL",
            number,
        )
        fixes = await door.fetch("SELECT 1 FROM fixes WHERE proposal = $1", number)
        stands = "released" if live else "fixed" if fixes else "in_progress"
        assert (await stored(erin, report))["status"] == stands
