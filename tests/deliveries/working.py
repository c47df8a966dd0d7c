"""The real `tracker work`, as many as it takes, and the database behind their backs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import psutil

from tests.running.commands import LONGEST, ROOT, Tracker
from tracker import embedded


class Working:
    """A process of it."""

    def __init__(self, process: asyncio.subprocess.Process, journal: Path) -> None:
        self.process = process
        self._journal = journal

    @property
    def said(self) -> str:
        return self._journal.read_text()

    async def says(self, words: str) -> None:
        async with asyncio.timeout(LONGEST):
            while words not in self.said:
                assert self.process.returncode is None, self.said
                await asyncio.sleep(0.02)

    async def ends(self) -> int:
        """Its exit code."""
        return await asyncio.wait_for(self.process.wait(), LONGEST)

    async def stop(self) -> int:
        self.process.terminate()
        return await self.ends()


class Office:
    """Where work is done: a data directory, its database, and whoever works on it."""

    def __init__(self, tracker: Tracker) -> None:
        self._tracker = tracker
        self._lease = embedded.acquire(tracker.data)
        self.workers: list[Working] = []

    async def connect(self) -> asyncpg.Connection:
        return await asyncpg.connect(**self._lease.connection())

    def kill_database(self) -> None:
        """With -9, all of it, as when the machine loses power."""
        database = self._tracker.database()
        assert database is not None
        for process in [database, *database.children()]:
            # They go by themselves when the first is gone.
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    async def start_database(self) -> None:
        again = await asyncio.to_thread(embedded.acquire, self._tracker.data)
        await asyncio.to_thread(self._lease.release)
        self._lease = again

    async def work(self, within: Sequence[str] = (), **settings: str) -> Working:
        """Start one; does not wait until it says that it is `delivering`."""
        journal = self._tracker.data.parent / f"work.{len(self.workers)}.log"
        ours = {name: text for name, text in os.environ.items() if not name.startswith("TRACKER_")}
        with journal.open("w") as log:
            process = await asyncio.create_subprocess_exec(
                *(*within, sys.executable, "-m", "tracker", "work"),
                cwd=ROOT,
                env={
                    **ours,
                    "TRACKER_DATA": str(self._tracker.data),
                    "TRACKER_PRIVATE_ADDRESSES": "1",
                    "TRACKER_LOG_FORMAT": "json",
                    **settings,
                },
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.workers.append(Working(process, journal))
        return self.workers[-1]

    async def close(self) -> None:
        for worker in self.workers:
            if worker.process.returncode is None:
                worker.process.kill()
                await worker.process.wait()
        await asyncio.to_thread(self._lease.release)


@asynccontextmanager
async def office(tracker: Tracker) -> AsyncIterator[Office]:
    here = Office(tracker)
    try:
        yield here
    finally:
        await here.close()


async def until(connection: asyncpg.Connection, question: str) -> None:
    """Wait until the database says yes."""
    async with asyncio.timeout(LONGEST):
        while not await connection.fetchval(question):  # noqa: ASYNC110 (it is far away)
            await asyncio.sleep(0.02)
