"""Builds change places: in between, and from one ring to another."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import FRIDAY, file, fix, ok, propose, stored
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


async def build(erin: httpx.AsyncClient, version: str, ring: str = "closed", **more: Any) -> Any:
    return await ok(await erin.put(f"builds/fuxi/{version}", json={"ring": ring, **more}))


async def move(erin: httpx.AsyncClient, device: str = "fuxi", **body: Any) -> httpx.Response:
    return await erin.post(f"devices/{device}/moves", json=body)


async def line(erin: httpx.AsyncClient, ring: str) -> list[str]:
    found = (await ok(await erin.get("builds", params={"device": "fuxi", "ring": ring})))["items"]
    return [one["version"] for one in sorted(found, key=lambda one: one["position"])]


async def kinds(client: httpx.AsyncClient) -> list[str]:
    return [one["kind"] for one in (await ok(await client.get("notices")))["items"]]


async def test_a_forgotten_build_is_put_in_between(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = api_of("alice"), api_of("erin")
    report = await file(browser_of("alice"))
    proposal = await propose(erin, report)
    await fix(erin, proposal)
    await build(erin, "26.11.25")
    await build(erin, "26.11.24", after="26.11.20", proposals=[])
    assert await line(erin, "closed") == [
        "26.11.6", "26.11.13", "26.11.20", "26.11.24", "26.11.25",
    ]  # fmt: skip
    assert (await stored(erin, report))["released_in"] == "26.11.25"
    answer = {"build": "26.11.24", "verdict": "broken"}
    await ok(await alice.put(f"reports/{report}/verification", json=answer))
    assert (await stored(erin, report))["status"] == "released", "that build is before the fix"
    await build(erin, "26.11.23", after="26.11.20", proposals=[proposal])
    assert (await stored(erin, report))["released_in"] == "26.11.23", "it had the fix first"
    await ok(await alice.put(f"reports/{report}/verification", json={**answer, "text": "还是"}))
    assert (await stored(erin, report))["status"] == "in_progress", "now it is after the fix"


async def test_a_build_turns_out_to_be_older_than_it_was_said_to_be(
    api_of: ApiOf, browser_of: BrowserOf
) -> None:
    erin = api_of("erin")
    proposal = await propose(erin)
    await fix(erin, proposal)
    await build(erin, "26.11.24")
    await build(erin, "26.11.25", release=FRIDAY)
    form = {"device": "other", "other": "fuxi", "build": "26.11.25"}
    report = await file(browser_of("alice"), **form)
    await ok(await erin.put(f"reports/{report}/proposal", json={"proposal": proposal}))
    assert (await stored(erin, report))["status"] == "accepted", (
        "she has the fix, and sees it still"
    )
    await build(erin, "26.11.25", release=FRIDAY, after="26.11.20")
    assert (await stored(erin, report))["released_in"] == "26.11.24", "it comes after what she has"


async def test_a_model_moves_to_another_ring(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = api_of("alice"), api_of("bob"), api_of("erin")
    report = await file(browser_of("alice"))
    proposal = await propose(erin, report)
    await fix(erin, proposal)
    await build(erin, "26.11.25.DEV", "dev")
    assert (await stored(erin, report))["status"] == "fixed", "not in her ring"
    body = {"from": "closed", "to": "dev", "after": "26.11.18"}
    moved = await ok(await move(erin, **body))
    versions = ["26.11.18", "26.11.6", "26.11.13", "26.11.20", "26.11.25.DEV"]
    assert [one["version"] for one in moved["items"]] == versions
    assert [one["position"] for one in moved["items"]] == [1, 2, 3, 4, 5]
    assert {one["ring"] for one in moved["items"]} == {"dev"}
    shown = await stored(erin, report)
    assert (shown["ring"], shown["released_in"]) == ("dev", "26.11.25.DEV")
    again = await ok(await move(erin, **body))
    assert [one["version"] for one in again["items"]] == versions, "nothing is left to move"
    assert "开发版" in await browser_of("alice").see("/settings/devices"), "her phone went along"
    await schedule.tick(settings, clock.now)
    assert await kinds(alice) == ["build"], "told that it is in a build of hers"
    assert await kinds(bob) == [], "his model stayed where it was"


async def test_an_unpublished_build_changes_rings(api_of: ApiOf, browser_of: BrowserOf) -> None:
    erin = api_of("erin")
    report = await file(browser_of("alice"))
    proposal = await propose(erin, report)
    await fix(erin, proposal)
    await build(erin, "26.11.27", "dev", release=FRIDAY, proposals=[proposal])
    await build(erin, "26.11.27", "closed", release=FRIDAY, proposals=[proposal])
    await build(erin, "26.11.27", "closed", proposals=[proposal])
    assert (await stored(erin, report))["released_in"] == "26.11.27"


async def test_what_cannot_be_moved(api_of: ApiOf) -> None:
    erin = api_of("erin")
    same = await move(erin, **{"from": "dev", "to": "dev"})
    elsewhere = await move(erin, **{"from": "dev", "to": "stable", "after": "26.11.20"})
    unknown = await move(erin, **{"from": "dev", "to": "stable", "after": "1"})
    assert [answer.status_code for answer in (same, elsewhere, unknown)] == [422] * 3
    nowhere = await move(erin, "nokia", **{"from": "dev", "to": "stable"})
    assert nowhere.status_code == 404
    tester = await move(api_of("alice"), **{"from": "dev", "to": "stable"})
    assert tester.status_code == 403


async def test_builds_that_moved_are_moved_back_by_hand(api_of: ApiOf) -> None:
    cai = api_of("cai")
    await ok(await cai.post("devices/fuxi/moves", json={"from": "closed", "to": "dev"}))
    act = await ok(await cai.get("acts/last"))
    assert act["text"]["en"] == "moved builds to another ring"
    answer = await cai.put(f"acts/{act['id']}/undoing")
    assert answer.status_code == 409
    assert "triage build move" in answer.json()["detail"]
