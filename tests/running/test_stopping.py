"""`tracker serve` is told to stop, and finishes what it does."""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import Any

import asyncpg
import pytest

from tests.running.commands import Tracker

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("options", [[], ["--workers", "2"]])
@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_when_told_to_stop_it_finishes_what_it_does(
    moved_in: Tracker, options: list[str], signal_number: int
) -> None:
    """A request waits in the database while the server is told to stop, and is answered still."""
    serving = moved_in.serve("--no-schedule", *options)
    with serving.client() as client:
        assert client.get("/readyz").status_code == 200
    answers: list[int] = []

    def ask() -> None:
        with serving.client() as client:
            client.cookies.set("session", "somebody")
            answers.append(client.get("/settings").status_code)

    async def hold_up() -> None:
        place: dict[str, Any] = {
            "host": [str(moved_in.data / "postgres")],
            "user": "tracker",
            "database": "tracker",
            "ssl": False,
        }
        holding, watching = await asyncpg.connect(**place), await asyncpg.connect(**place)
        async with holding.transaction():
            await holding.execute("LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE")
            asking = threading.Thread(target=ask)
            asking.start()
            # On a connection of its own: within a transaction the activity is looked at once.
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            async with asyncio.timeout(30):
                while not await watching.fetchval(waiting):  # noqa: ASYNC110 (it is far away)
                    await asyncio.sleep(0.02)
            serving.process.send_signal(signal_number)
            await asyncio.sleep(1)
            assert serving.process.poll() is None
            assert answers == []
        await holding.close()
        await watching.close()
        await asyncio.to_thread(asking.join)

    try:
        asyncio.run(hold_up())
        assert serving.process.wait(60) == 0, moved_in.log
    finally:
        serving.process.kill()
    assert answers == [303]
    assert moved_in.database() is None, "the last one out stops the database"
