"""Two workers on two hosts share what is due, and nothing is done twice."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import msgspec
import pytest

from tests.deliveries.distant_receiver import LATENCY, Receipt
from tests.deliveries.hosts import Host, network
from tests.deliveries.recipients import hear, tell
from tests.deliveries.working import office, until
from tests.running.commands import ROOT, Tracker
from tracker.channels.webhook import Webhook

pytestmark = pytest.mark.slow

ALONE, BOTH = 100, 300
DONE = "SELECT NOT EXISTS (SELECT FROM deliveries WHERE due_at IS NOT NULL)"


@asynccontextmanager
async def receiver(host: Host, journal: Path, senders: int) -> AsyncIterator[list[str]]:
    """Its two addresses."""
    process = await asyncio.create_subprocess_exec(
        *(*host.within, sys.executable, "-m", "tests.deliveries.distant_receiver"),
        *(host.address, str(journal), str(senders)),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        ports = (await process.stdout.readline()).decode().split()
        yield [f"http://{host.address}:{port}" for port in ports]
    finally:
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 30)


async def told(connection: asyncpg.Connection, url: str, cause: str, count: int) -> None:
    urls = [f"{url}/{cause}/{n}" for n in range(count)]
    await hear(connection.execute, urls)
    await tell(connection.execute, cause, datetime.now(UTC), urls=urls)


def rate(receipts: Sequence[Receipt], begin: float, end: float) -> float:
    return sum(begin <= one.at <= end for one in receipts) / (end - begin)


def most_at_once(receipts: Sequence[Receipt]) -> int:
    """Calls under way: each is answered so long after it has come in."""
    times = [one.at for one in receipts]
    return max(sum(at - 0.9 * LATENCY < other <= at for other in times) for at in times)


async def test_two_hosts_share_the_work_and_do_nothing_twice(moved_in: Tracker) -> None:
    journal = moved_in.data.parent / "receipts"
    with network() as hosts:
        senders = 1 if hosts.why_not else 2
        async with (
            receiver(hosts.receiver, journal, senders) as (for_one, for_both),
            office(moved_in) as here,
        ):
            connection = await here.connect()
            first, second = hosts.workers
            alone = await here.work(first.within)
            await alone.says("delivering")
            await told(connection, for_one, "alone", ALONE)
            await until(connection, DONE)
            other = await here.work(second.within)
            await other.says("delivering")
            await told(connection, for_both, "both", BOTH)
            await until(connection, DONE)
            assert [await worker.stop() for worker in here.workers] == [0, 0]
            rows = await connection.fetch(
                "SELECT n.cause, 'n' || n.id || '-' || d.subscription AS id, d.state, d.attempts"
                " FROM deliveries d JOIN notices n ON n.id = d.notice"
            )
            await connection.close()
    receipts = [
        msgspec.json.decode(line, type=Receipt) for line in journal.read_bytes().splitlines()
    ]
    assert Counter(one.id for one in receipts) == Counter(row["id"] for row in rows), "once each"
    assert {(row["state"], row["attempts"]) for row in rows} == {("sent", 1)}

    cause = {row["id"]: row["cause"] for row in rows}
    by_one = [one for one in receipts if cause[one.id] == "alone"]
    by_both = [one for one in receipts if cause[one.id] == "both"]
    one_alone = rate(by_one, by_one[0].at, by_one[-1].at)
    if hosts.why_not:
        print(f"on one host: {hosts.why_not}")  # noqa: T201
        together = rate(by_both, by_both[0].at, by_both[-1].at)
    else:
        of = [[one for one in by_both if one.sender == host.address] for host in hosts.workers]
        assert min(map(len, of)) >= BOTH / 5, [len(each) for each in of]
        # While both were at it.
        begin, end = max(each[0].at for each in of), min(each[-1].at for each in of)
        together = rate(by_both, begin, end)
    print(  # noqa: T201
        f"one worker: {one_alone:.0f}/s; two on two hosts: {together:.0f}/s,"
        f" {together / one_alone:.2f} times as much"
    )
    # How much faster depends on what else the machine does; that they work at the same time does not.
    limit = Webhook.limits.at_once
    assert most_at_once(by_one) <= limit < most_at_once(by_both) <= 2 * limit
