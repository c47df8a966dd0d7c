"""Whose turn it is at a worker: how much each host gets at once, and in what order."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from tests.cast import Clock
from tests.deliveries.far_side import Hook
from tests.deliveries.posting import Held, OneByOne, Post, ids, stand, states
from tests.deliveries.recipients import hear, tell
from tracker import database as door
from tracker.channels.base import ChannelName, Limits, Outcome, Outgoing, sent
from tracker.channels.web import Web
from tracker.channels.webhook import Webhook
from tracker.deliveries import claiming, lanes
from tracker.deliveries.claiming import LEASE
from tracker.deliveries.lanes import FIRST
from tracker.deliveries.worker import Worker
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("database")


async def test_who_has_waited_longest_comes_first(post: Post, clock: Clock) -> None:
    receiver = await post.receiver()
    for waited in range(20):
        since = clock.now - timedelta(minutes=waited)
        await post.tell(f"{receiver.url}/{waited}", due_at=since)
    async with Web(private=True) as web:
        await post.work(OneByOne(web, private=True))
    first = [int(one.path[1:]) for one in receiver.got[:FIRST]]
    assert sorted(first) == list(range(20 - FIRST, 20))


async def test_a_host_gets_so_many_calls_at_once(post: Post) -> None:
    """And no worker takes all that a host has: what it holds, no other can send."""
    receiver = await post.receiver()
    await post.tell(*(f"{receiver.url}/{n}" for n in range(100)))
    most = 0

    class Counted(Webhook):
        limits = Limits(at_once=3)
        calls = 0

        async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
            nonlocal most
            self.calls += 1
            most = max(most, self.calls)
            outcomes = await super().send(messages)
            self.calls -= 1
            return outcomes

    async with Web(private=True) as web:
        held = Held(web)
        working = asyncio.create_task(post.work(held))
        await held.begun.wait()
        taken = await door.fetch("SELECT FROM deliveries WHERE attempts > 0")
        assert len(taken) == FIRST
        await post.work(Counted(web, private=True))
        assert len(receiver.got) == 100 - FIRST
        held.go.set()
        await working
    assert most == 3
    assert await states() == Counter(sent=100)


async def test_a_webhook_at_a_push_service_does_not_slow_down_the_pushes(
    post: Post, settings: Settings, clock: Clock
) -> None:
    """Whoever comes first, each channel keeps to limits of its own."""
    receiver = await post.receiver()
    await post.tell(*(f"{receiver.url}/{n}" for n in range(9)))
    await door.execute(
        "UPDATE deliveries SET channel = 'webpush' WHERE id > (SELECT min(id) FROM deliveries)"
    )
    together = asyncio.Barrier(8)

    class Push(Hook):
        name = ChannelName.WEBPUSH
        limits = Limits(at_once=8)

        async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
            await asyncio.wait_for(together.wait(), 5)
            return await super().send(messages)

    hook, push = OneByOne(post.web, private=True), Push()
    await Worker({one.name: one for one in (hook, push)}, settings, clock=clock).drain()
    assert await states() == Counter(sent=9)
    assert len(push.got) == 8


async def test_a_host_that_counts_by_the_minute_counts_the_calls_of_all_workers(post: Post) -> None:
    """Each to its own pace, two would be twice as many as a robot may post."""
    receiver = await post.receiver()
    await post.tell(*(f"{receiver.url}/{n}" for n in range(FIRST + 4)))
    begun: list[float] = []

    class Paced(Webhook):
        limits = Limits(at_once=1, seconds_between=0.1, together=True)

        async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
            begun.append(time.monotonic())
            return await super().send(messages)

    await asyncio.gather(*(post.work(Paced(post.web, private=True)) for _ in range(2)))
    assert await states() == Counter(sent=FIRST + 4)
    # A worker may be late for its turn on a busy machine, and the next one in time for theirs.
    assert begun[-1] - begun[0] >= 0.1 * (FIRST + 3) - 0.05, begun


async def test_without_the_database_a_worker_keeps_its_own_pace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def away(*_: object) -> float:
        raise ConnectionRefusedError

    monkeypatch.setattr(lanes, "take_turn", away)
    way = lanes.Way(Limits(seconds_between=0.05, together=True))
    begun = time.monotonic()
    for _ in range(3):
        await way.turn("robot.example.com")
    assert time.monotonic() - begun >= 0.1


async def test_a_worker_that_is_told_to_stop_gives_back_what_it_has_not_begun(post: Post) -> None:
    receiver = await post.receiver()
    await post.tell(*(f"{receiver.url}/{n}" for n in range(16)))
    stop = asyncio.Event()
    async with Web(private=True) as web:
        held = Held(web)
        working = asyncio.create_task(post.worker(held).run(stop))
        await held.begun.wait()
        stop.set()
        held.go.set()
        await working
    assert len(receiver.got) == post.webhook.limits.at_once, "what was under way is finished"
    assert await states() == Counter(sent=4, pending=12)
    assert sum(attempts for _, attempts, _ in await stand()) == 4
    await post.work()
    assert await states() == Counter(sent=16)
    assert len(set(ids(receiver))) == len(receiver.got) == 16


async def test_thousands_of_hosts_with_one_delivery_each(post: Post, clock: Clock) -> None:
    """A claim goes from host to host along the index, and reads no table from end to end."""
    hosts = 5000
    await hear(door.execute, [f"http://host{n}.example/" for n in range(hosts)])
    await tell(door.execute, "event:1", clock.now)
    await door.execute("ANALYZE deliveries")
    plan = await door.fetch(
        "EXPLAIN (ANALYZE, FORMAT JSON) " + claiming._CLAIM,
        *(clock.now, clock.now + LEASE, 16, [], [], 1000),
    )
    [explained] = json.loads(plan[0][0])
    print(f"claiming 1,000 of {hosts} hosts: {explained['Execution Time']:.0f} ms")  # noqa: T201
    reads = [
        (node["Node Type"], node.get("Index Name"))
        for node in _nodes(explained["Plan"])
        if node.get("Relation Name") == "deliveries" and "Scan" in node["Node Type"]
    ]
    assert ("Seq Scan", None) not in reads
    assert {name for _, name in reads} <= {"deliveries_due", "deliveries_pkey", "deliveries_id"}

    class Nowhere(Webhook):
        async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
            return [sent()] * len(messages)

    async with Web(private=True) as web:
        await post.work(Nowhere(web, private=True))
    # The thousand that were explained are leased.
    assert await states() == Counter(sent=hosts - 1000, pending=1000)


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for below in plan.get("Plans", ()) for node in _nodes(below))]
