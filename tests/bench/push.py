"""Web Push from the queue, against the same client sending the same without one."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

import asyncpg
import httpx
import uvloop

from tests.bench import servers
from tests.bench.deliveries import RECIPIENTS, fill
from tracker import database
from tracker.channels.base import ChannelName, Outgoing, Verdict
from tracker.channels.registry import opened
from tracker.channels.vapid import Vapid, encoded, new_private_key
from tracker.channels.web import Web
from tracker.channels.webpush import encrypted, message_of
from tracker.deliveries.composing import compose
from tracker.deliveries.worker import Worker
from tracker.notices.tables import NoticeKind
from tracker.notices.telling import tell
from tracker.settings import Settings

T = TypeVar("T")

AT_ONCE = 64
"""As the channel has it."""


@dataclass(frozen=True)
class Rates:
    """Messages a second."""

    bytes_alone: float
    """Encrypted beforehand: what the client can post."""
    client: float
    """Composed beforehand, encrypted and posted."""
    queue: float
    """Claimed, composed, encrypted, posted and settled."""


async def from_the_queue(data: Path, port: int, *, messages: int) -> Rates:
    settings = Settings(data=data, private_addresses=True)
    await database.start(settings)
    try:
        await database.migrate()
        connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
            **database.connection_arguments()
        )
        address = {"p256dh": _browser(), "auth": encoded(os.urandom(16))}
        host = f"127.0.0.1:{port}"
        await fill(
            connection, recipients=messages, host=host, url=f"http://{host}/push/", **address
        )
        now = datetime.now(UTC)
        event = cast("Any", {"id": 1})
        await tell(RECIPIENTS, NoticeKind.FRIDAY, "release:2026-11-27", event, now)
        await connection.execute("ANALYZE deliveries")
        rows = await connection.fetch(
            "SELECT d.id, d.attempts, d.channel, d.host, d.subscription, n.id AS notice, n.kind,"
            " n.cause, n.data, n.at, s.address, false AS gone, n.person, false AS disabled,"
            " 'zh' AS language FROM deliveries d JOIN notices n ON n.id = d.notice"
            " JOIN subscriptions s ON s.id = d.subscription ORDER BY d.id"
        )
        outgoing = [one.outgoing for one in await compose(rows, settings)]
        await connection.close()
        del rows
        bytes_alone = await _post(outgoing)
        async with opened(settings) as channels:
            channel = channels[ChannelName.WEBPUSH]

            async def send(one: Outgoing) -> None:
                (outcome,) = await channel.send([one])
                assert outcome.verdict == Verdict.SENT, outcome

            client = await _at_once(outgoing, send)
        del outgoing
        async with opened(settings) as channels:
            worker = Worker(channels, settings, clock=lambda: datetime.now(UTC))
            begun = time.perf_counter()
            await worker.drain()
            queue = messages / (time.perf_counter() - begun)
        row = await database.fetch_row("SELECT count(*) AS n FROM deliveries WHERE state = 'sent'")
        assert row is not None
        assert row["n"] == messages, row["n"]
        return Rates(bytes_alone, client, queue)
    finally:
        await database.stop()


def _browser() -> str:
    """The public half of a browser's key."""
    return Vapid(new_private_key(), subject="").public_key


async def _post(outgoing: list[Outgoing]) -> float:
    ready = [
        (one.address["endpoint"], encrypted(message_of(one, 3993), one.address)) for one in outgoing
    ]
    headers = {
        "Authorization": f"vapid t={'t' * 240}, k={'k' * 87}",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": "259200",
        "Urgency": "normal",
        "Topic": "t" * 32,
    }
    async with Web(private=True) as web:

        async def post(one: tuple[str, bytes]) -> None:
            answer = await web.post(one[0], content=one[1], headers=headers)
            assert isinstance(answer, httpx.Response), answer

        return await _at_once(ready, post)


async def _at_once(things: list[T], work: Callable[[T], Awaitable[None]]) -> float:
    """Do the work for each, so many at once; how many a second."""
    left: Iterator[T] = iter(things)

    async def go_on() -> None:
        for one in left:
            await work(one)

    begun = time.perf_counter()
    await asyncio.gather(*(go_on() for _ in range(AT_ONCE)))
    return len(things) / (time.perf_counter() - begun)


def web_push(place: Path, *, quick: bool) -> list[tuple[str, str, str]]:
    messages = 3_000 if quick else 15_000
    with servers.started("tests.bench.receiver", "{port}", path="/") as receiver:
        port = int(receiver.url.rpartition(":")[2])
        rates = uvloop.run(from_the_queue(place / "push", port, messages=messages))
    return [
        (
            f"Web Push, {messages:,} to a receiver on the same core",
            f"{rates.queue:,.0f}/s, {rates.queue / rates.client:.2f} of the client without a queue"
            f" ({rates.client:,.0f}/s; bytes alone {rates.bytes_alone:,.0f}/s)",
            "0.7",
        )
    ]
