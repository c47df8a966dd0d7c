"""Processes of the `triage` command that start in ten milliseconds instead of three hundred.

One process loads the command and its libraries, once, and forks for every command line: what runs
is a process of its own, with its own streams, environment and session. tests/triage/test_start.py
starts the command the slow way.

`python -m tests.forks FD` is that process; it ends when the other end of the socket is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

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


class Forks:
    def __init__(self, asked: socket.socket) -> None:
        self._asked = asked

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
        request = json.dumps({"words": words, "environment": dict(environment)}).encode()
        given = [theirs_in, *theirs]
        try:
            self._asked.sendall(len(request).to_bytes(4, "big"))
            socket.send_fds(self._asked, [request[:1]], given)
            self._asked.sendall(request[1:])
        finally:
            for end in given:
                os.close(end)
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
    ours, theirs = socket.socketpair()
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    with ours, theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.forks", str(theirs.fileno())],
            cwd=ROOT,
            env=environment,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        yield Forks(ours)
        ours.close()
        process.wait(10)


def _exactly(asked: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size and (part := asked.recv(size - len(found))):
        found += part
    return found


def main() -> None:
    """Fork for whatever is asked, one after the other."""
    from cli.client import load_httpx

    load_httpx()
    for name in ("httpx", "platformdirs", "rich.console", "rich.table", "rich.padding", "uuid"):
        importlib.import_module(name)
    for path in (ROOT / "cli").glob("[a-z]*.py"):
        importlib.import_module(f"cli.{path.stem}")
    # Those who wait for a command are waited for by nobody.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        while size := int.from_bytes(_exactly(asked, 4), "big"):
            first, ends, _flags, _address = socket.recv_fds(asked, 1, 4)
            request = json.loads(first + _exactly(asked, size - 1))
            if os.fork() == 0:
                asked.close()
                _wait_for(request["words"], request["environment"], *ends)
            for end in ends:
                os.close(end)


def _wait_for(
    words: list[str], environment: dict[str, str], stdin: int, out: int, err: int, ending: int
) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        os.close(ending)
        for end, number in ((stdin, 0), (out, 1), (err, 2)):
            os.dup2(end, number)
            os.close(end)
        _be(words, environment)
    for end in (stdin, out, err):
        os.close(end)
    os.write(ending, f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    os.write(ending, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _be(words: list[str], environment: dict[str, str]) -> NoReturn:
    """The command, as it is when it was started by itself."""
    from cli.main import main as triage

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
    sys.argv = ["triage", *words]
    code = 0
    try:
        triage()
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
