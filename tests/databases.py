"""The database that tests run on.

Ask for `database` and the test begins with every table empty and every number at 1; it works
through the application, or through `tracker.database` and the tables, all on the same pool. One
migrated database serves the whole session, which is that of one process where several share the
tests: the embedded server in a temporary directory, or with
TRACKER_TEST_DATABASE_URL=postgresql://user@host:5432/postgres a database of its own on that
server, dropped at the end (the user must be allowed to create one).

Ask for `settings` to know where it is, and for `tracker_environment` to give it to a process that
the test starts. `on_given_server` says whether the server is one that was given.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import pytest_asyncio

from tracker import database as door
from tracker.settings import Settings

# A crash of the machine may cost a test run its data, so nothing waits for the disk.
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

GIVEN_SERVER = os.environ.get("TRACKER_TEST_DATABASE_URL", "").strip()


@pytest_asyncio.fixture(scope="session")
async def settings() -> AsyncIterator[Settings]:
    """The settings of this session, with the database started and migrated."""
    with tempfile.TemporaryDirectory(prefix="orange-friday-") as directory:
        data = Path(directory)
        # As root, the server runs as another user, who has to get through to its data.
        data.chmod(0o711)
        async with _own_database() as url:
            settings = Settings(
                data=data,
                database_url=url,
                secret_key="a key for tests only, of no worth to anybody",
                # What is done is heard of at the next tick; the window has tests of its own.
                undo_window=timedelta(),
            )
            await door.start(settings, server_options=UNSAFE)
            try:
                await door.migrate()
                yield settings
            finally:
                await door.stop()


@pytest_asyncio.fixture(scope="session")
async def _emptying(settings: Settings) -> str:
    """One statement that empties every table and sets every number back.

    Deleting takes 1 ms where TRUNCATE takes 15: most tables are empty, the rest nearly so.
    Foreign keys are looked at when the whole statement is done, so the order does not matter.
    """
    tables = await door.fetch(
        "SELECT quote_ident(tablename) AS name FROM pg_tables "
        "WHERE schemaname = 'public' AND tablename <> 'migration'"
    )
    numbers = await door.fetch(
        "SELECT quote_literal(quote_ident(sequencename)) AS name, start_value FROM pg_sequences "
        "WHERE schemaname = 'public' AND sequencename <> 'migration_id_seq'"
    )
    deletes = [f"_{n} AS (DELETE FROM {row['name']})" for n, row in enumerate(tables)]
    restarts = [f"setval({row['name']}, {row['start_value']}, false)" for row in numbers]
    return f"WITH {', '.join(deletes)} SELECT {', '.join(restarts) or '1'}"


@pytest_asyncio.fixture
async def database(_emptying: str) -> None:
    """The database, empty."""
    await door.execute(_emptying)


@pytest.fixture
def tracker_environment(settings: Settings) -> dict[str, str]:
    """Variables with which another process uses the same database."""
    given = {
        "TRACKER_DATA": str(settings.data),
        "TRACKER_SECRET_KEY": settings.secret_key or "",
        "TRACKER_UNDO_WINDOW": "0",
        "PYTHONUNBUFFERED": "1",
    }
    if settings.database_url is not None:
        given["TRACKER_DATABASE_URL"] = settings.database_url
    ours = {name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")}
    return ours | given


@pytest.fixture(scope="session")
def on_given_server() -> bool:
    """Whether the tests run on a server that was given, not on the embedded one."""
    return bool(GIVEN_SERVER)


@asynccontextmanager
async def _own_database() -> AsyncIterator[str | None]:
    """A fresh database on the given server. Without one: None, for the embedded server."""
    if not GIVEN_SERVER:
        yield None
        return
    name = f"orange_friday_test_{secrets.token_hex(6)}"
    owner = await asyncpg.connect(GIVEN_SERVER)
    try:
        await owner.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        )
        try:
            yield urlsplit(GIVEN_SERVER)._replace(path=f"/{name}").geturl()
        finally:
            await owner.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await owner.close()
