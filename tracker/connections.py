"""Connections to PostgreSQL, lent to one task at a time, and Piccolo's engine on top of them."""

from __future__ import annotations

import asyncio
import time
from types import TracebackType
from typing import Any, Protocol

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

LONGEST_IDLE = 300.0
"""Seconds. One that nobody has wanted for longer may have been cut off on the way unnoticed."""
PATIENCE = 10
"""Seconds that opening one may take."""


class Source(Protocol):
    """What can run a statement: a pool, or the connection of an open transaction."""

    async def fetch(self, sql: str, *arguments: object) -> list[asyncpg.Record]: ...
    async def fetchrow(self, sql: str, *arguments: object) -> asyncpg.Record | None: ...
    async def execute(self, sql: str, *arguments: object) -> str: ...


class Pool:
    """At most `size` connections, opened when they are needed; whoever comes late waits in line.

    asyncpg's own pool resets a connection that comes back, in a task of its own, which takes as
    long as a small query. Nothing is ever left behind on ours (no SET, no LISTEN, no session lock,
    no cursor), so lending and taking back is a list.
    """

    def __init__(self, size: int, config: dict[str, Any]) -> None:
        self._config = config
        self._size = size
        self._places = asyncio.Semaphore(size)
        self._idle: list[tuple[float, asyncpg.Connection]] = []

    async def acquire(self) -> asyncpg.Connection:
        """Every one must be given to `release`, whatever happens."""
        await self._places.acquire()
        try:
            while self._idle:
                since, connection = self._idle.pop()
                if not connection.is_closed() and time.monotonic() - since < LONGEST_IDLE:
                    return connection
                connection.terminate()
            return await asyncpg.connect(**self._config, timeout=PATIENCE)
        except BaseException:
            self._places.release()
            raise

    def release(self, connection: asyncpg.Connection) -> None:
        """One whose query was cancelled waits for the end of that before the next one begins."""
        if connection.is_in_transaction():
            connection.terminate()
        if not connection.is_closed():
            self._idle.append((time.monotonic(), connection))
        self._places.release()

    async def close(self) -> None:
        """Wait until all are back, and close them."""
        for _ in range(self._size):
            await self._places.acquire()
        for _, connection in self._idle:
            await connection.close()

    async def fetch(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        connection = await self.acquire()
        try:
            return await connection.fetch(sql, *arguments)
        finally:
            self.release(connection)

    async def fetchrow(self, sql: str, *arguments: object) -> asyncpg.Record | None:
        connection = await self.acquire()
        try:
            return await connection.fetchrow(sql, *arguments)
        finally:
            self.release(connection)

    async def execute(self, sql: str, *arguments: object) -> str:
        connection = await self.acquire()
        try:
            return await connection.execute(sql, *arguments)
        finally:
            self.release(connection)


class Transaction(PostgresTransaction):
    """Piccolo's, except that it lets go of its connection whatever goes wrong.

    Piccolo's keeps it when COMMIT or BEGIN fails, and after as many failures as the pool has
    connections, nobody gets one any more.
    """

    __slots__ = ("_pool",)

    engine: Engine

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is not None:
            return self._parent
        pool = self.engine.pool
        assert pool is not None
        self.connection = await pool.acquire()
        try:
            self.transaction = self.connection.transaction()
            await super().begin()
        except BaseException:
            pool.release(self.connection)
            raise
        self._pool = pool
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if self._parent is not None:
            return False
        try:
            if exception is None and not self._committed and not self._rolled_back:
                await super().commit()
            elif exception is not None and not self._rolled_back:
                await super().rollback()
        finally:
            self.engine.current_transaction.reset(self.context)
            self._pool.release(self.connection)
        return False


class Engine(PostgresEngine):
    """Piccolo's, on our pool. Making it connects to nothing: `database.start` says where, later."""

    pool: Pool | None  # type: ignore[assignment]

    async def check_version(self) -> None:
        """`database.start` asks, and refuses an old server instead of warning."""

    def transaction(self, allow_nested: bool = True) -> PostgresTransaction:
        return Transaction(engine=self, allow_nested=allow_nested)

    async def open(self, *, size: int) -> asyncpg.Connection:
        """Begin with one connection, and return it to be looked at. The others are opened when
        they are needed, in some 3 ms."""
        pool = Pool(size, self.config)
        connection = await pool.acquire()
        pool.release(connection)
        self.pool = pool
        return connection

    async def close(self) -> None:
        """Once its queries are done."""
        if self.pool is not None:
            await self.pool.close()
            self.pool = None

    async def _run_in_pool(self, query: str, args: Any = ()) -> list[asyncpg.Record]:
        assert self.pool is not None
        return await self.pool.fetch(query, *(args or ()))
