"""Far sides that say what a test tells them to, and the people who hear there.

hook = Hook()
hook.says = later("503 Service Unavailable")       # to every message from now on
await work(hook, settings=settings, clock=clock)   # a worker sends what is due, once
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from tests.cast import Clock
from tests.doing import BUILD, FRIDAY
from tracker import database as door
from tracker import schedule
from tracker.channels.base import (
    Address,
    Channel,
    ChannelName,
    Limits,
    Outcome,
    Outgoing,
    sent,
)
from tracker.deliveries.worker import Worker
from tracker.language import Text
from tracker.settings import Settings

SECRET = "https://hooks.example.com/a-secret-path"


class Hook:
    """A channel of webhooks. `got` is what arrived, in order."""

    name: ClassVar[ChannelName] = ChannelName.WEBHOOK
    together: ClassVar[int] = 1
    limits = Limits()

    def __init__(self) -> None:
        self.says: Outcome = sent()
        self.got: list[Outgoing] = []

    def problem(self) -> Text | None:
        return None

    def read(self, form: Mapping[str, str]) -> Address:
        return {"url": form["url"]}

    def key(self, address: Address) -> str:
        return address["url"]

    def host(self, address: Address) -> str:
        return "hooks.example.com"

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        self.got += messages
        return [self.says] * len(messages)


class Mail(Hook):
    name: ClassVar[ChannelName] = ChannelName.EMAIL


async def work(*channels: Channel, settings: Settings, clock: Clock) -> None:
    await Worker({one.name: one for one in channels}, settings, clock=clock).drain()


async def tick_alone(settings: Settings, clock: Clock) -> None:
    """The clock's work without the deliveries: those are made by the worker of the test."""
    for job, _ in schedule.JOBS:
        await job(settings, clock.now)


async def hears(
    handle: str | None,
    channel: ChannelName = ChannelName.WEBHOOK,
    *,
    host: str = "hooks.example.com",
    name: str = "",
    kinds: str = "[]",
) -> int:
    """Somebody has notices go there; None: a team's robot, which posts these kinds."""
    row = await door.fetch_row(
        "INSERT INTO subscriptions (person, channel, key, host, address, name, created_at,"
        " confirmed_at, gone_because, language, hears)"
        " VALUES ((SELECT id FROM people WHERE handle = $1), $2::text, $2 || coalesce($1, 'robot'), $3,"
        " jsonb_build_object('url', $4::text), $5, now(), now(), '', 'zh', $6::jsonb) RETURNING id",
        handle,
        channel.value,
        host,
        SECRET,
        name,
        kinds,
    )
    assert row is not None
    return int(row["id"])


__all__ = ["BUILD", "FRIDAY", "SECRET", "Hook", "Mail", "hears", "tick_alone", "work"]
