"""Calling the web: a few connections to each host, and what an answer means."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import zlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import msgspec
import structlog
from httpx_secure import SSRFProtectionError

from tracker.channels.base import Outcome, gone, later, refused, sent
from tracker.channels.guard import guarded

CALLS = 4
"""At once through one client: httpx slows down as its connections grow (1,280 calls/s at 8 of
them, 420 at 50), so a busy host has several clients. `make bench` compares them."""
HOSTS = 500
"""That connections are kept open to."""
PATIENCE = 10.0
"""Seconds that a host has to answer in."""
_READ = 128 * 1024
"""Bytes of an answer that are looked at."""
UNREACHABLE = "the server cannot be reached, or is not on the public internet"
"""Whichever it was: the difference would tell whoever gave the address about our network, such as
which names it knows."""

NOT_JSON = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What reading an answer may raise that is none, or one that was made to be in the way."""

log = structlog.stdlib.get_logger(__name__)


class _Clients:
    """Those of one host: calls to one that hangs take no connection from another's."""

    def __init__(self, make: Callable[[], httpx.AsyncClient], *, most: int) -> None:
        self._make = make
        self._most = most
        self._calls: dict[httpx.AsyncClient, int] = {}

    def take(self) -> httpx.AsyncClient:
        for client, calls in self._calls.items():
            if calls < self._most:
                self._calls[client] += 1
                return client
        client = self._make()
        self._calls[client] = 1
        return client

    def give(self, client: httpx.AsyncClient) -> None:
        self._calls[client] -= 1

    @property
    def is_idle(self) -> bool:
        return not any(self._calls.values())

    async def close(self) -> None:
        await asyncio.gather(*(client.aclose() for client in self._calls))


class Web:
    """HTTP for channels. Guarded: addresses that are not public are out of reach, unless
    `private` says that an admin allows them. Redirects are not followed. How many calls there are
    at once is the caller's to decide; `calls` of them go through each client."""

    def __init__(self, *, private: bool = False, calls: int = CALLS) -> None:
        self._private = private
        self._calls = calls
        self._hosts: OrderedDict[str, _Clients] = OrderedDict()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(clients.close() for clients in self._hosts.values()))

    @cached_property
    def _certificates(self) -> ssl.SSLContext:
        # At the first call: reading them takes 20 ms, and most starts send nothing.
        return httpx.create_ssl_context()

    def _client(self) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            verify=self._certificates,
            timeout=PATIENCE,
            limits=httpx.Limits(max_connections=self._calls, max_keepalive_connections=self._calls),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "orange-friday", "Accept-Encoding": "identity"},
        )
        return client if self._private else guarded(client)

    def _clients_of(self, host: str) -> _Clients:
        found = self._hosts.get(host)
        if found is None:
            found = self._hosts[host] = _Clients(self._client, most=self._calls)
        self._hosts.move_to_end(host)
        return found

    async def _close_oldest(self) -> None:
        """Those that are used are not closed, however many they are. Call it after `take`: while
        one is closed others look for theirs."""
        while len(self._hosts) > HOSTS and self._hosts[oldest := next(iter(self._hosts))].is_idle:
            await self._hosts.pop(oldest).close()

    async def post(self, url: str, **more: Any) -> httpx.Response | Outcome:
        """The answer, its body cut short; or what to make of it that there was none."""
        try:
            host = urlsplit(url).netloc
        except ValueError:
            return refused("the address cannot be read")
        clients = self._clients_of(host)
        client = clients.take()
        try:
            await self._close_oldest()
            async with (
                asyncio.timeout(PATIENCE),
                client.stream("POST", url, **more) as response,
            ):
                body = b""
                async for part in response.aiter_raw():
                    body += part
                    if len(body) >= _READ:
                        break
                packed = response.headers.get("content-encoding", "")
                return httpx.Response(
                    response.status_code,
                    headers=_plain(response.headers),
                    content=_unpacked(body[:_READ]) if packed else body[:_READ],
                )
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            return refused("the address cannot be read")
        except SSRFProtectionError:
            log.info("not called: it is on a private network", host=host)
            return later(UNREACHABLE)
        except (httpx.TimeoutException, TimeoutError):
            return later("no answer in time")
        except (httpx.HTTPError, OSError):
            return later(UNREACHABLE)
        finally:
            clients.give(client)


def _unpacked(body: bytes) -> bytes:
    """As much of a body that came packed, unasked: a few bytes of it may hold gigabytes."""
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(body, _READ)
    except zlib.error:
        return b""


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """Without what described the body on its way, which is read and unpacked by now."""
    on_the_way = ("content-encoding", "content-length", "transfer-encoding")
    return {name: value for name, value in headers.items() if name.lower() not in on_the_way}


def outcome_of(answer: httpx.Response | Outcome) -> Outcome:
    """What a status means where the vendor says nothing of its own. Takes `post`'s answer."""
    if isinstance(answer, Outcome):
        return answer
    status = answer.status_code
    told = f"HTTP {status}"
    if answer.is_success:
        return sent(told)
    if status in (404, 410):
        return gone(told)
    if status == 429:
        return later(told, retry_after=retry_after(answer, least=1.0), host_failed=False)
    if status == 408 or status >= 500:
        return later(told, retry_after=retry_after(answer))
    return refused(told)


def retry_after(answer: httpx.Response, *, least: float | None = None) -> float | None:
    """Seconds that `Retry-After` asks for, given either way it can be written; an hour at most."""
    text = answer.headers.get("retry-after", "").strip()
    seconds: float | None = None
    if text.isdecimal():
        seconds = float(text)
    elif text:
        with contextlib.suppress(ValueError, TypeError, OverflowError):
            at = parsedate_to_datetime(text)
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            # Their clock's word against ours: theirs came with the answer, in `Date`.
            seconds = (at - _date_of(answer)).total_seconds()
    if seconds is None:
        return least
    return min(max(seconds, least or 0.0), 3600.0)


def _date_of(answer: httpx.Response) -> datetime:
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        said = parsedate_to_datetime(answer.headers["date"]) if "date" in answer.headers else None
        if said is not None:
            return said if said.tzinfo else said.replace(tzinfo=UTC)
    return datetime.now(UTC)
