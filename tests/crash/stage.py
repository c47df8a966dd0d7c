"""Databases of their own on the tests' server, and real server processes on them.

What is tested here is killed and watched from outside, so nothing goes through `tracker.database`
of this process: statements go over a connection of asyncpg's, the server is `tracker serve`. Each
server is a process of its own, forked from one that has imported the program already: thirty starts
are thirty times a second of importing.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import asyncpg

from tracker import commands
from tracker import database as door

ROOT = Path(__file__).parents[2]
TRACKER = (sys.executable, "-m", "tracker")
PATIENCE = 60.0
"""Seconds that anything may take on a busy machine."""

WAITING = (
    "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
    " AND wait_event_type = 'Lock')"
)
"""Whether somebody waits for what is `held`."""
RELEASE = "SELECT 1 FROM releases WHERE published_at IS NULL FOR UPDATE"
NOTICES = "LOCK TABLE notices IN SHARE MODE"


forking = multiprocessing.get_context("forkserver")
forking.set_forkserver_preload(
    [__name__, "tracker.server", "tracker.sample", "piccolo.apps.migrations.commands.forwards"]
)


def _serve(environment: dict[str, str], journal: Path) -> None:
    """What the server's process does, from beginning to end."""
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    with journal.open("ab") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    sys.argv = ["tracker", "serve", "--host", "127.0.0.1", "--port", "0"]
    commands.main()


class Server:
    """A process of `tracker serve`, with its scheduler on."""

    def __init__(self, environment: Mapping[str, str], journal: Path) -> None:
        """Does not wait until it answers. What it says goes to the end of `journal`."""
        journal.touch()
        self._journal = journal
        self._ended = False
        self._process = forking.Process(target=_serve, args=(dict(environment), journal))
        self._process.start()

    @property
    def said(self) -> str:
        return self._journal.read_text()

    def check(self) -> None:
        """Fails, with what it said, if the server has ended by itself."""
        assert self._ended or self._process.exitcode is None, self.said

    async def answers(self) -> None:
        """Wait until it has said where it is."""
        async with asyncio.timeout(PATIENCE):
            while "Orange Friday" not in self.said:
                self.check()
                await asyncio.sleep(0.02)

    def freeze(self) -> None:
        """Stop it where it is: what it has asked of the database goes on, nothing else does."""
        assert self._process.pid is not None
        os.kill(self._process.pid, signal.SIGSTOP)

    async def kill(self) -> None:
        """As the kernel does when memory is short: no chance to finish anything."""
        self._ended = True
        self._process.kill()
        await self._end()

    async def stop(self) -> int:
        """Ask it to stop and wait; returns its exit code."""
        self._ended = True
        self._process.terminate()
        return await self._end()

    async def _end(self) -> int:
        await asyncio.to_thread(self._process.join, PATIENCE)
        code = self._process.exitcode
        assert code is not None, self.said
        return code


class Stage:
    """One database; `connection` looks at it and changes it from outside."""

    def __init__(self, name: str, folder: Path, url: str, connection: asyncpg.Connection) -> None:
        self.name = name
        self.connection = connection
        self._folder = folder
        self.url = url
        self._servers: list[Server] = []

    async def migrate(self) -> None:
        """Make the tables, and nothing in them."""
        process = await asyncio.create_subprocess_exec(
            *TRACKER,
            "migrate",
            cwd=ROOT,
            env=self._environment,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if "TRACKER_" not in name},
            "TRACKER_DATABASE_URL": self.url,
            "TRACKER_DATA": str(self._folder),
            "TRACKER_SECRET_KEY": "a key for tests only, of no worth to anybody",
            "TRACKER_LOG_FORMAT": "json",
            "PYTHONUNBUFFERED": "1",
        }

    def serve(self) -> Server:
        number = len(self._servers)
        server = Server(self._environment, self._folder / f"{self.name}.{number}.log")
        self._servers.append(server)
        return server

    async def until(self, question: str, *values: object, every: float = 0.005) -> None:
        """Wait until the database says yes; fails when the server ends before that."""
        async with asyncio.timeout(PATIENCE):
            while not await self.connection.fetchval(question, *values):
                if self._servers:
                    self._servers[-1].check()
                await asyncio.sleep(every)

    @asynccontextmanager
    async def held(self, statement: str) -> AsyncIterator[None]:
        """What the statement locks is held until the end of the block, as by another process."""
        other = await asyncpg.connect(self.url)
        try:
            async with other.transaction():
                await other.execute(statement)
                yield
        finally:
            await other.close()

    async def alone(self) -> None:
        """Wait until the database has noticed that everybody else is gone."""
        await self.until(
            "SELECT count(*) = 0 FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    async def close(self) -> None:
        for server in self._servers:
            await server.kill()
        await self.connection.close()


def _url_of(name: str) -> str:
    """Where a database on the tests' server is, for another process."""
    arguments = door.connection_arguments()
    if "dsn" in arguments:
        return f"{str(arguments['dsn']).rsplit('/', 1)[0]}/{name}"
    where = urlencode({"host": arguments["host"][0], "port": arguments["port"]}, quote_via=quote)
    return f"postgresql://{arguments['user']}@/{name}?{where}"


@asynccontextmanager
async def stage(folder: Path, *, like: str = "") -> AsyncIterator[Stage]:
    """A database, empty or a copy of the one called `like`; dropped at the end.

    The fixture `settings` has that server running; its data directory will do as `folder`.
    """
    name = f"orange_friday_crash_{secrets.token_hex(4)}"
    given = "dsn" in door.connection_arguments()
    fresh = " TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'" if given else ""
    await door.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {like}" if like else fresh))
    url = _url_of(name)
    here = Stage(name, folder, url, await asyncpg.connect(url))
    try:
        yield here
    finally:
        await here.close()
        await door.execute(f"DROP DATABASE {name} WITH (FORCE)")
