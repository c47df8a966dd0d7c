"""`tracker work`: how it starts, what it survives, and how it is stopped."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from tests.channels.receiver import receiving
from tests.deliveries.recipients import hear, tell
from tests.deliveries.working import office, until
from tests.running.commands import Tracker

pytestmark = pytest.mark.slow

SENT = "SELECT count(*) > 0 AND bool_and(state = 'sent') FROM deliveries"


class Slow:
    """Takes a message, and answers when it is let go."""

    def __init__(self) -> None:
        self.url = ""
        self.calls = 0
        self.called, self.go = asyncio.Event(), asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        self.calls += 1
        self.called.set()
        await self.go.wait()
        writer.write(b"HTTP/1.1 200 .\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()


@asynccontextmanager
async def slow() -> AsyncIterator[Slow]:
    here = Slow()
    server = await asyncio.start_server(here.serve, "127.0.0.1", 0)
    here.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield here
    finally:
        here.go.set()
        server.close()


@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGINT, signal.SIGTERM]])
async def test_when_told_to_stop_it_finishes_what_is_under_way(
    moved_in: Tracker, signals: list[signal.Signals]
) -> None:
    """Once or twice. What it has not begun is left for others at once."""
    async with slow() as far_side, office(moved_in) as here:
        connection = await here.connect()
        worker = await here.work()
        await worker.says("delivering")
        urls = [f"{far_side.url}/{n}" for n in range(12)]
        await hear(connection.execute, urls)
        await tell(connection.execute, "event:1", datetime.now(UTC), urls=urls)
        async with asyncio.timeout(30):
            await far_side.called.wait()
        for number in signals:
            worker.process.send_signal(number)
        await until(
            connection, "SELECT count(*) FROM deliveries WHERE attempts = 0 AND due_at <= now()"
        )
        assert worker.process.returncode is None, "it waits for the answer"
        far_side.go.set()
        assert await worker.ends() == 0, worker.said
        assert '"stopped"' in worker.said
        assert "Traceback" not in worker.said
        count = "SELECT count(*) FROM deliveries WHERE "
        sent = await connection.fetchval(count + "state = 'sent' AND due_at IS NULL")
        left = await connection.fetchval(count + "state = 'pending' AND due_at <= now()")
        assert sent == far_side.calls
        assert sent + left == 12
        await connection.close()


async def test_a_database_that_is_away_in_the_middle_is_waited_for(moved_in: Tracker) -> None:
    """What was sent meanwhile is written down once it is back, and not sent again."""
    async with slow() as far_side, receiving() as later, office(moved_in) as here:
        connection = await here.connect()
        worker = await here.work()
        await worker.says("delivering")
        await hear(connection.execute, [far_side.url])
        await tell(connection.execute, "event:1", datetime.now(UTC), urls=[far_side.url])
        async with asyncio.timeout(30):
            await far_side.called.wait()
        await connection.close()
        here.kill_database()
        far_side.go.set()
        await worker.says("deliveries wait for the database")
        await here.start_database()
        await worker.says("the database is back")
        connection = await here.connect()
        await until(connection, SENT)
        assert far_side.calls == 1
        await hear(connection.execute, [later.url])
        await tell(connection.execute, "event:2", datetime.now(UTC), urls=[later.url])
        await until(connection, SENT)
        assert len(later.got) == 1
        await connection.close()
        assert await worker.stop() == 0, worker.said
        assert worker.said.count("deliveries wait for the database") == 1
        assert "Traceback" not in worker.said


async def test_a_database_that_is_away_at_the_start_is_named(moved_in: Tracker) -> None:
    """It ends, for whoever started it to start it again."""
    async with office(moved_in) as here:
        worker = await here.work(
            TRACKER_DATABASE_URL="postgresql://beta:secret@127.0.0.1:1/tracker"
        )
        assert await worker.ends() == 1
        assert "The database at 127.0.0.1/tracker cannot be reached" in worker.said
        assert "secret" not in worker.said
        assert "Traceback" not in worker.said
