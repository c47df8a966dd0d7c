"""A transaction of somebody else's, for tests of what happens while it holds something.

async with holding("SELECT FROM reports WHERE id = $1 FOR UPDATE", 1) as other:
    doing = asyncio.create_task(…)
    await other.waiting(1)      # it has come to where it has to wait
await doing                     # and goes on from here
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from tracker import database as door

PATIENCE = 30.0
"""Seconds that anything may take on a busy machine."""


class Elsewhere:
    """A transaction of somebody else's, in which things are held."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self.connection = connection

    async def waiting(self, wanted: int) -> None:
        """Until so many stand in a queue, behind this one or behind one another."""
        async with asyncio.timeout(PATIENCE):
            while True:
                row = await door.fetch_row(
                    "SELECT count(*) AS n FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
                assert row is not None
                if row["n"] == wanted:
                    return
                await asyncio.sleep(0.01)


@asynccontextmanager
async def holding(sql: str, *values: object) -> AsyncIterator[Elsewhere]:
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
        **door.connection_arguments()
    )
    try:
        async with connection.transaction():
            await connection.execute(sql, *values)
            yield Elsewhere(connection)
    finally:
        await connection.close()
