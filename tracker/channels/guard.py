"""Keeping what people give as addresses off private networks.

httpx-secure judges every address that a connection is made to. It learns the address behind a name
by connecting to it, though, whoever that is; so names are looked up here first, and it is given
addresses alone: what is not allowed is not even knocked at, and nobody can tell from our answer or
its delay what listens there.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Any

import httpcore
import httpx
from httpx_secure import httpx_ssrf_protection

TRIED = 3
"""Addresses of a name that are tried, one after the other, within the time there is for it."""

LOOKUPS = 64
"""At once, in threads of their own. A name server that does not answer keeps each for half a minute,
and nobody can call it off: in the threads that everybody shares, of which a small machine has six,
the names of one tester would have all others wait."""

_NAT64 = IPv6Network("64:ff9b::/96")
_GIVEN_OUT = IPv6Network("2000::/3")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is one machine of the public internet.

    Stricter with IPv6 than `is_global` of Python 3.11, which takes whatever nobody has reserved:
    only what has ever been given out counts, without the tunnels that end at an IPv4 address.
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(IPv4Address(address.packed[-4:]))
        if address not in _GIVEN_OUT or address.sixtofour is not None:
            return False
    return address.is_global and not address.is_multicast


def _allowed(_host: str, address: IPv4Address | IPv6Address, _port: int) -> bool:
    return is_public(address)


def guarded(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """The same client, which from now on reaches public addresses only. Other connections fail
    with SSRFProtectionError before they are begun."""
    httpx_ssrf_protection(client, custom_validator=_allowed)
    transport: Any = client._transport
    # Where httpx-secure has put its own as well; httpx has no public place for it.
    transport._pool._network_backend = _Resolving(transport._pool._network_backend)
    return client


class _Resolving(httpcore.AsyncNetworkBackend):
    """Looks names up, and leaves the addresses to the guard."""

    def __init__(self, guard: httpcore.AsyncNetworkBackend) -> None:
        self._guard = guard

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = (await _addresses(host, port))[:TRIED]
        share = None if timeout is None else timeout / len(addresses)
        problem: Exception = httpcore.ConnectError()
        for address in addresses:
            try:
                return await self._guard.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as this:
                problem = this
        raise problem

    async def sleep(self, seconds: float) -> None:
        await self._guard.sleep(seconds)


_Found = tuple[Any, Any, int, str, tuple[Any, ...]]
_threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup")
_lookups: dict[tuple[asyncio.AbstractEventLoop, str, int], asyncio.Future[list[_Found]]] = {}
"""Those under way: whoever asks for the same name waits for the same answer."""


def _lookup(host: str, port: int) -> asyncio.Future[list[_Found]]:
    loop = asyncio.get_running_loop()
    key = (loop, host, port)
    found = _lookups.get(key)
    if found is None:
        found = loop.run_in_executor(_threads, _look_up, host, port)
        _lookups[key] = found

        def forget(done: asyncio.Future[list[_Found]]) -> None:
            del _lookups[key]
            # Whoever asked may have gone.
            if not done.cancelled():
                done.exception()

        found.add_done_callback(forget)
    return found


def _look_up(host: str, port: int) -> list[_Found]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


async def _addresses(host: str, port: int) -> list[str]:
    """Of the machine called `host`, in whatever way its number or name can be written."""
    try:
        lookup = _lookup(host, port)
        # One that has waited long enough does not take it from the others.
        await asyncio.wait({lookup})
        found = lookup.result()
    except (OSError, UnicodeError) as problem:
        raise httpcore.ConnectError(str(problem)) from problem
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
