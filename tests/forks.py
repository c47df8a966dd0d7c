"""Processes of `triage` and `tracker` that start in ten milliseconds instead of hundreds.

One process loads a command and its libraries, once, and forks for every command line: what runs is
a process of its own, with its own streams, environment and session. tests/triage/test_start.py,
tests/running/test_wheel.py and every server start the slow way.

`python -m tests.forks FD COMMAND` is that process; it ends when the other end of the socket is
closed.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import importlib
import io
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, NoReturn

import pytest

ROOT = Path(__file__).parent.parent


@dataclass
class Forked:
    """Like asyncio's process, as far as it is needed."""

    stdout: asyncio.StreamReader
    stderr: asyncio.StreamReader
    stdin: asyncio.StreamWriter | None
    _ending: asyncio.StreamReader
    pid: int
    returncode: int | None = None

    async def wait(self) -> int:
        if self.returncode is None:
            self.returncode = int(await self._ending.read())
        return self.returncode

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    async def communicate(self, given: bytes) -> tuple[bytes, bytes]:
        out, err, _ = await asyncio.gather(
            self.stdout.read(), self.stderr.read(), self._give(given)
        )
        await self.wait()
        return out, err

    async def _give(self, given: bytes) -> None:
        assert self.stdin is not None
        # It need not read all of it, or any.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.stdin.write(given)
            await self.stdin.drain()
        self.stdin.close()


class Loaded:
    """A command, ready to be forked from."""

    def __init__(self, command: str) -> None:
        self._asked, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forks", str(theirs.fileno()), command],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def ask(
        self, words: tuple[str, ...], environment: Mapping[str, str], ends: Sequence[int]
    ) -> None:
        """Start one with `ends` as its stdin, stdout and stderr, and as fourth what its number and,
        at the end, its exit code are written to. Our copies of them are closed."""
        request = json.dumps({"words": words, "environment": dict(environment)}).encode()
        try:
            self._asked.sendall(len(request).to_bytes(4, "big"))
            socket.send_fds(self._asked, [request[:1]], ends)
            self._asked.sendall(request[1:])
        finally:
            for end in ends:
                os.close(end)

    def close(self) -> None:
        self._asked.close()
        self._process.wait(10)


class Forks:
    """`triage`, for tests that share the loop with the server."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded

    async def start(
        self, words: tuple[str, ...], environment: Mapping[str, str], terminal: int | None = None
    ) -> Forked:
        """`triage` with these words; `terminal` is its stdin, else a pipe is."""
        readers, theirs = [], []
        for _ in range(3):
            ours, end = os.pipe()
            readers.append(await _reader(ours))
            theirs.append(end)
        out, err, ending = readers
        writer = None
        if terminal is None:
            theirs_in, ours = os.pipe()
            writer = await _writer(ours)
        else:
            theirs_in = os.dup(terminal)
        self._loaded.ask(words, environment, [theirs_in, *theirs])
        pid = int(await ending.readline())
        return Forked(out, err, writer, ending, pid)


async def _reader(end: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(end, "rb")
    )
    return reader


async def _writer(end: int) -> asyncio.StreamWriter:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.streams.FlowControlMixin(loop=loop), os.fdopen(end, "wb")
    )
    return asyncio.StreamWriter(transport, protocol, None, loop)


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    loaded = Loaded("triage")
    yield Forks(loaded)
    loaded.close()


@cache
def tracker() -> Loaded:
    """`tracker`, loaded where it is first run and until the tests end."""
    loaded = Loaded("tracker")
    atexit.register(loaded.close)
    return loaded


def run_tracker(
    words: tuple[str, ...], environment: Mapping[str, str], stdin: str, *, longest: float
) -> tuple[int, str, str]:
    """`tracker` with these words, from start to end: its exit code, and what it printed. What it
    started itself, a database say, may go on."""
    with tempfile.TemporaryFile() as given, _files() as (out, err):
        given.write(stdin.encode())
        given.seek(0)
        ours, theirs = os.pipe()
        files = [os.dup(file.fileno()) for file in (given, out, err)]
        with os.fdopen(ours, encoding="ascii") as ending:
            tracker().ask(words, environment, [*files, theirs])
            pid = int(ending.readline())
            if not select.select([ending], [], [], longest)[0]:
                os.kill(pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(["tracker", *words], longest)
            code = int(ending.read())
        for file in (out, err):
            file.seek(0)
        return code, out.read().decode(), err.read().decode()


@contextlib.contextmanager
def _files() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        yield out, err


def _exactly(asked: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size and (part := asked.recv(size - len(found))):
        found += part
    return found


def _load(command: str) -> Callable[[], None]:
    """Everything that the command may need, and its entry point."""
    if command == "triage":
        from cli.client import load_httpx
        from cli.main import main as triage

        load_httpx()
        for name in ("httpx", "platformdirs", "rich.console", "rich.table", "rich.padding"):
            importlib.import_module(name)
        for path in (ROOT / "cli").glob("[a-z]*.py"):
            importlib.import_module(f"cli.{path.stem}")
        return triage
    from tracker.commands import main as tracker

    for path in (ROOT / "tracker").rglob("[a-z]*.py"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if "piccolo_migrations" not in name:
            importlib.import_module(name)
    return tracker


def main() -> None:
    """Fork for whatever is asked, one after the other."""
    command = _load(sys.argv[2])
    # Those who wait for a command are waited for by nobody.
    signal.signal(signal.SIGCHLD, _bury)
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        while size := int.from_bytes(_exactly(asked, 4), "big"):
            first, ends, _flags, _address = socket.recv_fds(asked, 1, 4)
            request = json.loads(first + _exactly(asked, size - 1))
            if os.fork() == 0:
                asked.close()
                _wait_for(command, request["words"], request["environment"], *ends)
            for end in ends:
                os.close(end)


def _bury(*_: object) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _wait_for(
    command: Callable[[], None],
    words: list[str],
    environment: dict[str, str],
    stdin: int,
    out: int,
    err: int,
    ending: int,
) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        os.close(ending)
        for end, number in ((stdin, 0), (out, 1), (err, 2)):
            os.dup2(end, number)
            os.close(end)
        _be(command, words, environment)
    for end in (stdin, out, err):
        os.close(end)
    os.write(ending, f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    os.write(ending, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _be(command: Callable[[], None], words: list[str], environment: dict[str, str]) -> NoReturn:
    """The command, as it is when it was started by itself."""
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    # A program at this place in the C locales takes any bytes, and gives them back.
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        before = getattr(sys, name)
        stream = io.TextIOWrapper(
            open(number, f"{mode}b", closefd=False),  # noqa: SIM115
            encoding=before.encoding,
            errors=before.errors,
            line_buffering=name == "stderr" or os.isatty(number),
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.argv = [sys.argv[2], *words]
    code = 0
    try:
        command()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        for out in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):
                out.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
