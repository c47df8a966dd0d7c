"""Web Push from the queue, against the same client sending the same without one."""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
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
from tracker.channels.web import CALLS, Web
from tracker.channels.webpush import encrypted, message_of
from tracker.deliveries.composing import compose
from tracker.deliveries.worker import Worker
from tracker.notices.tables import NoticeKind
from tracker.notices.telling import tell
from tracker.settings import Settings

T = TypeVar("T")

AT_ONCE = 64
"""As the channel has it."""
ROUNDS = 5
"""In which each has its turn, so that what else the machine does is the same for all."""
SETUPS = (1, CALLS, 8, 16, AT_ONCE)
"""Connections of one client; there are as many clients as it takes."""


@dataclass(frozen=True)
class Rates:
    """Messages a second."""

    setups: dict[int, float]
    """Encrypted beforehand: what clients of so many connections can post."""
    client: float
    """Composed beforehand, encrypted and posted."""
    queue: float
    """Claimed, composed, encrypted, posted and settled."""
    share: float
    """Of the client's rate, what the queue reached in the same round: the median of them."""
    before: float
    """MB of this process at its highest, after the first round."""
    after: float


async def from_the_queue(data: Path, port: int, *, messages: int) -> Rates:
    settings = Settings(data=data, private_addresses=True)
    await database.start(settings)
    try:
        await database.migrate()
        connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
            **database.connection_arguments()
        )
        outgoing = await _written(connection, settings, f"127.0.0.1:{port}", messages)
        setups = await _setups(outgoing[: messages // ROUNDS])
        clients: list[float] = []
        queues: list[float] = []
        peaks: list[float] = []
        async with opened(settings) as channels:
            channel = channels[ChannelName.WEBPUSH]
            worker = Worker(channels, settings, clock=lambda: datetime.now(UTC))

            async def send(one: Outgoing) -> None:
                (outcome,) = await channel.send([one])
                assert outcome.verdict == Verdict.SENT, outcome

            for part in range(ROUNDS):
                clients.append(await _at_once(outgoing[part::ROUNDS], send))
                due = await connection.execute(
                    "UPDATE deliveries SET due_at = $1 WHERE id % $2 = $3",
                    *(datetime.now(UTC), ROUNDS, part),
                )
                begun = time.perf_counter()
                await worker.drain()
                queues.append(int(due.split()[1]) / (time.perf_counter() - begun))
                peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        left = await connection.fetchval("SELECT count(*) FROM deliveries WHERE state <> 'sent'")
        assert not left, left
        await connection.close()
        share = statistics.median(q / c for q, c in zip(queues, clients, strict=True))
        client, queue = statistics.median(clients), statistics.median(queues)
        return Rates(setups, client, queue, share, peaks[0], peaks[-1])
    finally:
        await database.stop()


async def _written(
    connection: asyncpg.Connection[asyncpg.Record], settings: Settings, host: str, messages: int
) -> list[Outgoing]:
    """A release's deliveries, due on no day soon, and each as it is sent."""
    address = {"p256dh": _browser(), "auth": encoded(os.urandom(16))}
    await fill(connection, recipients=messages, host=host, url=f"http://{host}/push/", **address)
    event = cast("Any", {"id": 1})
    cause = "release:2026-11-27"
    await tell(RECIPIENTS, NoticeKind.FRIDAY, cause, event, datetime.now(UTC))
    await connection.execute("UPDATE deliveries SET due_at = due_at + interval '1 day'")
    await connection.execute("VACUUM ANALYZE deliveries")
    rows = await connection.fetch(
        "SELECT d.id, d.attempts, d.channel, d.host, d.subscription, n.id AS notice, n.kind,"
        " n.cause, n.data, n.at, s.address, false AS gone, n.person, false AS disabled,"
        " 'zh' AS language FROM deliveries d JOIN notices n ON n.id = d.notice"
        " JOIN subscriptions s ON s.id = d.subscription ORDER BY d.id"
    )
    return [one.outgoing for one in await compose(rows, settings)]


def _browser() -> str:
    """The public half of a browser's key."""
    return Vapid(new_private_key(), subject="").public_key


async def _setups(outgoing: Sequence[Outgoing]) -> dict[int, float]:
    """The better of two tries of each."""
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
    found = dict.fromkeys(SETUPS, 0.0)
    for calls in (*SETUPS, *reversed(SETUPS)):
        async with Web(private=True, calls=calls) as web:

            async def post(one: tuple[str, bytes], web: Web = web) -> None:
                answer = await web.post(one[0], content=one[1], headers=headers)
                assert isinstance(answer, httpx.Response), answer

            found[calls] = max(found[calls], await _at_once(ready, post))
    return found


async def _at_once(things: Sequence[T], work: Callable[[T], Awaitable[None]]) -> float:
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
    setups = " · ".join(f"{calls}: {rate:,.0f}/s" for calls, rate in rates.setups.items())
    return [
        (
            f"Web Push, {messages:,} to a receiver on the same core",
            f"{rates.queue:,.0f}/s, {rates.share:.2f} of the client without a queue"
            f" ({rates.client:,.0f}/s), peak {rates.before:.0f} → {rates.after:.0f} MB",
            "0.7, flat",
        ),
        (f"bytes alone, by connections a client; we take {CALLS}", setups, ""),
    ]
