"""Everything goes wrong at once, and in the end everybody has heard once.

Servers that answer 500, ask to be left alone, hang, break off, answer byte by byte, refuse, are
gone, are down; workers killed with -9 at random moments and replaced; the database killed in the
middle, twice in the long form.

    TRACKER_TEST_SEED=… .venv/bin/pytest tests/deliveries/test_faults.py       # the same again
    FAULTS="7 5000 3" .venv/bin/pytest tests/deliveries -k your_own -s     # seed recipients minutes
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import secrets
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import msgspec
import pytest

from tests.deliveries.faulty_receivers import Receipt
from tests.deliveries.recipients import hear, tell
from tests.deliveries.some_worker import LEASE, PATIENCE, SomeWorker
from tests.deliveries.working import Office
from tests.running.commands import ROOT, Tracker
from tracker.settings import Settings

pytestmark = pytest.mark.slow

WORKERS = 3
LONGEST = 90.0
"""Seconds on a busy machine, from the last fault to the end; usually ten."""
WRITTEN_DOWN = 5.0
"""Seconds after an answer within which a worker has written it down, on a busy machine."""


@dataclass
class Story:
    """One run, told afterwards."""

    seed: int
    killed: dict[int, float] = field(default_factory=dict)
    """When, by the number of the worker."""
    outages: list[tuple[float, float]] = field(default_factory=list)
    """When the database was away."""
    causes: list[str] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)

    def explains(self, one: Receipt) -> bool:
        """Whether its worker may not have been able to write it down."""
        end = one.answered + WRITTEN_DOWN
        for begun, over in self.outages:
            if begun - WRITTEN_DOWN <= one.answered <= over:
                end = over + WRITTEN_DOWN
                # It may have been away for longer than the lease.
                if over - one.at > LEASE.total_seconds() / 2:
                    return True
        # What comes in from somebody who is dead was on its way before.
        return self.killed.get(one.worker, end + 1) <= end

    def print(self, rows: list[asyncpg.Record], seconds: float) -> None:
        accepted = Counter(one.id for one in self.receipts if one.answer == "200")
        told = {
            "seed": self.seed,
            "kills": len(self.killed),
            "restarts of the database": len(self.outages),
            "seconds": round(seconds, 1),
            "deliveries": dict(Counter(row["state"] for row in rows)),
            "answers": dict(Counter(one.answer for one in self.receipts)),
            "accepted twice": sum(n - 1 for n in accepted.values()),
            "tries of one, at most": max(row["attempts"] for row in rows),
        }
        print(json.dumps(told))  # noqa: T201


@dataclass
class Receivers:
    where: dict[str, str]
    """By what is wrong with each."""
    _told: asyncio.StreamWriter

    def get_well(self) -> None:
        self._told.write(b"\n")


@asynccontextmanager
async def receivers(seed: int, journal: Path) -> AsyncIterator[Receivers]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.deliveries.faulty_receivers", str(seed), str(journal)),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Receivers(json.loads(await process.stdout.readline()), process.stdin)
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()


class Stage:
    """A database that may be killed, workers that may be, and what came of it."""

    def __init__(self, tracker: Tracker, seed: int) -> None:
        self.story = Story(seed)
        self.chance = random.Random(seed)
        self.settings = Settings(
            data=tracker.data, secret_key="a key for tests only, of no worth to anybody"
        )
        self._journal = tracker.data.parent / "workers.log"
        self._journal.touch()
        self.office = Office(tracker)
        self._workers: list[SomeWorker] = []

    @property
    def said(self) -> str:
        return self._journal.read_text()

    def employ(self) -> None:
        while len(self._workers) < WORKERS:
            self._workers.append(SomeWorker(self.settings, self._journal))

    async def kill_one(self) -> None:
        """And put another in its place."""
        worker = self._workers.pop(self.chance.randrange(len(self._workers)))
        assert worker.runs, self.said
        await worker.kill()
        self.story.killed[worker.number] = time.time()
        self.employ()

    async def restart_database(self) -> None:
        """Killed with -9, all of it, as when the machine loses power; away for a moment."""
        begun = time.time()
        self.office.kill_database()
        await asyncio.sleep(self.chance.uniform(0.2, 1.0))
        await self.office.start_database()
        self.story.outages.append((begun, time.time()))

    async def close(self) -> None:
        for worker in self._workers:
            await worker.kill()
        await self.office.close()

    async def dismiss(self) -> None:
        """The workers are told to stop, and do."""
        while self._workers:
            assert await self._workers.pop().stop() == 0, self.said


GIVEN_UP = PATIENCE.give_up - timedelta(seconds=4)
"""How old a notice is when its tries begin that will be given up."""

_TO_NTFY = """
UPDATE subscriptions SET channel = 'ntfy', address = jsonb_build_object(
    'server', regexp_replace(key, '/[^/]*$', ''), 'topic', regexp_replace(key, '.*/', ''))
WHERE key = ANY ($1)
"""
_ROWS = """
SELECT d.id, d.notice, d.state, d.detail, d.attempts, d.due_at, d.channel, s.key, n.cause
FROM deliveries d JOIN subscriptions s ON s.id = d.subscription JOIN notices n ON n.id = d.notice
"""


async def everything_at_once(
    tracker: Tracker, seed: int, recipients: int, rounds: Iterable[int], restart_every: int
) -> tuple[Story, list[asyncpg.Record]]:
    """In each round everybody is told something, and a worker is killed; in some, the database is.
    Returns once nothing waits any more."""
    stage = Stage(tracker, seed)
    story, chance = stage.story, stage.chance
    journal = tracker.data.parent / "receipts"
    begun = time.monotonic()
    try:
        async with receivers(seed, journal) as far_side:
            where = far_side.where
            places = [where[kind] for kind in where if kind not in ("down", "refusing")]
            urls = [f"{chance.choice(places)}/{n}" for n in range(recipients)]
            urls += [f"{where[f'mixed{n % 3 + 1}']}/gone/{n}" for n in range(12)]
            down = [f"{where['down']}/{n}" for n in range(12)]
            refusing = [f"{where['refusing']}/{n}" for n in range(12)]
            connection = await stage.office.connect()
            await hear(connection.execute, [*urls, *down, *refusing])
            await connection.execute(_TO_NTFY, refusing)
            now = datetime.now(UTC)
            await tell(connection.execute, "old", now - GIVEN_UP, urls=down, due_at=now)
            stage.employ()
            for number in rounds:
                story.causes.append(f"event:{number}")
                now, there = datetime.now(UTC), [*urls, *refusing]
                # No more than they can do.
                await _until_open(connection, stage, 3 * len(there))
                await tell(connection.execute, story.causes[-1], now, urls=there)
                # The first calls of all, or the first that anybody makes of this.
                size = journal.stat().st_size
                while journal.stat().st_size == size:  # noqa: ASYNC110 (it is far away)
                    await asyncio.sleep(0.01)
                await asyncio.sleep(chance.uniform(0.0, 0.8))
                if number % restart_every == restart_every // 2:
                    await connection.close()
                    await stage.restart_database()
                    connection = await stage.office.connect()
                await stage.kill_one()
            far_side.get_well()

            await _until_open(connection, stage, 0)
            await stage.dismiss()
            rows = await connection.fetch(_ROWS)
            await check_totals(connection, rows)
            await connection.close()
            story.receipts = [
                msgspec.json.decode(line, type=Receipt)
                for line in journal.read_bytes().splitlines()
            ]
            story.print(rows, time.monotonic() - begun)
            assert "Traceback" not in stage.said, stage.said
            return story, rows
    finally:
        await stage.close()


async def _until_open(connection: asyncpg.Connection, stage: Stage, most: int) -> None:
    """Wait until so few are due at some time: to be tried, or held by somebody who was killed."""
    end = time.monotonic() + LONGEST
    while (left := await connection.fetchval("SELECT count(due_at) FROM deliveries")) > most:
        if time.monotonic() > end:
            rows = await connection.fetch("SELECT * FROM deliveries WHERE due_at IS NOT NULL")
            hosts = await connection.fetch("SELECT * FROM delivery_hosts")
            pytest.fail(f"{left} are left: {rows[:20]}; {hosts}; {stage.said[-5000:]}")
        await asyncio.sleep(0.1)


async def check_totals(connection: asyncpg.Connection, rows: list[asyncpg.Record]) -> None:
    totals = {
        row["channel"]: row for row in await connection.fetch("SELECT * FROM delivery_totals")
    }
    for channel in ("webhook", "ntfy"):
        ours = [row for row in rows if row["channel"] == channel]
        states = Counter(row["state"] for row in ours)
        assert totals[channel]["sent"] == states["sent"]
        assert totals[channel]["dead"] == states["dead"]
        # What a killed worker had begun has no outcome.
        tries = sum(row["attempts"] for row in ours)
        assert totals[channel]["sent"] + totals[channel]["failed"] <= tries
    hosts = {row["host"] for row in await connection.fetch("SELECT host FROM delivery_hosts")}
    down = {row["key"].split("/")[2] for row in rows if row["cause"] == "old"}
    assert hosts <= down, "whoever is well has no breaker any more"


def check(story: Story, rows: list[asyncpg.Record]) -> None:
    """The promise, one sentence after the other."""
    received: defaultdict[str, list[Receipt]] = defaultdict(list)
    for one in sorted(story.receipts, key=lambda one: one.at):
        received[one.id].append(one)
    accepted = {
        number: [one for one in many if one.answer == "200"] for number, many in received.items()
    }

    # Every live recipient has every message; the dead letters are exactly those that had to be.
    of: dict[int, asyncpg.Record] = {row["notice"]: row for row in rows}
    assert len(of) == len(rows)
    for row in rows:
        fate = (row["state"], row["detail"])
        if "/gone/" in row["key"]:
            assert fate in (("dead", "HTTP 410"), ("dead", "the subscription is gone")), fate
        elif row["channel"] == "ntfy":
            assert fate == ("dead", "HTTP 400")
        elif row["cause"] == "old":
            assert row["state"] == "dead"
            assert row["detail"].startswith("given up: "), row["detail"]
        else:
            assert fate == ("sent", "HTTP 200")
    wanted = Counter(row["key"] for row in rows if row["state"] == "sent")
    assert set(wanted.values()) == {len(story.causes)}
    arrived = {number for number, many in accepted.items() if many}
    sent = {row["notice"] for row in rows if row["state"] == "sent"}
    assert sent == {_notice(number) for number in arrived}

    # Nobody has two different ones for one cause: whatever comes again is the same, id and all.
    for number, many in received.items():
        row = of[_notice(number)]
        assert {one.body for one in many} == {many[0].body}, number
        assert {one.path for one in many if row["channel"] == "webhook"} <= {_path(row["key"])}
    assert Counter(_notice(number) for number in received).most_common(1)[0][1] == 1

    # What was accepted twice is what its worker had no time, or nowhere, to write down.
    for number, many in accepted.items():
        for first, again in itertools.pairwise(many):
            assert story.explains(first), f"{of[_notice(number)]['key']}: {first} {again}"


def _notice(number: str) -> int:
    """From the id of a message: n<notice>-<subscription>."""
    return int(number[1:].partition("-")[0])


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[3]


async def test_in_the_end_everybody_has_heard_once(moved_in: Tracker) -> None:
    seed = int(os.environ.get("TRACKER_TEST_SEED") or secrets.randbelow(10**6))
    print(f"TRACKER_TEST_SEED={seed}")  # noqa: T201
    check(*await everything_at_once(moved_in, seed, 150, range(8), restart_every=8))


@pytest.mark.skipif(
    "FAULTS" not in os.environ, reason='for by hand: FAULTS="seed recipients minutes"'
)
async def test_your_own(moved_in: Tracker) -> None:
    seed, recipients, minutes = os.environ["FAULTS"].split()
    end = time.monotonic() + 60 * float(minutes)
    rounds = itertools.takewhile(lambda _: time.monotonic() < end, itertools.count())
    check(*await everything_at_once(moved_in, int(seed), int(recipients), rounds, restart_every=30))
