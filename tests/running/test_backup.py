"""The whole database goes into a file and comes back, here or on another server."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.given_server import find
from tests.running.commands import Tracker

pytestmark = pytest.mark.slow


@pytest.fixture
def tracker(moved_in: Tracker) -> Tracker:
    """With the sample programme in it, and one more person."""
    added = moved_in("person", "add", "dora", "--role", "fan", "--name", "朵拉 'D' \\ ;")
    assert added.code == 0, added.err
    return moved_in


def backed_up(tracker: Tracker) -> Path:
    file = tracker.data.parent / "backup"
    ran = tracker("backup", str(file))
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert "Written" in ran.err
    assert file.stat().st_mode & 0o777 == 0o600, "there are hashes of passwords in it"
    assert [path.name for path in tracker.data.parent.iterdir() if "backup" in path.name] == [
        "backup"
    ]
    return file


def test_into_a_new_place(tracker: Tracker, place: Path) -> None:
    file = backed_up(tracker)
    other = Tracker(place / "elsewhere")
    ran = other("restore", str(file))
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert other("person", "list").out == tracker("person", "list").out
    assert other("migrate").out == "The tables are up to date.\n"
    assert other("person", "add", "enno", "--role", "fan").code == 0, (
        "numbers go on where they were"
    )
    assert other("doctor").code == 0


def test_back_in_time(tracker: Tracker) -> None:
    file, before = backed_up(tracker), tracker("person", "list").out
    assert tracker("person", "add", "enno", "--role", "fan").code == 0

    refused = tracker("restore", str(file))
    assert refused.code == 1
    assert "holds people already" in refused.err
    assert "enno" in tracker("person", "list").out

    ran = tracker("restore", "--replace", str(file))
    assert ran.code == 0, ran.err
    assert tracker("person", "list").out == before


def test_while_the_server_works_and_not_while_it_works(tracker: Tracker) -> None:
    serving = tracker.serve()
    try:
        file = backed_up(tracker)
        refused = tracker("restore", "--replace", str(file))
        assert refused.code == 1
        assert "A tracker is at work on this database" in refused.err
    finally:
        assert serving.stop() == 0
    assert tracker("restore", "--replace", str(file)).code == 0


def test_what_is_no_whole_backup_changes_nothing(tracker: Tracker, place: Path) -> None:
    whole = backed_up(tracker).read_bytes()
    before = tracker("person", "list").out
    broken = place / "broken"
    for content in (b"", b"hello", whole[: len(whole) // 2], whole[:-100]):
        broken.write_bytes(content)
        ran = tracker("restore", "--replace", str(broken))
        assert ran.code == 1, len(content)
        assert "pg_restore failed" in ran.err
        assert "Traceback" not in ran.err
    assert tracker("person", "list").out == before


def test_a_backup_of_a_newer_tracker_is_refused(tracker: Tracker, place: Path) -> None:
    async def add_migration() -> None:
        connection = await asyncpg.connect(
            host=[str(tracker.data / "postgres")], user="tracker", database="tracker", ssl=False
        )
        await connection.execute(
            "INSERT INTO migration (name, app_name, ran_on)"
            " VALUES ('2099-01-01T00:00:00:000000', 'tracker', now())"
        )
        await connection.close()

    serving = tracker.serve("--no-schedule")
    try:
        asyncio.run(add_migration())
        file = backed_up(tracker)
    finally:
        assert serving.stop() == 0
    other = Tracker(place / "elsewhere")
    ran = other("restore", str(file))
    assert ran.code == 1
    assert "was written by a newer version of the tracker" in ran.err


OTHER_SERVER = asyncio.run(find())


@pytest.mark.skipif(OTHER_SERVER is None, reason="no PostgreSQL server answers on this machine")
def test_to_a_server_of_another_version_and_back(tracker: Tracker, place: Path) -> None:
    name = f"orange_friday_test_{secrets.token_hex(6)}"

    async def on_the_server(statement: str) -> None:
        owner = await asyncpg.connect(OTHER_SERVER)
        await owner.execute(statement)
        await owner.close()

    asyncio.run(
        on_the_server(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    )
    try:
        url = urlsplit(OTHER_SERVER or "")._replace(path=f"/{name}").geturl()
        given = Tracker(place / "given" / "data", {"TRACKER_DATABASE_URL": url})
        given.data.parent.mkdir()
        ran = given("restore", str(backed_up(tracker)))
        assert ran.code == 0, ran.err
        people = tracker("person", "list").out
        assert given("person", "list").out == people

        back = Tracker(place / "back")
        ran = back("restore", str(backed_up(given)))
        assert ran.code == 0, ran.err
        assert back("person", "list").out == people
    finally:
        asyncio.run(on_the_server(f"DROP DATABASE {name} WITH (FORCE)"))
