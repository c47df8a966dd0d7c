"""The application on a port of this machine, and the real `triage` process talking to it.

    async def test_…(triage_of, filed):
        erin = triage_of("erin")                        # signed in by her token
        ran = await erin("inbox", "--json")             # python -m cli inbox --json
        assert ran.code == 0
        assert ran.things == […]                        # its JSON lines

The server runs on the loop of the session, on its database and clock, so a test must not block
the loop while it waits for an answer: start processes with asyncio.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import pytest_asyncio
import uvicorn
from litestar import Litestar

from tests.cast import ApiOf, Cast, bearer_token
from tests.forks import Forked, Forks

ROOT = Path(__file__).parent.parent
LONGEST = 30.0
"""Seconds that a command may take on a busy machine."""


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl-C belongs to pytest."""
        yield


@pytest_asyncio.fixture(scope="session")
async def live_server(app: Litestar) -> AsyncIterator[str]:
    """The address of the application, listening until the session ends."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False)
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        if serving.done():
            serving.result()
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@dataclass(frozen=True)
class Ran:
    """How a command ended; `screen` is what the terminal echoed of what was typed."""

    code: int
    out: str
    err: str
    screen: str = ""

    @property
    def things(self) -> list[dict[str, Any]]:
        """The objects on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def thing(self) -> dict[str, Any]:
        """The one object on stdout."""
        (found,) = self.things
        return found

    @property
    def problems(self) -> list[dict[str, Any]]:
        """The problem documents on stderr."""
        return [json.loads(line) for line in self.err.splitlines()]


async def run_triage(
    *words: str,
    environment: Mapping[str, str],
    stdin: str | bytes = b"",
    typed: str | None = None,
    into: str = "cat",
    forks: Forks | None = None,
) -> Ran:
    """The `triage` process, from start to end. `environment` is all it has of ours.

    `typed` is the answer to what is asked on a terminal, which takes the place of stdin; ""
    where nothing is. `into` is the program at the other end of stdout.
    """
    at_terminal = typed is not None
    keyboard, terminal = os.openpty() if at_terminal else (-1, -1)
    process: Process | Forked
    whole = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **environment}
    if forks is not None and into == "cat":
        process = await forks.start(words, whole, terminal if at_terminal else None)
    else:
        process = await asyncio.create_subprocess_exec(
            *("sh", "-c", f'"$@" | {into}', "sh") if into != "cat" else (),
            *(sys.executable, "-m", "cli"),
            *words,
            cwd=ROOT,
            env=whole,
            stdin=terminal if at_terminal else asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # Without a controlling terminal, nothing is asked of whoever runs the tests.
            start_new_session=True,
        )
    try:
        async with asyncio.timeout(LONGEST):
            if typed is None:
                given = stdin.encode() if isinstance(stdin, str) else stdin
                out, err = await process.communicate(given)
                screen = b""
            else:
                out, err, screen = await _converse(process, keyboard, typed)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        if at_terminal:
            os.close(keyboard)
            os.close(terminal)
    assert process.returncode is not None
    return Ran(process.returncode, out.decode(), err.decode(), screen.decode())


async def _converse(
    process: Process | Forked, keyboard: int, typed: str
) -> tuple[bytes, bytes, bytes]:
    """Type the answer once it is asked for: what is typed before a hidden prompt is lost."""
    assert process.stdout is not None
    assert process.stderr is not None
    err = b""
    if typed:
        while not err.endswith(b": ") and (part := await process.stderr.read(4096)):
            err += part
        os.write(keyboard, typed.encode())
    out, rest = await asyncio.gather(process.stdout.read(), process.stderr.read())
    await process.wait()
    os.set_blocking(keyboard, False)
    with contextlib.suppress(BlockingIOError):
        return out, err + rest, os.read(keyboard, 65536)
    return out, err + rest, b""


class Triage(Protocol):
    async def __call__(
        self,
        *words: str,
        stdin: str | bytes = b"",
        typed: str | None = None,
        into: str = "cat",
        **environment: str,
    ) -> Ran: ...


class TriageOf(Protocol):
    def __call__(self, handle: str | None) -> Triage: ...


@pytest.fixture
def triage_of(live_server: str, cast: Cast, tmp_path: Path, forks: Forks) -> TriageOf:
    """`triage_of("erin")` is the command with erin's token; None: with none, and nothing saved."""

    def make(handle: str | None) -> Triage:
        home = tmp_path / (handle or "nobody")
        home.mkdir(exist_ok=True)
        given = {"HOME": str(home), "TRIAGE_CONFIG_DIR": str(home / "triage")}
        if handle is not None:
            given |= {"TRIAGE_URL": live_server, "TRIAGE_TOKEN": bearer_token(handle)}

        async def triage(
            *words: str,
            stdin: str | bytes = b"",
            typed: str | None = None,
            into: str = "cat",
            **environment: str,
        ) -> Ran:
            return await run_triage(
                *words,
                environment={**given, **environment},
                stdin=stdin,
                typed=typed,
                into=into,
                forks=forks,
            )

        return triage

    return make


class Filed(Protocol):
    async def __call__(self, title: str = "打开相机后闪退", **fields: Any) -> str: ...


@pytest.fixture
def filed(api_of: ApiOf, world: None) -> Filed:
    """Have a report filed, by `by` (alice) on her phone, and get its number."""

    async def file(title: str = "打开相机后闪退", **fields: Any) -> str:
        by = fields.pop("by", "alice")
        phone = {"device": "umi" if by == "bob" else "fuxi", "build": "26.11.20"}
        body = {**phone, "module": "camera", "title": title, **fields}
        response = await api_of(by).post("reports", json=body)
        assert response.status_code == 201, response.text
        number: str = response.json()["id"]
        return number

    return file


__all__ = ["Filed", "Ran", "Triage", "TriageOf", "filed", "live_server", "run_triage", "triage_of"]
