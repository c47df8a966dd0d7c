"""The servers that are measured, each a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.bench import seed
from tracker import database
from tracker.settings import Settings


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@dataclass(frozen=True)
class Server:
    url: str
    pid: int
    seconds: float
    """From its start to its first answer."""

    def memory(self) -> float:
        """Resident, in MB."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("no such process")


@contextlib.contextmanager
def started(*command: str, path: str, data: Path | None = None) -> Iterator[Server]:
    """A Python module as a server, once it answers at `path`. `{port}` is where it listens."""
    port = free_port()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    if data is not None:
        environment |= {"TRACKER_DATA": str(data)}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", *(part.format(port=port) for part in command)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _until_it_answers(url + path, process)
        yield Server(url, process.pid, time.perf_counter() - begun)
    finally:
        process.terminate()
        process.wait(60)


def _until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(6000):
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except (urllib.error.URLError, ConnectionError):
            if process.poll() is not None:
                raise RuntimeError("the server did not start") from None
            time.sleep(0.01)
    raise RuntimeError("the server does not answer")


def tracker(data: Path, *, path: str = "/healthz") -> contextlib.AbstractContextManager[Server]:
    return started(*("tracker", "serve", "--port", "{port}", "--no-schedule"), path=path, data=data)


def bare(size: int = 0) -> contextlib.AbstractContextManager[Server]:
    return started("tests.bench.bare", "{port}", str(size), path="/")


def fill(data: Path, *, reports: int) -> None:
    """Make a data directory with a programme of that size in it."""

    async def make() -> None:
        await database.start(Settings(data=data))
        await database.migrate()
        connection = await asyncpg.connect(**database.connection_arguments())
        await seed.fill(connection, reports=reports)
        await connection.close()
        await database.stop()

    asyncio.run(make())


class QueryCount:
    """Counts the statements that reach the embedded server, by its own log."""

    def __init__(self, data: Path) -> None:
        self._log = data / "postgres.log"
        self._data = data

    @contextlib.contextmanager
    def counting(self) -> Iterator[None]:
        asyncio.run(self._say("ALTER SYSTEM SET log_min_duration_statement = 0"))
        try:
            yield
        finally:
            asyncio.run(self._say("ALTER SYSTEM RESET log_min_duration_statement"))

    async def _say(self, statement: str) -> None:
        await database.start(Settings(data=self._data))
        await database.execute(statement)
        await database.execute("SELECT pg_reload_conf()")
        await database.stop()
        await asyncio.sleep(0.2)

    def of(self, url: str, headers: dict[str, str]) -> int:
        """Statements of one request, after one that warms up."""
        request = urllib.request.Request(url, headers=headers)
        counts = []
        for _ in range(3):
            before = self.so_far()
            with urllib.request.urlopen(request, timeout=30) as answer:
                answer.read()
            time.sleep(0.05)
            counts.append(self.so_far() - before)
        return min(counts)

    def so_far(self) -> int:
        """Statements in the log by now."""
        return sum(
            " execute " in line or " statement: " in line
            for line in self._log.read_text(errors="replace").splitlines()
        )
