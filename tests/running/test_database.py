"""Transactions, raw SQL, migrations: the one door to PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import asyncpg
import pytest

from tracker import database as door
from tracker.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def scratch(database: None) -> None:
    """A table of our own, for a test about the database and not about the product."""
    await door.execute("DROP TABLE IF EXISTS scratch; CREATE TABLE scratch (id int PRIMARY KEY)")


async def stored() -> list[int]:
    return [row["id"] for row in await door.fetch("SELECT id FROM scratch ORDER BY id")]


async def test_a_failed_block_leaves_nothing(scratch: None) -> None:
    with pytest.raises(ZeroDivisionError):
        async with door.transaction():
            await door.execute("INSERT INTO scratch VALUES (1)")
            raise ZeroDivisionError
    assert await stored() == []


async def test_a_block_within_a_block_is_the_outer_one(scratch: None) -> None:
    with pytest.raises(ZeroDivisionError):
        async with door.transaction():
            async with door.transaction():
                await door.execute("INSERT INTO scratch VALUES (1)")
            raise ZeroDivisionError
    assert await stored() == []


async def test_raw_sql_sees_what_its_transaction_wrote_and_others_do_not(scratch: None) -> None:
    async with door.transaction():
        assert await door.execute("INSERT INTO scratch VALUES ($1)", 1) == "INSERT 0 1"
        assert await stored() == [1]
        outside = await asyncpg.connect(**door.connection_arguments())
        assert await outside.fetchval("SELECT count(*) FROM scratch") == 0
        await outside.close()
    assert await stored() == [1]


async def test_a_commit_that_fails_gives_its_connection_back(
    scratch: None, settings: Settings
) -> None:
    await door.execute(
        "ALTER TABLE scratch ADD other int REFERENCES scratch DEFERRABLE INITIALLY DEFERRED"
    )
    for _ in range(settings.pool_size + 1):
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with door.transaction():
                await door.execute("INSERT INTO scratch VALUES (1, 7)")
    async with asyncio.timeout(5):
        assert await stored() == []


async def test_a_cancelled_request_gives_its_connection_back(
    scratch: None, settings: Settings
) -> None:
    async def request() -> None:
        async with door.transaction():
            await door.execute("INSERT INTO scratch VALUES (1)")
            await door.execute("SELECT pg_sleep(30)")

    for _ in range(settings.pool_size + 1):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await request()
    async with asyncio.timeout(5):
        assert await stored() == []


async def test_migrating_again_does_nothing(database: None) -> None:
    assert await door.migrate() == []


async def test_the_migrations_make_the_tables_that_the_code_has(database: None) -> None:
    """What `piccolo migrations new tracker --auto` would write is: nothing."""
    from piccolo.apps.migrations.auto import DiffableTable, SchemaDiffer, SchemaSnapshot
    from piccolo.apps.migrations.commands.base import BaseMigrationManager

    from tracker.piccolo_app import APP_CONFIG

    path = list(sys.path)
    managers = await BaseMigrationManager().get_migration_managers(app_config=APP_CONFIG)
    sys.path[:] = path
    differ = SchemaDiffer(
        schema=[
            DiffableTable(
                class_name=table.__name__,
                tablename=table._meta.tablename,
                schema=table._meta.schema,
                columns=table._meta.non_default_columns,
            )
            for table in APP_CONFIG.table_classes
        ],
        schema_snapshot=SchemaSnapshot(managers).get_snapshot(),
        auto_input="y",
    )
    statements = [line for part in differ.get_alter_statements() for line in part.statements]
    assert statements == []
    names = [table.__name__ for table in APP_CONFIG.table_classes]
    assert len(names) == len(set(names)), "a migration would add a new column once for each"


MIGRATE = """
import asyncio, sys
from tracker import database, logs
from tracker.settings import Settings

async def main():
    logs.configure("console")
    await database.start(Settings.from_environment())
    sys.stdin.readline()
    print(len(await database.migrate()))
    await database.stop()

asyncio.run(main())
"""


async def test_two_servers_starting_at_once_migrate_once(
    settings: Settings, tracker_environment: dict[str, str], tmp_path: Path
) -> None:
    if settings.database_url is None:
        tmp_path.chmod(0o711)
        environment = tracker_environment | {"TRACKER_DATA": str(tmp_path / "data")}
        await race(environment)
        return
    name = f"{settings.database_url.rsplit('/', 1)[1]}_race"
    await door.execute(f"CREATE DATABASE {name}")
    try:
        url = f"{settings.database_url}_race"
        await race(tracker_environment | {"TRACKER_DATABASE_URL": url})
    finally:
        await door.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def race(environment: dict[str, str]) -> None:
    on_disk = len(list((ROOT / "tracker/piccolo_migrations").glob("[!_]*.py")))
    starts = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", MIGRATE),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment,
            cwd=ROOT,
        )
        for _ in range(3)
    ]
    async with asyncio.timeout(60):
        said = await asyncio.gather(*(start.communicate(b"now\n") for start in starts))
    assert sorted(int(out) for out, _ in said) == [0, 0, on_disk]
    assert [start.returncode for start in starts] == [0, 0, 0]


async def test_a_server_out_of_reach_is_named_without_its_password() -> None:
    script = (
        "import asyncio, sys\n"
        "from tracker import database\n"
        "from tracker.settings import Settings\n"
        "try:\n"
        "    asyncio.run(database.start(Settings.from_environment()))\n"
        "except database.StartError as problem:\n"
        "    print(problem)\n"
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"TRACKER_DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/beta"},
        cwd=ROOT,
    )
    out, _ = await process.communicate()
    said = out.decode()
    assert "127.0.0.1/beta cannot be reached" in said
    assert "TRACKER_DATABASE_URL" in said
    assert "secret" not in said
