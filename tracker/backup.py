"""The whole database in one file, and back, also on another server: PostgreSQL's own programs.

What is outside the database is the signing key alone, and losing it only means that forms open in
a browser have to be sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from tracker import database, embedded

_COPY_OF_MIGRATIONS = re.compile(rb"COPY public\.migration \(([^)]*)\) FROM stdin;")
_HEAD = 2 * 1024
"""Bytes at the start of a script in which its settings stand."""

# What one server writes and another does not know: the setting is of version 17 and later; the
# option of columns is of older ones with the security release of November 2026, and only a pg_dump
# of the same release knows to leave it out.
_FOR_SOME_SERVERS = re.compile(
    rb"^(?:SET transaction_timeout = 0;|ALTER TABLE ONLY \S+ ALTER COLUMN \S+ SET \(pg_attver=\d+\);)"
    rb"\n",
    re.MULTILINE,
)


class BackupError(Exception):
    """It was not done. The message says why, and what to do."""


async def back_up(file: Path) -> None:
    """Write everything, as it is at this moment, to `file`; the server may be at work meanwhile.

    The file appears when it is whole, readable for its owner alone. Needs the database started.
    """
    await _require_readable_server()
    draft = file.with_name(f".{file.name}.part")
    try:
        draft.touch(mode=0o600)
        with _connection() as connection:
            await asyncio.to_thread(
                _run,
                "pg_dump",
                # Tables by name: what extensions put there belongs to the server, not to us.
                *("--format=custom", "--no-owner", "--no-privileges", "--table=public.*"),
                f"--file={draft}",
                *connection,
            )
        draft.replace(file)
    except OSError as problem:
        raise BackupError(f"{file} cannot be written: {problem.strerror}.") from problem
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


async def restore(file: Path, *, replace: bool) -> None:
    """Make the database what it was, all or nothing, and bring its tables up to date.

    Needs the database started, and nobody else at work on it. Refuses one that holds people,
    unless `replace`.
    """
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    ran = await asyncio.to_thread(_migrations_in, file)
    if ran - database.known_migrations():
        raise BackupError(
            f"{file} was written by a newer version of the tracker. Install that version, or a "
            "later one, and restore it there."
        )
    if await database.fetch_row(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        " AND application_name = 'orange-friday' AND pid <> pg_backend_pid() LIMIT 1"
    ):
        raise BackupError("A tracker is at work on this database. Stop it, then restore.")
    if not replace and await _holds_people():
        raise BackupError(
            "This database holds people already. With --replace, all that is in it is lost: back "
            "it up first."
        )
    # As SQL rather than straight into the database: so that what was there goes in the same
    # transaction in which the other comes.
    tables = await database.fetch(
        "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables t"
        " WHERE schemaname = 'public' AND NOT EXISTS (SELECT 1 FROM pg_depend d"
        "  WHERE d.objid = format('%I.%I', schemaname, tablename)::regclass AND d.deptype = 'e')"
    )
    drop = "".join(f"DROP TABLE IF EXISTS {row['name']} CASCADE;\n" for row in tables)
    with _connection() as connection:
        await asyncio.to_thread(_replay, file, drop, connection)
    await database.migrate()


def _replay(file: Path, first: str, connection: list[str]) -> None:
    """Run `first` and then everything in `file`, in one transaction, in flat memory."""
    with _program(
        "psql",
        *("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"),
        "--output=/dev/null",
        *connection,
    ) as sink:
        assert sink.stdin is not None
        try:
            sink.stdin.write(f"SET client_min_messages = warning;\n{first}".encode())
            for section in ("pre-data", "data", "post-data"):
                _pass_on(file, section, sink.stdin)
        except BrokenPipeError:
            # It has said why it stopped, and that is told when it has ended.
            pass


def _pass_on(file: Path, section: str, sink: IO[bytes]) -> None:
    with _program(
        "pg_restore",
        *("--no-owner", "--no-privileges", f"--section={section}", "--file=-"),
        str(file),
    ) as source:
        assert source.stdout is not None
        # The definitions are short, and read whole; of the rows, only what stands before them.
        head = source.stdout.read(_HEAD if section == "data" else -1)
        sink.write(_FOR_SOME_SERVERS.sub(b"", head))
        shutil.copyfileobj(source.stdout, sink)


def _migrations_in(file: Path) -> set[str]:
    """The names of the migrations that ran on the database a file was made from."""
    data = _run("pg_restore", "--data-only", "--table=migration", "--file=-", str(file))
    lines = iter(data.splitlines())
    for line in lines:
        if start := _COPY_OF_MIGRATIONS.match(line):
            place = start[1].split(b", ").index(b"name")
            rows = iter(lambda: next(lines, b"\\."), b"\\.")
            return {row.split(b"\t")[place].decode() for row in rows}
    raise BackupError(f"{file} is no backup of a tracker's database.")


async def _holds_people() -> bool:
    if await database.fetch_row("SELECT 1 WHERE to_regclass('public.people') IS NOT NULL") is None:
        return False
    return await database.fetch_row("SELECT 1 FROM people LIMIT 1") is not None


async def _require_readable_server() -> None:
    row = await database.fetch_row("SELECT current_setting('server_version_num')::int AS version")
    assert row is not None
    theirs = row["version"] // 10000
    ours = int(_run("pg_dump", "--version").split()[2].partition(b".")[0])
    if theirs > ours:
        raise BackupError(
            f"The server is PostgreSQL {theirs}, and the tracker brings the programs of version "
            f"{ours}, which do not read a newer server. Use that server's own: "
            "pg_dump --format=custom --no-owner --no-privileges --table='public.*' --file=FILE"
        )


def _run(name: str, *arguments: str) -> bytes:
    """What a program printed. Raises BackupError with what it complained about."""
    with _program(name, *arguments) as process:
        assert process.stdout is not None
        return process.stdout.read()


@contextlib.contextmanager
def _program(name: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of PostgreSQL's at work. At the end it is waited for, and must have ended well."""
    with tempfile.TemporaryFile() as complaints:
        with subprocess.Popen(
            [str(embedded.program(name)), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
        ) as process:
            assert process.stdin is not None
            try:
                yield process
            except BaseException:
                process.kill()
                raise
            finally:
                # What is still to be written cannot be, where it has ended already.
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
        if process.returncode != 0:
            complaints.seek(0)
            said = complaints.read()[-2000:].decode(errors="replace").strip()
            raise BackupError(f"{name} failed: {said or 'it was stopped'}")


@contextlib.contextmanager
def _connection() -> Iterator[list[str]]:
    """Arguments by which PostgreSQL's programs reach the started database.

    A password goes through a file of its own: arguments can be seen by others on the machine.
    """
    given = database.connection_arguments()
    if "dsn" not in given:
        yield [
            f"--host={given['host'][0]}",
            f"--port={given['port']}",
            f"--username={given['user']}",
            f"--dbname={given['database']}",
        ]
        return
    parts = urlsplit(given["dsn"])
    query = dict(parse_qsl(parts.query))
    password = query.pop("password", "") or unquote(parts.password or "")
    user, _, _ = parts.netloc.rpartition("@")[0].partition(":")
    place = parts.netloc.rpartition("@")[2]
    parts = parts._replace(netloc=f"{user}@{place}" if user else place)
    with tempfile.NamedTemporaryFile("w", prefix="orange-friday-") as file:
        if password:
            escaped = password.replace("\\", "\\\\").replace(":", "\\:")
            file.write(f"*:*:*:*:{escaped}\n")
            file.flush()
            query["passfile"] = file.name
        yield [f"--dbname={parts._replace(query=urlencode(query)).geturl()}"]


__all__ = ["BackupError", "back_up", "restore"]
