"""What a worker makes of hosts that are down, ask to be left alone, or are no more."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from tests.cast import Clock
from tests.channels.receiver import Always, Answer, Sent
from tests.deliveries.posting import DOWN, Held, OneByOne, Post, due_in, stand, states, totals
from tracker import database as door
from tracker.channels.web import Web
from tracker.deliveries.claiming import LEASE
from tracker.deliveries.patience import Patience

pytestmark = pytest.mark.usefixtures("database")


async def test_who_asks_to_be_left_alone_is(post: Post, clock: Clock) -> None:
    """And so is its whole host, by every worker."""
    receiver, other = await post.receiver(), await post.receiver()
    receiver.answer = Always(Answer(429, headers={"Retry-After": "40"}))
    urls = [f"{receiver.url}/{n}" for n in range(20)]
    await post.tell(*urls, other.url)
    await post.work()
    assert len(receiver.got) <= post.webhook.limits.at_once
    assert len(other.got) == 1
    receiver.got.clear()
    receiver.answer = Always(Answer())
    clock.advance(seconds=39)
    await post.work()
    assert receiver.got == []
    clock.advance(seconds=1)
    await post.work()
    assert (await states())["sent"] == 21
    assert await door.fetch("SELECT FROM delivery_hosts") == [], "all is well again"


async def test_one_address_does_not_speak_for_its_whole_server_for_long(
    post: Post, clock: Clock
) -> None:
    """Many hear at some servers, where anybody says what their own address answers."""
    receiver = await post.receiver()

    def answer(sent: Sent) -> Answer:
        mine = sent.path == "/mine"
        return Answer(429, headers={"Retry-After": "3600"}) if mine else Answer()

    receiver.answer = answer
    mine, other = f"{receiver.url}/mine", f"{receiver.url}/other"
    await post.tell(mine)
    await post.tell(mine, cause="event:2")
    worker = post.worker(OneByOne(post.web, private=True))
    await worker.drain()
    await post.tell(other)
    await worker.drain()
    assert [one.path for one in receiver.got] == ["/mine"], "they all are left alone, to begin with"
    clock.advance(minutes=1)
    await worker.drain()
    assert [one.path for one in receiver.got] == ["/mine", "/other"]
    await post.tell(mine, cause="event:3")
    clock.advance(minutes=58)
    await worker.drain()
    assert len(receiver.got) == 2, "whoever has asked for it has its hour"
    clock.advance(minutes=1)
    receiver.answer = Always(Answer())
    await worker.drain()
    assert await states() == Counter(sent=4)


async def test_hosts_of_long_ago_are_not_looked_at_all_the_time(post: Post, clock: Clock) -> None:
    """Each look would be a write: there is nothing for which they would be tried."""
    long_ago, down = await post.receiver(), await post.receiver()
    long_ago.answer = down.answer = Always(DOWN)
    await post.tell(*(f"{one.url}/{n}" for one in (long_ago, down) for n in range(6)))
    await post.work()
    host = long_ago.url.removeprefix("http://")
    await door.execute("UPDATE deliveries SET state = 'dead', due_at = NULL WHERE host = $1", host)
    clock.advance(hours=1)
    tries = len(down.got)
    await post.work()
    assert len(down.got) > tries
    locked = "SELECT xmax <> 0 AS locked FROM delivery_hosts WHERE host = $1"
    assert [row["locked"] for row in await door.fetch(locked, host)] == [False]


async def test_tries_grow_apart(post: Post, clock: Clock) -> None:
    receiver = await post.receiver()
    receiver.answer = Always(Answer(404))
    await post.tell(f"{receiver.url}/a", f"{receiver.url}/b")
    for full in (30, 60, 120, 240, 480):
        await post.work()
        first, second = await due_in(clock)
        assert full / 2 <= min(first, second) <= max(first, second) <= full
        assert first != second, "what failed together does not come back together"
        clock.advance(seconds=full)
    assert {one[:2] for one in await stand()} == {("failed", 5)}
    assert (await totals())[1] == 10


async def test_a_host_that_is_down_is_left_alone_and_holds_up_nobody(
    post: Post, clock: Clock
) -> None:
    down, well = await post.receiver(), await post.receiver()
    down.answer = Always(DOWN)
    await post.tell(*(f"{one.url}/{n}" for one in (down, well) for n in range(40)))
    await post.work()
    # Five in a row, and what else was under way by then.
    assert 5 <= len(down.got) <= 5 + post.webhook.limits.at_once - 1
    assert len(well.got) == 40
    tries = len(down.got)

    patience = Patience()
    for times in range(1, 4):
        clock.advance(seconds=0.75 * patience.pause * 2 ** (times - 1) - 0.1)
        await post.work()
        assert len(down.got) == tries, "it is left alone still"
        clock.advance(seconds=0.25 * patience.pause * 2 ** (times - 1) + 0.1)
        # However many workers look: one of them makes the one try.
        await asyncio.gather(*(post.work() for _ in range(3)))
        tries += 1
        assert len(down.got) == tries

    down.answer = Always(Answer())
    clock.advance(minutes=10)
    await post.work()
    assert await states() == Counter(sent=80)
    assert await door.fetch("SELECT FROM delivery_hosts") == []


async def test_one_try_at_a_time_of_a_host_in_doubt(post: Post, clock: Clock) -> None:
    """While the one is under way, the worker that makes it has no other go either."""
    receiver = await post.receiver()
    receiver.answer = Always(DOWN)
    await post.tell(*(f"{receiver.url}/{n}" for n in range(40)))
    await post.work()
    clock.advance(seconds=15)
    receiver.answer = Always(Answer())
    tries = len(receiver.got)
    async with Web(private=True) as web:
        held = Held(web)
        worker = post.worker(held)
        working = asyncio.create_task(worker.drain())
        await held.begun.wait()
        await post.work()
        assert len(receiver.got) == tries
        open_rows = await door.fetch("SELECT FROM deliveries WHERE due_at = $1", clock.now + LEASE)
        assert len(open_rows) == 1
        held.go.set()
        await working
    # The failed ones wait for their own time; the others went at once.
    assert (await states())["sent"] >= 40 - tries


async def test_the_one_try_is_not_lost_on_somebody_who_is_gone(post: Post, clock: Clock) -> None:
    receiver = await post.receiver()
    receiver.answer = Always(DOWN)
    await post.tell(*(f"{receiver.url}/{n}" for n in range(12)))
    await post.work()
    await door.execute(
        "UPDATE subscriptions SET gone_at = now(), address = '{}' WHERE id IN"
        " (SELECT subscription FROM deliveries ORDER BY attempts, id LIMIT 3)"
    )
    receiver.answer = Always(Answer())
    clock.advance(minutes=1)
    await post.work()
    assert await states() == Counter(sent=9, dead=3)


async def test_what_is_three_days_old_and_fails_is_given_up(post: Post, clock: Clock) -> None:
    receiver = await post.receiver()
    receiver.answer = Always(Answer(404))
    await post.tell(receiver.url)
    await post.work()
    clock.advance(days=3, seconds=-1)
    await post.work()
    assert (await stand())[0][0] == "failed"
    clock.advance(hours=6)
    await post.work()
    assert await stand() == [("dead", 3, "given up: HTTP 404")]
    assert await totals() == (0, 2, 1)
    assert await door.fetch("SELECT FROM subscriptions WHERE gone_at IS NOT NULL") == []


async def test_a_host_that_never_comes_back_is_given_up_in_one(post: Post, clock: Clock) -> None:
    """Not one of its thousand every ten minutes. What was made since is tried still."""
    receiver = await post.receiver()
    receiver.answer = Always(DOWN)
    urls = [f"{receiver.url}/{n}" for n in range(100)]
    await post.tell(*urls)
    await post.work()
    clock.advance(days=2)
    await post.tell(urls[0], cause="event:2")
    clock.advance(days=1)
    await post.work()
    assert await states() == Counter(dead=100, pending=1)
    assert {detail for state, _, detail in await stand() if state == "dead"} == {
        "given up: HTTP 503"
    }
    assert (await totals())[2] == 100
