"""Several servers on one database, all with the scheduler on: each thing happens once."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import asyncpg
import pytest

from tests.crash.friday import FINISHED, PUBLISHED, Friday
from tests.crash.stage import NOTICES, RELEASE, Server, stage
from tracker import embedded
from tracker.settings import Settings

pytestmark = pytest.mark.slow

WAITERS = (
    "SELECT count(*) = 2 FROM pg_stat_activity WHERE datname = current_database()"
    " AND wait_event_type = 'Lock'"
)


async def test_one_of_two_publishes(settings: Settings, friday: Friday, template: str) -> None:
    """Both stand at the release when it is let go, so neither comes late by chance."""
    async with stage(settings.data, like=template) as here:
        async with here.held(NOTICES):
            async with here.held(RELEASE):
                servers = [here.serve(), here.serve()]
                await here.until(WAITERS)
            await here.until(PUBLISHED, friday.day)
            # Both have had a tick in which there were notices to be made.
            await asyncio.sleep(1.5)
        await here.until(FINISHED, friday.day)
        await asyncio.sleep(1.5)
        assert [await server.stop() for server in servers] == [0, 0]
        await friday.check(here.connection)
        assert sum(server.said.count('"release.published"') for server in servers) == 1


async def test_two_starting_at_once_make_one_programme(tmp_path: Path) -> None:
    """On an empty data directory: one cluster, one migration, one sample programme."""
    tmp_path.chmod(0o711)
    data = tmp_path / "data"
    environment = {
        **{name: value for name, value in os.environ.items() if "TRACKER_" not in name},
        "TRACKER_DATA": str(data),
        "TRACKER_LOG_FORMAT": "json",
        "PYTHONUNBUFFERED": "1",
    }
    servers = [Server(environment, tmp_path / f"{n}.log") for n in range(2)]
    try:
        for server in servers:
            await server.answers()
        said = "".join(server.said for server in servers)
        assert said.count('"tables brought up to date"') == 1
        assert said.count('"sample programme loaded"') == 1
        lease = await asyncio.to_thread(embedded.acquire, data)
        connection = await asyncpg.connect(**lease.connection())
        names = [row["name"] for row in await connection.fetch("SELECT name FROM migration")]
        assert len(names) == len(set(names)) > 0
        await connection.close()
        await asyncio.to_thread(lease.release)
        assert [await server.stop() for server in servers] == [0, 0]
    finally:
        for server in servers:
            await server.kill()
