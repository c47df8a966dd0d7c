"""What a worker does with what is due: a real database, real servers on loopback, a clock that
stands still until it is moved."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from tests.cast import Clock
from tests.channels.receiver import Always, Answer
from tests.deliveries.posting import DOWN, Held, Post, ids, stand, states, totals
from tracker import database as door
from tracker.channels.base import ChannelName, Limits, Outcome, Outgoing, later, sent
from tracker.channels.web import Web
from tracker.channels.webhook import Webhook
from tracker.deliveries import claiming
from tracker.deliveries.claiming import LEASE, Settled
from tracker.deliveries.lanes import FIRST

pytestmark = pytest.mark.usefixtures("database")


async def test_what_is_due_is_sent_once(post: Post) -> None:
    receiver = await post.receiver()
    await post.tell(f"{receiver.url}/a", f"{receiver.url}/b")
    await post.work()
    await post.work()
    assert sorted(one.path for one in receiver.got) == ["/a", "/b"]
    assert sorted(ids(receiver)) == ["n1-1", "n2-2"]
    assert await stand() == [("sent", 1, "HTTP 200")] * 2
    assert await totals() == (2, 0, 0)


async def test_what_ends_while_it_looks_for_more_does_not_end_its_work(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, looking, ended = claiming.claim, asyncio.Event(), asyncio.Event()

    async def slow_claim(**asked: Any) -> Any:
        if asked["room"]:
            looking.set()
            await asyncio.wait_for(ended.wait(), 10)
        return await claim(**asked)

    class Slow:
        """Ends its first calls while it is looked for more."""

        name: ClassVar[ChannelName] = ChannelName.WEBHOOK
        together: ClassVar[int] = 1
        limits = Limits(at_once=FIRST)
        calls = 0

        async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
            await asyncio.wait_for(looking.wait(), 10)
            self.calls += 1
            if self.calls == FIRST:
                asyncio.get_running_loop().call_later(0.05, ended.set)
            return [sent()] * len(messages)

        def __getattr__(self, name: str) -> Any:
            return getattr(post.webhook, name)

    monkeypatch.setattr(claiming, "claim", slow_claim)
    monkeypatch.setattr("tracker.deliveries.worker.ANEW", 0.0)
    await post.tell(*(f"http://127.0.0.1:9/{n}" for n in range(FIRST + 4)))
    await post.work(Slow())
    assert await states() == Counter(sent=FIRST + 4)


async def test_what_is_not_due_waits(post: Post, clock: Clock) -> None:
    receiver = await post.receiver()
    await post.tell(receiver.url, due_at=clock.now + timedelta(hours=8))
    await post.work()
    assert await stand() == [("pending", 0, "")]
    clock.advance(hours=8)
    await post.work()
    assert await states() == Counter(sent=1)


@pytest.mark.parametrize(("answer", "state"), [(Answer(), "sent"), (DOWN, "sent")])
async def test_a_worker_that_is_too_slow_is_overtaken(
    post: Post, clock: Clock, answer: Answer, state: str
) -> None:
    """Its lease runs out in the middle of a call; another sends the same message, and what the
    first says about it later changes nothing."""
    receiver = await post.receiver()
    await post.tell(receiver.url)
    async with Web(private=True) as web:
        held = Held(web)
        slow = asyncio.create_task(post.work(held))
        await held.begun.wait()
        clock.advance(seconds=LEASE.total_seconds() - 1)
        await post.work()
        assert receiver.got == [], "it has its lease"
        clock.advance(seconds=1)
        await post.work()
        assert ids(receiver) == ["n1-1"]
        receiver.answer = Always(answer)
        held.go.set()
        await slow
    assert ids(receiver) == ["n1-1", "n1-1"], "by which the far side knows the repeat"
    assert await stand() == [(state, 2, "HTTP 200")]
    assert await totals() == (1, 0, 0)


async def test_what_was_written_and_not_heard_of_is_written_once(post: Post, clock: Clock) -> None:
    """The connection broke after the commit: the worker writes it again, and by then another has
    the delivery."""
    await post.tell("http://127.0.0.1:9/")
    [row] = await claiming.claim(now=clock.now, most=1, each=1, room={})
    failed, back = (
        Settled(1, 1, clock.now + LEASE, "failed", "HTTP 500", clock.now + timedelta(seconds=9)),
        Settled(1, 1, clock.now + LEASE, "", "", clock.now, tried=False),
    )
    await claiming.settle([back], now=clock.now)
    clock.advance(seconds=1)
    [row] = await claiming.claim(now=clock.now, most=1, each=1, room={})
    assert row["attempts"] == 1, "what was given back without a try is none"
    for late in (back, failed):
        await claiming.settle([late], now=clock.now)
        assert await claiming.claim(now=clock.now, most=1, each=1, room={}) == []
    assert await totals() == (0, 0, 0)
    ours = Settled(1, 1, clock.now + LEASE, "failed", "HTTP 500", clock.now + timedelta(seconds=9))
    for _ in range(2):
        await claiming.settle([ours], now=clock.now)
    assert await totals() == (0, 1, 0)


async def test_who_is_gone_hears_no_more(post: Post, clock: Clock) -> None:
    receiver = await post.receiver()
    receiver.answer = lambda sent: Answer(410 if sent.path == "/gone" else 200)
    urls = (f"{receiver.url}/gone", f"{receiver.url}/here")
    await post.tell(*urls)
    await post.tell(*urls, cause="event:2", due_at=clock.now + timedelta(hours=1))
    await post.work()
    receiver.got.clear()
    clock.advance(hours=1)
    await post.work()
    assert [one.path for one in receiver.got] == ["/here"]
    assert await stand() == [
        ("dead", 1, "HTTP 410"),
        ("sent", 1, "HTTP 200"),
        ("dead", 1, "the subscription is gone"),
        ("sent", 1, "HTTP 200"),
    ]
    rows = await door.fetch("SELECT gone_because, address FROM subscriptions ORDER BY id")
    assert [row["gone_because"] for row in rows] == ["HTTP 410", ""]
    assert json.loads(rows[0]["address"]) == {}


async def test_nothing_is_sent_for_an_account_that_is_closed(post: Post) -> None:
    receiver = await post.receiver()
    await post.tell(receiver.url)
    await door.execute("UPDATE people SET disabled_at = now()")
    await post.work()
    assert receiver.got == []
    assert await stand() == [("dead", 1, "the account is closed")]


class Faulty(Webhook):
    """Fails on one message, in the way that `how` says."""

    how: Any

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        if messages[0].key == "n1-1":
            answer: Sequence[Outcome] = self.how()
            return answer
        return await super().send(messages)


def broken() -> Sequence[Outcome]:
    raise ValueError("a fault of ours")


@pytest.mark.parametrize(
    ("how", "told"),
    [
        (broken, "a fault of the tracker: see its log"),
        (list, "a fault of the tracker: see its log"),
        (lambda: [later("550 \0\udc80 no", host_failed=False)], "550 ? no"),
    ],
)
async def test_a_channel_that_has_a_fault_loses_nothing(post: Post, how: Any, told: str) -> None:
    """It raises, answers for fewer than it was given, says what cannot be written down."""
    receiver = await post.receiver()
    await post.tell(*(f"{receiver.url}/{n}" for n in range(3)))
    async with Web(private=True) as web:
        channel = Faulty(web, private=True)
        channel.how = how
        await post.work(channel)
    assert await stand() == [("failed", 1, told), *[("sent", 1, "HTTP 200")] * 2]


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE notices SET data = '{}' WHERE id = 1",
        "UPDATE deliveries SET channel = 'pigeon' WHERE id = 1",
    ],
)
async def test_one_that_cannot_be_put_into_words_holds_up_no_other(
    post: Post, clock: Clock, spoil: str
) -> None:
    receiver = await post.receiver()
    await post.tell(*(f"{receiver.url}/{n}" for n in range(3)))
    await door.execute(spoil)
    await post.work()
    told = "a fault of the tracker: see its log"
    assert await stand() == [("failed", 1, told), *[("sent", 1, "HTTP 200")] * 2]
    clock.advance(days=3)
    await post.work()
    assert (await stand())[0] == ("dead", 2, f"given up: {told}")
