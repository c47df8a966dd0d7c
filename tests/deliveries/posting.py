"""Receivers on loopback, workers that post to them, and what the database says of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from tests.cast import Clock
from tests.channels.receiver import Answer, Receiver, receiving
from tests.deliveries.recipients import hear, tell
from tracker import database as door
from tracker.channels.base import Channel, ChannelName, Limits, Outcome, Outgoing
from tracker.channels.web import Web
from tracker.channels.webhook import Webhook
from tracker.deliveries.worker import Worker
from tracker.settings import Settings

DOWN = Answer(503)


class Post:
    """Receivers, and workers that post to them."""

    def __init__(self, web: Web, settings: Settings, clock: Clock, opened: AsyncExitStack) -> None:
        self.web = web
        self.webhook = Webhook(web, private=True)
        self._settings = settings
        self._clock = clock
        self._opened = opened

    async def receiver(self) -> Receiver:
        return await self._opened.enter_async_context(receiving())

    def worker(self, channel: Channel | None = None, **more: Any) -> Worker:
        channels: Mapping[ChannelName, Channel] = {ChannelName.WEBHOOK: channel or self.webhook}
        return Worker(channels, self._settings, clock=self._clock, **more)

    async def work(self, channel: Channel | None = None, **more: Any) -> None:
        await self.worker(channel, **more).drain()

    async def tell(self, *urls: str, cause: str = "event:1", **more: Any) -> None:
        """Something that is made and due now. Who is new begins to hear first."""
        known = {row["key"] for row in await door.fetch("SELECT key FROM subscriptions")}
        await hear(door.execute, [url for url in urls if url not in known])
        await tell(door.execute, cause, self._clock.now, urls=urls, **more)


class Held(Webhook):
    """Sends once it is let go."""

    def __init__(self, web: Web) -> None:
        super().__init__(web, private=True)
        self.begun, self.go = asyncio.Event(), asyncio.Event()

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        self.begun.set()
        await self.go.wait()
        return await super().send(messages)


class OneByOne(Webhook):
    limits = Limits(at_once=1, longest_pause=60.0)


async def stand() -> list[tuple[str, int, str]]:
    rows = await door.fetch("SELECT state, attempts, detail FROM deliveries ORDER BY id")
    return [(row["state"], row["attempts"], row["detail"]) for row in rows]


async def states() -> Counter[str]:
    return Counter(state for state, _, _ in await stand())


async def totals() -> tuple[int, int, int]:
    row = await door.fetch_row("SELECT sent, failed, dead FROM delivery_totals")
    return (0, 0, 0) if row is None else (row["sent"], row["failed"], row["dead"])


async def due_in(clock: Clock) -> list[float]:
    """Seconds until each that is open is due."""
    rows = await door.fetch("SELECT due_at FROM deliveries WHERE due_at IS NOT NULL ORDER BY id")
    return [(row["due_at"] - clock.now).total_seconds() for row in rows]


def ids(receiver: Receiver) -> list[str]:
    return [one.headers["webhook-id"] for one in receiver.got]
