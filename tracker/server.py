"""`tracker serve`: one command from an empty directory to pages that answer."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from types import FrameType
from typing import Literal
from urllib.parse import urlsplit

import structlog
import uvicorn
from litestar import Litestar
from uvicorn.supervisors import Multiprocess

from tracker import database, logs
from tracker.app import create_app
from tracker.errors import Conflict
from tracker.settings import Settings

log = structlog.stdlib.get_logger(__name__)

GRACE = 30
"""Seconds that requests under way have to finish in when the server is told to stop."""


class CannotListen(Exception):
    """The address cannot be had. The message says which and why."""


def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int = 1,
    schedule: bool = True,
    proxies: str = "127.0.0.1",
    say: Callable[[str], object],
) -> None:
    """Prepare the database, say where to look, and answer until SIGTERM or SIGINT.

    Then no request is taken any more, those under way are finished, and so is the schedule's work.
    `proxies` are the addresses whose X-Forwarded-For is believed. Raises CannotListen and
    database.StartError.
    """
    stopping = _Stopping()
    listener = _listen(host, port)
    settings = _with_address(settings, listener)
    with database.running(settings):
        private = _is_private(listener, settings)
        people = asyncio.run(_prepare(settings, may_load_sample=private))
        if people == "the cast" and not private:
            log.warning("others can reach this server, and everybody knows the cast's password")
        welcome = functools.partial(say, _welcome(settings, people))
        config = uvicorn.Config(
            functools.partial(application, settings, schedule=schedule),
            factory=True,
            workers=workers,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=proxies,
            timeout_graceful_shutdown=GRACE,
        )
        stopping.politely = True
        if workers > 1:
            welcome()
            _run_many(config, listener)
        else:
            _Server(config, welcome).run([listener])


def application(settings: Settings, *, schedule: bool) -> Litestar:
    """What each worker runs; in a process of its own it has to set up its log first."""
    logs.configure(settings.log_format, debug=settings.debug)
    return create_app(settings, schedule=schedule)


class _Server(uvicorn.Server):
    """Says where it is once it answers there."""

    def __init__(self, config: uvicorn.Config, welcome: Callable[[], object]) -> None:
        super().__init__(config)
        self._welcome = welcome

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._welcome()


class _Stopping:
    """What SIGTERM and SIGINT do to this process, apart from what the server makes of them.

    The server raises the signal again once it has stopped. With the system's own handler that
    would end the process on the spot, and leave the embedded database running.
    """

    politely = False

    def __init__(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        sys.exit(0 if self.politely else 128 + number)


def _run_many(config: uvicorn.Config, listener: socket.socket) -> None:
    supervisor = Multiprocess(config, [listener])
    supervisor.run()
    # A worker that stopped when told to ends by that signal after all its work.
    if any(process.exitcode not in (0, -signal.SIGTERM) for process in supervisor.processes):
        sys.exit(1)


People = Literal["nobody", "the cast", "others"]


async def _prepare(settings: Settings, *, may_load_sample: bool) -> People:
    """Tables, and where it may be the sample programme. Returns who has an account."""
    from tracker import sample
    from tracker.channels.keys import vapid_key

    await database.start(settings)
    try:
        await database.migrate()
        if await sample.is_empty():
            await vapid_key()
            if not may_load_sample:
                return "nobody"
            # Another server that starts on the same database may be faster.
            with contextlib.suppress(Conflict):
                await sample.load(datetime.now(UTC), settings)
                log.info("sample programme loaded")
        return "the cast" if await sample.cast_signs_in() else "others"
    finally:
        await database.stop()


def _is_private(listener: socket.socket, settings: Settings) -> bool:
    """Whether only this machine gets here: neither its network nor a proxy in front of us.

    The sample programme has passwords that everybody knows, so it is loaded only there.
    """
    host = urlsplit(settings.base_url).hostname or ""
    return _is_loopback(listener.getsockname()[0]) and _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as problem:
        raise CannotListen(
            f"Cannot listen on {host} port {port}: {problem.strerror or problem}. "
            "Choose another with --port, or stop what uses it."
        ) from problem
    listener.set_inheritable(True)
    return listener


def _with_address(settings: Settings, listener: socket.socket) -> Settings:
    """Without TRACKER_BASE_URL, links lead to where the server really listens."""
    default = next(field for field in fields(Settings) if field.name == "base_url")
    if settings.base_url != default.metadata["default"]:
        return settings
    host, port = listener.getsockname()[:2]
    if ip_address(host).is_unspecified:
        host = "127.0.0.1"
    host = f"[{host}]" if ":" in host else host
    return replace(settings, base_url=f"http://{host}:{port}")


def _welcome(settings: Settings, people: People) -> str:
    lines = ["", f"  橙色星期五 · Orange Friday    {settings.base_url}", ""]
    if people == "the cast":
        from tracker.sample import CAST, INVITATION, PASSWORD

        lines += [
            "  The sample programme is in it. Sign in as any of its cast;",
            f"  the password of each is {PASSWORD}",
            "",
            *(f"    {player.handle:8} {player.part.en}" for player in CAST),
            "",
            f"  Or come in as somebody new: {settings.base_url}/join/{INVITATION}",
            "",
        ]
    elif people == "nobody":
        lines += [
            "  Nobody has an account yet. Make the first one:",
            "",
            "    tracker person add HANDLE --role admin",
            "    tracker person password HANDLE",
            "",
        ]
    return "\n".join(lines)
