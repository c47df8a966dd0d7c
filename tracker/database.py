"""The one door to PostgreSQL: starting and stopping it, transactions, and raw SQL.

Tables and Piccolo's queries find their way here through `piccolo_conf.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import structlog
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction, Savepoint
from piccolo.querystring import QueryString

from tracker import embedded
from tracker.embedded import StartError
from tracker.settings import Settings

__all__ = [
    "StartError",
    "connection_arguments",
    "engine",
    "execute",
    "fetch",
    "fetch_row",
    "known_migrations",
    "migrate",
    "pending_migrations",
    "ping",
    "rows",
    "running",
    "start",
    "stop",
    "transaction",
]

OLDEST_SERVER = 15

_MIGRATIONS = Path(__file__).parent / "piccolo_migrations"
_MIGRATION_LOCK = 0x0F17DA1
"""Any number, as long as nothing else on the server takes an advisory lock with it."""

log = structlog.stdlib.get_logger(__name__)


class _Transaction(PostgresTransaction):
    """Piccolo's, except that it lets go of its connection whatever goes wrong.

    Piccolo's keeps it when COMMIT or BEGIN fails, and after as many failures as the pool has
    connections, nobody gets one any more.
    """

    __slots__ = ()

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is not None:
            return self._parent
        self.connection = await super().get_connection()
        try:
            self.transaction = self.connection.transaction()
            await super().begin()
        except BaseException:
            await self._let_go()
            raise
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
            await self._let_go()
        return False

    async def _let_go(self) -> None:
        if self.engine.pool is not None:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()


class _Engine(PostgresEngine):
    """Piccolo's, except that making it connects to nothing: `start` says where, later."""

    async def check_version(self) -> None:
        """`start` asks, and refuses an old server instead of warning."""

    def transaction(self, allow_nested: bool = True) -> PostgresTransaction:
        return _Transaction(engine=self, allow_nested=allow_nested)


engine = _Engine(config={})

_lease: embedded.Lease | None = None


async def start(settings: Settings, *, server_options: Mapping[str, str] | None = None) -> None:
    """Find or start the server and open the pool. Raises StartError; then nothing is left open.

    `server_options` are settings of PostgreSQL for the embedded server, for tests and benchmarks.
    """
    global _lease  # noqa: PLW0603 (one database a process, as Piccolo has it)
    if engine.pool is not None:
        raise RuntimeError("the database is already started")
    if settings.database_url is None:
        _lease = await asyncio.to_thread(embedded.acquire, settings.data, server_options)
        where, config = f"in {settings.data}", _lease.connection()
        advice = f"See {settings.data / 'postgres.log'}."
    else:
        where, config = (
            f"at {_without_password(settings.database_url)}",
            {"dsn": settings.database_url},
        )
        advice = "Check TRACKER_DATABASE_URL, and that the server is running."
    engine.config = {
        **config,
        "server_settings": {
            "application_name": "orange-friday",
            # Compiling a query takes longer than our queries take.
            "jit": "off",
            "timezone": "UTC",
        },
    }
    try:
        # One connection to begin with: the others are opened when they are needed, in some 3 ms.
        await engine.start_connection_pool(
            min_size=1, max_size=settings.pool_size, reset=_nothing_to_reset, timeout=10
        )
        await _check_version(where)
    except BaseException as problem:
        await stop()
        if isinstance(problem, (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
            reason = str(problem) or type(problem).__name__
            raise StartError(
                f"The database {where} cannot be reached: {reason}. {advice}"
            ) from problem
        raise


async def stop() -> None:
    """Close the pool once its queries are done, and leave the embedded server.

    It is stopped if no other process uses it. Safe to call when `start` failed or never ran.
    """
    global _lease
    if engine.pool is not None:
        await engine.close_connection_pool()
    engine.config = {}
    if _lease is not None:
        leaving, _lease = _lease, None
        await asyncio.to_thread(leaving.release)


@contextlib.contextmanager
def running(settings: Settings) -> Iterator[None]:
    """Keep the embedded server up for the block, between one `start` and the next.

    For a process that prepares the database and then serves, or starts others that serve: without
    it the server would stop in between. Does nothing with TRACKER_DATABASE_URL.
    """
    if settings.database_url is not None:
        yield
        return
    lease = embedded.acquire(settings.data)
    try:
        yield
    finally:
        lease.release()


def connection_arguments() -> dict[str, Any]:
    """What `asyncpg.connect` takes to reach the started database from outside the pool."""
    if not engine.config:
        raise RuntimeError("the database is not started")
    return dict(engine.config)


async def ping() -> None:
    """Raises unless the database answers."""
    await fetch("SELECT 1")


async def migrate() -> list[str]:
    """Bring the tables up to date, and return the migrations that took.

    All of them in one transaction, under a lock: however many servers start at once, one does it,
    and whatever is killed when, the tables are either the old or the new ones. So a migration
    here cannot hold what PostgreSQL refuses in a transaction (CREATE INDEX CONCURRENTLY).
    """
    known = known_migrations()
    if not known - await _migrations_which_ran():
        return []
    # Takes 150 ms to import, for a day on which there is something to do.
    from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
    from piccolo.conf.apps import AppConfig

    said = io.StringIO()
    path = list(sys.path)
    app = AppConfig(app_name="tracker", migrations_folder_path=str(_MIGRATIONS))
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", _MIGRATION_LOCK)
        todo = known - await _migrations_which_ran()
        if not todo:
            return []
        try:
            # Piccolo reports on standard output, which belongs to the command that called.
            with contextlib.redirect_stdout(said):
                manager = ForwardsMigrationManager(app_name="tracker")
                await manager.create_migration_table()
                result = await manager.run_migrations(app)
        finally:
            # Piccolo puts the directory there to import from it, and leaves it.
            sys.path[:] = path
        if not result.success:
            raise StartError(f"The tables could not be brought up to date:\n{said.getvalue()}")
    log.info("tables brought up to date", migrations=len(todo))
    return sorted(todo)


@contextlib.asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """All or nothing, for every query of this task until the block ends.

    Within another transaction this is that one: nothing is kept before the outer block ends, and
    an error that is caught between the two blocks undoes nothing by itself. So only actions open
    one, and nobody catches inside. Tasks begun inside share the connection: begin none.
    """
    async with engine.transaction():
        yield


async def savepoint() -> Savepoint:
    """A point of the transaction under way to which it can go back; release it when it is past."""
    current = engine.current_transaction.get()
    assert current is not None, "a savepoint belongs into a transaction"
    return await current.savepoint()


async def fetch(sql: str, *arguments: object) -> list[asyncpg.Record]:
    """Run one statement and return its rows; `$1` is the first argument.

    On the connection of the open transaction, else on one from the pool. json and jsonb come and
    go as text, as Piccolo has it.
    """
    rows: list[asyncpg.Record] = await _source().fetch(sql, *arguments)
    return rows


async def fetch_row(sql: str, *arguments: object) -> asyncpg.Record | None:
    """The first row of `fetch`, or None."""
    row: asyncpg.Record | None = await _source().fetchrow(sql, *arguments)
    return row


async def rows(query: QueryString) -> list[asyncpg.Record]:
    """`fetch` for a statement composed of pieces, each with its own `{}` places and values."""
    sql, arguments = query.compile_string()
    return await fetch(sql, *arguments)


async def execute(sql: str, *arguments: object) -> str:
    """Run one statement (or several, without arguments); returns PostgreSQL's tag, `UPDATE 3`."""
    tag: str = await _source().execute(sql, *arguments)
    return tag


def _source() -> Any:
    """The connection of the open transaction, else the pool: both can run a statement."""
    current = engine.current_transaction.get()
    return _pool() if current is None else current.connection


def _pool() -> asyncpg.Pool[asyncpg.Record]:
    if engine.pool is None:
        raise RuntimeError("the database is not started")
    return engine.pool


async def _nothing_to_reset(connection: object) -> None:
    """Instead of asyncpg's reset, a round trip for every connection handed back.

    We leave nothing behind on a connection: no SET, no LISTEN, no session lock, no cursor. An
    open transaction is rolled back by asyncpg all the same.
    """


async def _check_version(where: str) -> None:
    async with _pool().acquire() as connection:
        version = connection.get_server_version()
    if version.major < OLDEST_SERVER:
        raise StartError(
            f"The server {where} is PostgreSQL {version.major}.{version.minor}, and version "
            f"{OLDEST_SERVER} or later is needed. Without TRACKER_DATABASE_URL the tracker brings "
            "its own."
        )


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname or 'this machine'}{parts.path}"


async def pending_migrations() -> list[str]:
    """Those that `migrate` would run, in their order."""
    return sorted(known_migrations() - await _migrations_which_ran())


def known_migrations() -> set[str]:
    """The migrations that this version of the tracker has."""
    # Read, not imported: at every start but a few, this is all there is to do.
    names = (
        re.search(r'^ID = "([^"]+)"', file.read_text(), re.MULTILINE)
        for file in _MIGRATIONS.glob("*.py")
    )
    return {name[1] for name in names if name}


async def _migrations_which_ran() -> set[str]:
    if await fetch_row("SELECT 1 WHERE to_regclass('migration') IS NOT NULL") is None:
        return set()
    rows = await fetch("SELECT name FROM migration WHERE app_name = 'tracker'")
    return {row["name"] for row in rows}
