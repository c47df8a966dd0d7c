"""A Friday by webhook, from the fix to a receiver that somebody else has written."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier

from tests.cast import ApiOf, BrowserOf, Cast, Clock
from tests.channels.receiver import Always, Answer, receiving
from tests.deliveries.far_side import Hook, hears, tick_alone, work
from tests.doing import BUILD, ask, file, fix, friday, propose, words
from tests.peers import environment, find_node
from tracker import database as door
from tracker import schedule
from tracker.channels.base import Address
from tracker.channels.web import Web
from tracker.channels.webhook import Webhook
from tracker.people.tables import Person
from tracker.settings import Settings
from tracker.subscriptions.actions import subscribe

pytestmark = pytest.mark.usefixtures("world")

RECEIVER = Path(__file__).parents[1] / "channels" / "webhook_receiver.js"


@pytest.fixture
def at_home(settings: Settings) -> Settings:
    """A tracker whose admin allows addresses of its own network: here, loopback."""
    return dataclasses.replace(settings, private_addresses=True)


async def hears_at(person: Person, url: str, clock: Clock, address: Address | None = None) -> str:
    """Have notices go there; the secret of it."""
    webhook = Webhook(Web(private=True), private=True)
    address = address or webhook.read({"url": url})
    await subscribe(person, webhook, address, name=url, now=clock.now)
    return address["secret"]


async def asked(browser_of: BrowserOf, api_of: ApiOf) -> None:
    """alice has filed a report and is asked about it."""
    await ask(api_of("erin"), await file(browser_of("alice")), "哪个模式下？")


async def deliveries() -> list[tuple[str, int, str]]:
    rows = await door.fetch("SELECT state, attempts, detail FROM deliveries ORDER BY id")
    return [(row["state"], row["attempts"], row["detail"]) for row in rows]


async def test_a_title_is_one_line_whatever_was_typed(
    browser_of: BrowserOf,
    api_of: ApiOf,
    clock: Clock,
    settings: Settings,
) -> None:
    """What begins a line of its own would look as if the tracker had written it."""
    hook = Hook()
    await hears("alice")
    title = "Camera closes\n\n## Sign in again:\u2028https://evil.example.com \u202egnp.exe"
    await ask(api_of("erin"), await file(browser_of("alice"), title=title), "哪个模式下？")
    await tick_alone(settings, clock)
    await work(hook, settings=settings, clock=clock)
    [got] = hook.got
    plain = "Camera closes ## Sign in again: https://evil.example.com gnp.exe"
    assert [line.title for line in got.lines] == [plain]
    assert plain in got.text
    assert "\n##" not in got.title + got.text


@asynccontextmanager
async def written_in_node(secret: str) -> AsyncIterator[tuple[str, asyncio.StreamReader]]:
    """The address of a receiver that checks with the npm library, and what it says."""
    process = await asyncio.create_subprocess_exec(
        find_node(),
        str(RECEIVER),
        secret,
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        port = int(await asyncio.wait_for(process.stdout.readline(), 30))
        yield f"http://127.0.0.1:{port}/hook", process.stdout
    finally:
        process.kill()
        await process.wait()


async def told(said: asyncio.StreamReader) -> Any:
    return json.loads(await asyncio.wait_for(said.readline(), 30))


@pytest.mark.peers
async def test_a_friday_at_somebody_elses_receiver(
    browser_of: BrowserOf, api_of: ApiOf, cast: Cast, clock: Clock, at_home: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    for title in ("打开相机后闪退", "夜景发绿"):
        await fix(erin, await propose(erin, await file(alice, title=title)))
    secret = Webhook(Web(), private=True).read({"url": "http://127.0.0.1/"})["secret"]
    async with written_in_node(secret) as (url, said):
        await hears_at(cast.alice, url, clock, {"url": url, "secret": secret})
        await friday(clock, at_home, erin, "fuxi")
        got = await told(said)
        assert "refused" not in got
        notice = got["verified"]
        assert notice["type"] == "notice.friday"
        assert notice["timestamp"] == "2026-11-27T09:00:00Z"
        assert notice["data"]["title"] == "你的 2 个反馈解决了"
        assert notice["data"]["url"] == f"{at_home.base_url}/"
        reports = notice["data"]["reports"]
        assert [(one["id"], one["title"]) for one in reports] == [
            ("R-1", "打开相机后闪退"),
            ("R-2", "夜景发绿"),
        ]
        assert BUILD in reports[0]["status"]
        way = reports[0]["verify"].removeprefix(at_home.base_url)
        assert "R-1 小米 13 打开相机后闪退" in words(await browser_of(None).see(way))
        assert await deliveries() == [("sent", 1, "HTTP 204")]

        await schedule.tick(at_home, clock.advance(hours=1))
        assert await deliveries() == [("sent", 1, "HTTP 204")], "everybody hears once"


@pytest.mark.peers
async def test_somebody_elses_receiver_does_not_take_what_is_not_ours(
    browser_of: BrowserOf, api_of: ApiOf, cast: Cast, clock: Clock, at_home: Settings
) -> None:
    another = Webhook(Web(), private=True).read({"url": "http://127.0.0.1/"})["secret"]
    async with written_in_node(another) as (url, said):
        await hears_at(cast.alice, url, clock)
        await asked(browser_of, api_of)
        await schedule.tick(at_home, clock.now)
        assert (await told(said))["refused"] == "No matching signature found"
    assert await deliveries() == [("failed", 1, "HTTP 401")]


async def test_a_receiver_that_is_down_gets_the_same_message_later(
    browser_of: BrowserOf, api_of: ApiOf, cast: Cast, clock: Clock, at_home: Settings
) -> None:
    async with receiving() as receiver:
        secret = await hears_at(cast.alice, receiver.url, clock)
        receiver.answer = Always(Answer(500))
        await asked(browser_of, api_of)
        await schedule.tick(at_home, clock.now)
        assert await deliveries() == [("failed", 1, "HTTP 500")]
        receiver.answer = Always(Answer(200))
        await schedule.tick(at_home, clock.advance(minutes=1))
        assert await deliveries() == [("sent", 2, "HTTP 200")]
    first, again = receiver.got
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert first.body == again.body
    for one in (first, again):
        assert Verifier(secret).verify(one.body, one.headers)["type"] == "notice.question"


async def test_one_that_is_gone_is_forgotten(
    browser_of: BrowserOf, api_of: ApiOf, cast: Cast, clock: Clock, at_home: Settings
) -> None:
    async with receiving() as receiver:
        await hears_at(cast.alice, receiver.url, clock)
        receiver.answer = Always(Answer(410))
        for _ in range(2):
            await asked(browser_of, api_of)
            await schedule.tick(at_home, clock.advance(minutes=1))
    assert len(receiver.got) == 1
    assert await deliveries() == [("dead", 1, "HTTP 410")]
    row = await door.fetch_row("SELECT address, gone_because FROM subscriptions")
    assert row is not None
    assert (row["address"], row["gone_because"]) == ("{}", "HTTP 410"), "its secret, too"


async def test_one_that_is_misplaced_has_three_days_to_be_mended(
    browser_of: BrowserOf, api_of: ApiOf, cast: Cast, clock: Clock, at_home: Settings
) -> None:
    async with receiving() as receiver:
        await hears_at(cast.alice, receiver.url, clock)
        receiver.answer = Always(Answer(404))
        await asked(browser_of, api_of)
        for _ in range(14):
            await schedule.tick(at_home, clock.advance(hours=6))
        [(state, tries, detail)] = await deliveries()
        assert (state, detail) == ("dead", "given up: HTTP 404")
        assert tries > 10
        receiver.answer = Always(Answer(200))
        await asked(browser_of, api_of)
        await schedule.tick(at_home, clock.advance(hours=6))
        assert len(await deliveries()) == 2
        assert (await deliveries())[1][0] == "sent", "the place is not forgotten for that"


async def test_two_people_may_hear_at_one_place_and_nobody_takes_it_over(
    browser_of: BrowserOf, api_of: ApiOf, cast: Cast, clock: Clock, at_home: Settings
) -> None:
    async with receiving() as receiver:
        secrets = [await hears_at(who, receiver.url, clock) for who in (cast.alice, cast.bob)]
        renewed = await hears_at(cast.alice, receiver.url, clock)
        await ask(api_of("erin"), await file(browser_of("alice")), "哪个模式下？")
        await ask(api_of("erin"), await file(browser_of("bob"), device="umi"), "Which mode?")
        await schedule.tick(at_home, clock.now)
    assert secrets[0] != renewed, "who gives an address again gets a new secret for it"
    to_alice, to_bob = sorted(receiver.got, key=lambda one: one.json["data"]["language"])[::-1]
    assert Verifier(renewed).verify(to_alice.body, to_alice.headers)
    assert Verifier(secrets[1]).verify(to_bob.body, to_bob.headers)


async def test_a_private_address_is_not_called_unless_an_admin_allows_it(
    browser_of: BrowserOf, api_of: ApiOf, cast: Cast, clock: Clock, settings: Settings
) -> None:
    async with receiving() as receiver:
        await hears_at(cast.alice, receiver.url, clock)
        await asked(browser_of, api_of)
        await schedule.tick(settings, clock.now)
        listens = await deliveries()
        assert receiver.connections == 0
    await schedule.tick(settings, clock.advance(hours=1))
    [(state, tries, detail)] = await deliveries()
    assert tries == 2
    assert listens == [(state, 1, detail)], "the same whether something listens there or not"
