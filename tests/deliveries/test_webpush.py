"""A Friday by Web Push, from the fix to the browser; the key that all hosts share."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.cast import ApiOf, BrowserOf, Cast, Clock
from tests.channels.push_service import PushService, Subscriber
from tests.channels.receiver import Answer, receiving
from tests.doing import ask, file, fix, friday, propose
from tracker import database as door
from tracker import schedule
from tracker.channels.base import ChannelName
from tracker.channels.registry import opened
from tracker.channels.webpush import WebPush
from tracker.people.tables import Person
from tracker.settings import Settings
from tracker.subscriptions.actions import subscribe

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def at_home(settings: Settings) -> Settings:
    """A tracker whose admin allows addresses of its own network: here, loopback."""
    return dataclasses.replace(settings, private_addresses=True)


@pytest_asyncio.fixture
async def service() -> AsyncIterator[PushService]:
    async with receiving() as receiver:
        receiver.answer = service = PushService(receiver.url)
        yield service


async def public_key(settings: Settings) -> str:
    """As one host has it that was started just now."""
    async with opened(settings) as channels:
        webpush = channels[ChannelName.WEBPUSH]
        assert isinstance(webpush, WebPush)
        return (await webpush.vapid()).public_key


async def hears(
    person: Person, service: PushService, settings: Settings, clock: Clock
) -> Subscriber:
    phone = service.subscribe(await public_key(settings))
    async with opened(settings) as channels:
        webpush = channels[ChannelName.WEBPUSH]
        await subscribe(person, webpush, webpush.read(phone.form), name="Phone", now=clock.now)
    return phone


async def states() -> list[tuple[str, str]]:
    rows = await door.fetch("SELECT state, detail FROM deliveries ORDER BY id")
    return [(row["state"], row["detail"]) for row in rows]


async def test_all_hosts_have_the_same_key(cast: Cast, settings: Settings) -> None:
    keys = await asyncio.gather(*(public_key(settings) for _ in range(10)))
    assert len(set(keys)) == 1
    assert len(keys[0]) == 87
    rows = await door.fetch("SELECT name, value FROM keys")
    assert [row["name"] for row in rows] == ["vapid"]
    assert rows[0]["value"] not in keys


async def test_a_friday(
    browser_of: BrowserOf,
    api_of: ApiOf,
    cast: Cast,
    clock: Clock,
    at_home: Settings,
    service: PushService,
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    for title in ("打开相机后闪退", "夜景发绿"):
        await fix(erin, await propose(erin, await file(alice, title=title)))
    await bob.submit("/reports/R-1/affected", {"device": "umi"})
    phone, laptop, of_bob = [
        await hears(person, service, at_home, clock)
        for person in (cast.alice, cast.alice, cast.bob)
    ]
    await friday(clock, at_home, erin, "fuxi", "umi")
    await schedule.tick(at_home, clock.advance(hours=1))
    assert [answer.status for answer in service.said] == [201, 201, 201], service.said
    [to_phone], [to_laptop], [to_bob] = phone.messages, laptop.messages, of_bob.messages
    assert to_phone["title"] == "你的 2 个反馈解决了"
    assert to_phone["body"].split("\n")[2:] == [
        "打开相机后闪退：已解决 · 26.11.27 · 小米 13",
        "夜景发绿：已解决 · 26.11.27 · 小米 13",
    ]
    assert to_phone["lang"] == "zh-CN"
    assert to_phone["url"].startswith("/")
    assert to_phone["tag"] != to_laptop["tag"]
    assert to_bob["title"] == "A problem you had too is fixed"
    assert to_bob["lang"] == "en"
    assert "打开相机后闪退" in to_bob["body"]
    assert "\n" not in to_bob["body"], "one alone is in the sentence"
    assert [state for state, _ in await states()] == ["sent"] * 3


async def test_a_browser_that_is_gone_is_asked_no_more(
    browser_of: BrowserOf,
    api_of: ApiOf,
    cast: Cast,
    clock: Clock,
    at_home: Settings,
    service: PushService,
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    phone = await hears(cast.alice, service, at_home, clock)
    laptop = await hears(cast.alice, service, at_home, clock)
    report = await file(alice)
    await fix(erin, await propose(erin, report))
    service.gone.add("/push/0")
    await friday(clock, at_home, erin, "fuxi")
    assert sorted(answer.status for answer in service.said) == [201, 410]
    assert sorted(await states()) == [("dead", "HTTP 410"), ("sent", "HTTP 201")]
    row = await door.fetch_row("SELECT * FROM subscriptions WHERE gone_at IS NOT NULL")
    assert row is not None
    assert (row["key"], row["address"]) == (phone.endpoint, "{}")
    await ask(erin, await file(alice, title="夜景发绿"), "哪个模式下？")
    await schedule.tick(at_home, clock.advance(minutes=1))
    assert len(service.said) == 3
    assert len(laptop.messages) == 2


async def test_a_push_service_that_is_busy_is_left_alone_for_as_long_as_it_asks(
    browser_of: BrowserOf,
    api_of: ApiOf,
    cast: Cast,
    clock: Clock,
    at_home: Settings,
    service: PushService,
) -> None:
    phone = await hears(cast.alice, service, at_home, clock)
    await ask(api_of("erin"), await file(browser_of("alice")), "哪个模式下？")
    service.instead = Answer(429, headers={"Retry-After": "600"})
    await schedule.tick(at_home, clock.now)
    service.instead = None
    await schedule.tick(at_home, clock.advance(minutes=9))
    assert [answer.status for answer in service.said] == [429]
    await schedule.tick(at_home, clock.advance(minutes=3))
    assert [answer.status for answer in service.said] == [429, 201]
    assert "哪个模式下？" in phone.messages[0]["body"]


async def test_a_push_service_on_our_own_network_is_not_called_unless_an_admin_allows_it(
    browser_of: BrowserOf,
    api_of: ApiOf,
    cast: Cast,
    clock: Clock,
    settings: Settings,
    at_home: Settings,
    service: PushService,
) -> None:
    phone = await hears(cast.alice, service, at_home, clock)
    await ask(api_of("erin"), await file(browser_of("alice")), "哪个模式下？")
    await schedule.tick(settings, clock.now)
    assert (service.said, phone.messages) == ([], [])
    assert [state for state, _ in await states()] == ["failed"]
