""" "Still there": what it reopens, what it does not, and who hears of it, once."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, file, fix, friday, ok, propose, stored
from tracker import database as door
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


class Programme:
    """Two reports of the Xiaomi 13 and one of the Xiaomi 10, all of one proposal, all solved in
    this Friday's builds."""

    def __init__(self, api_of: ApiOf, clock: Clock, settings: Settings) -> None:
        self.api_of, self.clock, self.settings = api_of, clock, settings
        self.erin = api_of("erin")

    async def say(
        self, handle: str, report: str, verdict: str, build: str = BUILD, text: str = ""
    ) -> str:
        """The outcome of an answer."""
        body = {"build": build, "verdict": verdict, "text": text}
        answer = await ok(
            await self.api_of(handle).put(f"reports/{report}/verification", json=body)
        )
        assert answer["verification"]["build"] == build
        assert answer["verification"]["explanation"]["zh"]
        outcome: str = answer["verification"]["outcome"]
        return outcome

    async def statuses(self) -> list[str]:
        rows = await door.fetch("SELECT status FROM reports ORDER BY id")
        return [row["status"] for row in rows]

    async def reopenings(self) -> list[dict[str, Any]]:
        """What erin, who owns the proposal, was told."""
        await schedule.tick(self.settings, self.clock.now)
        items = (await ok(await self.erin.get("notices")))["items"]
        return [one for one in items if one["kind"] == "reopened"]

    async def build(self, version: str, **more: Any) -> None:
        body = {"ring": "closed", **more}
        await ok(await self.erin.put(f"builds/fuxi/{version}", json=body))


@pytest.fixture
async def programme(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> Programme:
    made = Programme(api_of, clock, settings)
    one = await file(browser_of("alice"))
    other = await file(browser_of("bob"))
    third = await file(browser_of("bob"), device="umi")
    await fix(made.erin, await propose(made.erin, one, other, third))
    await friday(clock, settings, made.erin, "fuxi", "umi")
    assert await made.statuses() == ["released", "released", "released"]
    return made


async def test_one_model_once(programme: Programme) -> None:
    assert await programme.say("alice", "R-1", "broken") == "reopened"
    assert await programme.statuses() == ["in_progress", "in_progress", "released"]
    assert await programme.say("bob", "R-2", "broken") == "known"
    assert await programme.say("alice", "R-1", "broken", text="还是一样") == "known"
    [told] = await programme.reopenings()
    assert "alice" in told["text"].lower() or "still sees it" in told["text"]
    assert told["reports"] == ["R-1"]


async def test_two_at_the_same_moment(programme: Programme) -> None:
    outcomes = await asyncio.gather(
        programme.say("alice", "R-1", "broken"), programme.say("bob", "R-2", "broken")
    )
    assert sorted(outcomes) == ["known", "reopened"]
    assert len(await programme.reopenings()) == 1


async def test_a_new_fix_is_not_lost_by_word_of_the_old_one(programme: Programme) -> None:
    await programme.say("alice", "R-1", "broken")
    await fix(programme.erin, "P-1", "fuxi")
    assert await programme.say("bob", "R-2", "broken") == "known"
    assert await programme.statuses() == ["fixed", "fixed", "released"]
    programme.clock.advance(hours=1)
    await programme.build(f"{BUILD}.1")
    assert await programme.statuses() == ["released", "released", "released"]
    assert await programme.say("bob", "R-2", "broken") == "older", "the new one is not in there"
    assert len(await programme.reopenings()) == 1
    assert await programme.say("bob", "R-2", "broken", f"{BUILD}.1") == "reopened"
    assert len(await programme.reopenings()) == 2


async def test_from_older_builds_it_is_kept_and_changes_nothing(programme: Programme) -> None:
    assert await programme.say("alice", "R-1", "broken", "26.11.20") == "older"
    assert await programme.say("alice", "R-1", "fixed", "26.11.20") == "older"
    assert await programme.statuses() == ["released", "released", "released"]
    [row] = await door.fetch("SELECT verdict FROM verifications")
    assert row["verdict"] == "fixed"
    assert await programme.reopenings() == []
    found = await ok(await programme.erin.get("proposals/P-1"))
    assert found["verdicts"] == [], "it says nothing of the fix"


async def test_from_a_withdrawn_build_it_is_kept_and_changes_nothing(programme: Programme) -> None:
    await programme.build(f"{BUILD}.1")
    await door.execute(
        "UPDATE builds SET withdrawn_at = now(), withdrawn_zh = '开不了机', withdrawn_en = 'no boot'"
        f" WHERE version = '{BUILD}.1'"
    )
    for verdict in ("broken", "fixed"):
        assert await programme.say("alice", "R-1", verdict, f"{BUILD}.1") == "withdrawn"
    assert await programme.say("alice", "R-1", "unsure", f"{BUILD}.1") == "noted"
    assert await programme.statuses() == ["released", "released", "released"]
    assert await programme.reopenings() == []


async def test_after_a_revert(programme: Programme) -> None:
    body = {"reason": "耗电变多", "models": ["fuxi"]}
    await ok(await programme.erin.request("DELETE", "proposals/P-1/fix", json=body))
    for verdict in ("broken", "fixed"):
        assert await programme.say("alice", "R-1", verdict) == "reverted"
    assert await programme.reopenings() == []
    assert await programme.statuses() == ["in_progress", "in_progress", "released"]


async def test_from_another_model(programme: Programme, browser_of: BrowserOf) -> None:
    """alice confirmed it on her phone; bob, who has it too, sees it still on his."""
    await browser_of("bob").submit("/reports/R-1/affected", {"device": "umi"})
    await programme.say("alice", "R-1", "fixed")
    assert await programme.say("bob", "R-1", "broken") == "reopened"
    assert await programme.statuses() == ["verified", "released", "in_progress"]
    [told] = await programme.reopenings()
    assert "(umi)" in told["text"]


async def test_what_others_confirmed_stays_confirmed(programme: Programme) -> None:
    await programme.say("alice", "R-1", "fixed")
    assert await programme.say("bob", "R-2", "broken") == "reopened"
    assert await programme.statuses() == ["verified", "in_progress", "released"]
    assert await programme.say("alice", "R-1", "broken") == "known"
    assert await programme.statuses() == ["in_progress", "in_progress", "released"]


async def test_second_thoughts(programme: Programme) -> None:
    alice = ("alice", "R-1")
    assert await programme.say(*alice, "fixed") == "confirmed"
    assert await programme.say(*alice, "unsure") == "noted"
    assert await programme.statuses() == ["released", "released", "released"]
    assert await programme.say(*alice, "fixed") == "confirmed"
    assert await programme.say(*alice, "fixed") == "confirmed"
    assert await programme.statuses() == ["verified", "released", "released"]
    assert await programme.say(*alice, "broken") == "reopened"
    assert await programme.statuses() == ["in_progress", "in_progress", "released"]
    # A slip of the finger or not: what is open again, an engineer closes.
    assert await programme.say(*alice, "fixed") == "known"
    assert await programme.statuses() == ["in_progress", "in_progress", "released"]
    assert len(await programme.reopenings()) == 1


async def test_a_build_in_the_making_does_not_bring_what_is_open_again(
    programme: Programme,
) -> None:
    await programme.build("26.12.4", release="2026-12-04", proposals=["P-1"])
    await programme.say("alice", "R-1", "broken")
    programme.clock.advance(days=7)
    await schedule.tick(programme.settings, programme.clock.now)
    assert await programme.statuses() == ["in_progress", "in_progress", "released"]
    post = await ok(await programme.erin.get("releases/2026-12-04"))
    assert post["entries"] == []


async def captains(client: httpx.AsyncClient) -> list[str]:
    return [one["kind"] for one in (await ok(await client.get("notices")))["items"]]


async def test_without_an_owner_the_captains_hear_of_it(
    programme: Programme, api_of: ApiOf
) -> None:
    await ok(await programme.erin.patch("proposals/P-1", json={"owner": None}))
    await programme.say("alice", "R-1", "broken")
    assert await programme.reopenings() == []
    assert await captains(api_of("cai")) == ["reopened"]


async def test_a_severe_one_goes_to_the_captains_as_well(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    erin, alice = api_of("erin"), browser_of("alice")
    report = await file(alice, severity="brick")
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "fuxi")
    await alice.submit(f"/reports/{report}/verification", {"build": BUILD, "verdict": "broken"})
    await schedule.tick(settings, clock.now)
    assert (await captains(api_of("cai")))[0] == "reopened"
    assert (await captains(erin))[0] == "reopened"
    assert (await stored(erin, report))["status"] == "in_progress"
