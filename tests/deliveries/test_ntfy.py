"""A Friday by ntfy, from the fix to the topic."""

from __future__ import annotations

import dataclasses

import pytest

from tests.cast import ApiOf, BrowserOf, Cast, Clock
from tests.channels.ntfy_server import NtfyServer
from tests.channels.receiver import Always, Answer, receiving
from tests.doing import ask, file, fix, friday, propose
from tracker import database as door
from tracker import schedule
from tracker.channels.ntfy import Ntfy
from tracker.channels.web import Web
from tracker.people.tables import Person
from tracker.settings import Settings
from tracker.subscriptions.actions import subscribe

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def at_home(settings: Settings) -> Settings:
    """A tracker whose admin allows addresses of its own network: here, loopback."""
    return dataclasses.replace(settings, private_addresses=True)


async def hears_at(person: Person, topic: str, clock: Clock, token: str = "") -> None:
    ntfy = Ntfy(Web(private=True), private=True)
    address = ntfy.read({"topic": topic, "token": token})
    await subscribe(person, ntfy, address, name=topic, now=clock.now)


async def test_a_friday(
    browser_of: BrowserOf, api_of: ApiOf, cast: Cast, clock: Clock, at_home: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    for title in ("打开相机后闪退", "夜景发绿"):
        await fix(erin, await propose(erin, await file(alice, title=title)))
    await bob.submit("/reports/R-1/affected", {"device": "umi"})
    server = NtfyServer()
    server.tokens["of-alice"] = {"tk_alice"}
    async with receiving() as receiver:
        receiver.answer = server
        await hears_at(cast.alice, f"{receiver.url}/of-alice", clock, "tk_alice")
        await hears_at(cast.bob, f"{receiver.url}/of-bob", clock)
        await friday(clock, at_home, erin, "fuxi", "umi")
        await schedule.tick(at_home, clock.advance(hours=1))
    assert len(receiver.got) == 2, "everybody hears once"
    [to_alice] = server.topics["of-alice"].values()
    assert to_alice["title"] == "你的 2 个反馈解决了"
    assert to_alice["message"].endswith("\n\nR-1 打开相机后闪退\nR-2 夜景发绿")
    assert to_alice["click"] == f"{at_home.base_url}/"
    assert [one["label"] for one in to_alice["actions"]] == ["R-1", "R-2"]
    assert "/v/" not in str(to_alice), "whoever knows a topic's name may read it"
    [to_bob] = server.topics["of-bob"].values()
    assert to_bob["title"] == "A problem you had too is fixed"


async def test_a_repeat_takes_the_place_of_what_it_repeats(
    browser_of: BrowserOf, api_of: ApiOf, cast: Cast, clock: Clock, at_home: Settings
) -> None:
    server = NtfyServer()
    async with receiving() as receiver:
        await hears_at(cast.alice, f"{receiver.url}/of-alice", clock)
        await ask(api_of("erin"), await file(browser_of("alice")), "哪个模式下？")

        def lost(sent: object) -> Answer:
            server(receiver.got[-1])
            return Answer(502)

        receiver.answer = lost
        await schedule.tick(at_home, clock.now)
        receiver.answer = server
        await schedule.tick(at_home, clock.advance(minutes=1))
    assert len(receiver.got) == 2
    assert len(server.topics["of-alice"]) == 1


async def test_a_topic_that_is_closed_to_us_is_said_and_not_tried_again(
    browser_of: BrowserOf, api_of: ApiOf, cast: Cast, clock: Clock, at_home: Settings
) -> None:
    async with receiving() as receiver:
        receiver.answer = Always(Answer(403))
        await hears_at(cast.alice, f"{receiver.url}/of-alice", clock)
        await ask(api_of("erin"), await file(browser_of("alice")), "哪个模式下？")
        for _ in range(3):
            await schedule.tick(at_home, clock.advance(hours=1))
    assert len(receiver.got) == 1
    row = await door.fetch_row("SELECT state, detail FROM deliveries")
    assert row is not None
    assert row["state"] == "dead"
    assert row["detail"].startswith("HTTP 403: the topic may not be published to without")
