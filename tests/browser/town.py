"""A server of one's own with the sample programme, the commands beside it, and a terminal.

Its clock stands still: what is due is done by `await town("tick", "--now", …)`.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio

from tests.live import Ran, run_triage
from tests.programme import copy_data
from tests.running.commands import Tracker


@dataclass
class Town:
    """A server, the commands beside it, and an engineer's terminal."""

    tracker: Tracker
    address: str
    home: Path

    async def __call__(self, *words: str) -> str:
        """A `tracker` command that succeeds; what it prints."""
        ran = await asyncio.to_thread(self.tracker, *words)
        assert ran.code == 0, ran.err
        return ran.out.strip()

    async def triage(self, *words: str, stdin: str = "") -> Ran:
        """A `triage` command of erin's, on the login she has saved."""
        environment = {"HOME": str(self.home), "TRIAGE_CONFIG_DIR": str(self.home / "triage")}
        ran = await run_triage(*words, environment=environment, stdin=stdin)
        assert ran.code == 0, ran.err
        return ran


@asynccontextmanager
async def built(place: Path, data_with_programme: Path, **settings: str) -> AsyncIterator[Town]:
    """A town in an empty folder; `settings` are variables of its server and commands."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    copy_data(data_with_programme, place / "data")
    tracker = Tracker(place / "data", {"TRACKER_BASE_URL": address, **settings})
    port = address.rsplit(":", 1)[1]
    serving = await asyncio.to_thread(tracker.serve, "--no-schedule", "--port", port)
    try:
        yield Town(tracker, address, place)
    finally:
        assert await asyncio.to_thread(serving.stop) == 0, tracker.log


@pytest_asyncio.fixture
async def town(place: Path, data_with_programme: Path) -> AsyncIterator[Town]:
    async with built(place, data_with_programme) as town:
        yield town
