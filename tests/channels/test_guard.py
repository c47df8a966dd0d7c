"""What people give as addresses does not reach private networks, nor tell anything about them."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from ipaddress import IPv4Address, ip_address
from threading import Event
from typing import Any

import httpx
import pytest

from tests.channels.receiver import Always, Answer, Receiver, receiving
from tracker.channels.addresses import read_address
from tracker.channels.base import Outcome, Verdict, later
from tracker.channels.guard import is_public
from tracker.channels.web import UNREACHABLE, Web
from tracker.errors import Invalid

NO_WAY = later(UNREACHABLE)
"""What becomes of a call that is not allowed, and of one that leads nowhere."""

PRIVATE = [
    "127.0.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "127.1",
    "0",
    "0.0.0.0",
    "10.0.0.7",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::1]",
    "[fe80::1]",
    "[fc00::1]",
    "[fec0::1]",
    "[ff02::1]",
]
NAMES = [
    "localhost",
    "LOCALHOST.",
    "db.localhost",
    "printer.local",
    "vault.internal",
    "nas",
    "x.lan",
]
ODD = [
    "file:///etc/passwd",
    "ftp://example.com/",
    "gopher://example.com/",
    "unix:///run/docker.sock",
    "http+unix://%2Frun%2Fdocker.sock/",
    "javascript:alert(1)",
    "//example.com/",
    "example.com",
]
UNREADABLE = [
    "https://",
    "https:///path",
    "https://a b/",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:x/",
    "https://exa\nmple.com/",
    "https://[::1",
    f"https://{'a' * 300}.com/",
    "https://.example.com/",
    "https://0177.0.0.1/",
    "https://256.1.1.1/",
]


@asynccontextmanager
async def also_on_ipv6(receiver: Receiver) -> AsyncIterator[Receiver]:
    """At the same port, on machines that have IPv6 for themselves at least."""
    async with AsyncExitStack() as stack:
        another = Receiver()
        with suppress(OSError):
            another = await stack.enter_async_context(receiving("::1", receiver.port))
        yield another


@pytest.mark.parametrize("host", PRIVATE)
async def test_a_private_address_is_not_knocked_at(host: str) -> None:
    async with receiving() as receiver, also_on_ipv6(receiver) as sixth, Web() as web:
        assert await web.post(f"http://{host}:{receiver.port}/") == NO_WAY
    assert receiver.connections == sixth.connections == 0


@pytest.mark.parametrize("host", [*PRIVATE, *NAMES])
def test_a_private_address_is_not_taken(host: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_address(f"https://{host}:8443/hook", "url", private=False)
    assert list(refused.value.problems) == ["url"]
    assert "not on the public internet" in refused.value.problems["url"].en
    assert read_address(f"http://{host}:8080/hook", "url", private=True).port == 8080


@pytest.mark.parametrize("address", [*ODD, *UNREADABLE, "https://alice:secret@example.com/"])
def test_what_is_no_address_of_the_web_is_not_taken(address: str) -> None:
    for private in (False, True):
        with pytest.raises(Invalid) as refused:
            read_address(address, "url", private=private)
        assert list(refused.value.problems) == ["url"]
        assert "secret" not in str(refused.value)


@pytest.mark.parametrize("address", ODD)
async def test_what_is_no_address_of_the_web_is_not_called(address: str) -> None:
    async with Web(private=True) as web:
        outcome = await web.post(address)
    assert isinstance(outcome, Outcome)
    assert outcome.verdict == Verdict.REFUSED


def test_on_the_internet_it_has_to_be_https() -> None:
    with pytest.raises(Invalid, match="https://"):
        read_address("http://example.com/hook", "url", private=False)
    url = read_address(" https://Example.COM:8443/hook?x=1#part ", "url", private=False)
    assert str(url) == "https://example.com:8443/hook?x=1"
    assert read_address("https://例子.cn/", "url", private=False).raw_host == b"xn--fsqu00a.cn"


def test_an_address_is_not_longer_than_the_database_can_keep() -> None:
    """Neither the address, as it is called, nor the server, with its port, by which it is found."""
    name = ".".join(["a" * 62] * 4)
    for address in (f"https://{name}:65535/", "https://example.com/" + "例" * 1900):
        for private in (False, True):
            with pytest.raises(Invalid, match="too long"):
                read_address(address, "url", private=private)


@pytest.mark.parametrize("host", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses_are_taken(host: str) -> None:
    written = f"[{host}]" if ":" in host else host
    read_address(f"https://{written}/", "url", private=False)


async def test_where_an_admin_allows_it_private_addresses_are_reached() -> None:
    async with receiving() as receiver, Web(private=True) as web:
        for host in ("127.0.0.1", "2130706433", "localhost"):
            answer = await web.post(f"http://{host}:{receiver.port}/")
            assert isinstance(answer, httpx.Response), host
    assert len(receiver.got) == 3


class Names:
    """What names stand for: the addresses of each lookup in turn, the last one for good."""

    def __init__(self) -> None:
        self.known: dict[str, list[list[str]]] = {}
        self.asked: list[str] = []

    def look_up(self, host: str, port: int, *_: object, **__: object) -> list[Any]:
        self.asked.append(host)
        turns = self.known.get(host)
        if not turns:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        addresses = turns.pop(0) if len(turns) > 1 else turns[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]


PUBLIC = "127.0.0.2"
"""Loopback that the tests take for a machine on the internet."""


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    found = Names()
    really, look_up = IPv4Address.is_global, socket.getaddrinfo

    def is_global(address: IPv4Address) -> bool:
        return str(address) == PUBLIC or bool(really.__get__(address))

    def getaddrinfo(host: str, port: int, *more: Any, **named: Any) -> list[Any]:
        if host.replace(".", "").isdecimal():
            return look_up(host, port, *more, **named)
        return found.look_up(host, port)

    monkeypatch.setattr(IPv4Address, "is_global", property(is_global))
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return found


async def test_names_of_private_addresses_are_not_knocked_at(names: Names) -> None:
    async with receiving() as receiver, Web() as web:
        for n, addresses in enumerate((["127.0.0.1"], ["127.0.0.1", PUBLIC], ["10.0.0.1"])):
            names.known[f"n{n}.example.com"] = [addresses]
            assert await web.post(f"http://n{n}.example.com:{receiver.port}/") == NO_WAY
    assert receiver.connections == 0


async def test_what_a_name_stands_for_is_asked_once_a_connection(names: Names) -> None:
    """Who answers with a public address first and a private one after that gains nothing: what
    was judged is what is connected to."""
    names.known["rebind.example.com"] = [[PUBLIC], ["127.0.0.1"]]
    async with receiving(PUBLIC) as public, Web() as web:
        async with receiving("127.0.0.1", public.port) as private:
            address = f"http://rebind.example.com:{public.port}/"
            assert isinstance(await web.post(address), httpx.Response)
            assert names.asked == ["rebind.example.com"]
            async with Web() as another:
                assert await another.post(address) == NO_WAY
        assert len(public.got) == 1
        assert public.got[0].headers["host"] == f"rebind.example.com:{public.port}"
        assert private.connections == 0


async def test_another_address_of_a_name_is_tried_where_one_is_closed(names: Names) -> None:
    names.known["two.example.com"] = [["127.0.0.3", PUBLIC]]
    async with receiving(PUBLIC) as receiver, Web() as web:
        address = f"http://two.example.com:{receiver.port}/"
        assert await web.post(address) == NO_WAY, "the first is private"
        names.known["two.example.com"] = [[PUBLIC, PUBLIC]]
        assert isinstance(await web.post(address), httpx.Response)


async def test_the_answer_tells_nothing_about_our_network(names: Names) -> None:
    """Whether something listens, or a name is known inside, makes no difference."""
    names.known["inside.example.com"] = [["127.0.0.1"]]
    async with receiving() as receiver, Web() as web:
        listens = await web.post(f"http://127.0.0.1:{receiver.port}/")
        known = await web.post(f"http://inside.example.com:{receiver.port}/")
    async with Web() as web:
        closed = await web.post(f"http://127.0.0.1:{receiver.port}/")
        closed_in_public = await web.post(f"http://{PUBLIC}:{receiver.port}/")
        silent = await web.post("http://10.255.255.1/")
        unknown = await web.post("http://nothing.example.com/")
    assert {listens, known, closed, closed_in_public, silent, unknown} == {NO_WAY}


async def test_names_that_nobody_answers_for_keep_nobody_waiting(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One person may give twenty names, and four calls are made to each at once."""
    answers, look_up = Event(), socket.getaddrinfo
    asked: Counter[str] = Counter()

    def getaddrinfo(host: str, port: int, *more: Any, **named: Any) -> list[Any]:
        if host.startswith("silent"):
            asked[host] += 1
            answers.wait(30)
        return look_up(host, port, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    names.known["well.example.com"] = [[PUBLIC]]
    async with receiving(PUBLIC) as receiver, Web() as web:
        hanging = [
            asyncio.create_task(web.post(f"http://silent{n}.example.com/"))
            for n in range(20)
            for _ in range(4)
        ]
        try:
            await asyncio.sleep(0.05)
            async with asyncio.timeout(5):
                answer = await web.post(f"http://well.example.com:{receiver.port}/")
            assert isinstance(answer, httpx.Response)
        finally:
            answers.set()
            await asyncio.gather(*hanging)
    assert set(asked.values()) == {1}, "those that ask for the same wait for the same"
    assert len(asked) == 20


async def test_hosts_that_come_while_connections_to_others_are_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More at once than connections are kept to, when as many others lie idle."""
    monkeypatch.setattr("tracker.channels.web.HOSTS", 20)
    async with receiving() as receiver, Web(private=True) as web:
        for begin in (0, 100):
            answers = await asyncio.gather(
                *(
                    web.post(f"http://127.0.{n}.1:{receiver.port}/")
                    for n in range(begin, begin + 60)
                ),
                return_exceptions=True,
            )
            raised = [answer for answer in answers if isinstance(answer, BaseException)]
            assert not raised


async def test_redirects_are_not_followed(names: Names) -> None:
    async with receiving() as inside, receiving(PUBLIC) as outside, Web() as web:
        outside.answer = Always(Answer(307, headers={"Location": inside.url}))
        answer = await web.post(outside.url)
    assert isinstance(answer, httpx.Response)
    assert answer.status_code == 307
    assert inside.connections == 0


PACKED = {"Content-Encoding": "gzip"}


async def test_of_an_answer_a_part_is_read() -> None:
    async with receiving() as receiver, Web(private=True) as web:
        bomb = gzip.compress(bytes(50_000_000))
        for given in (Answer(200, bomb, PACKED), Answer(200, bytes(1_000_000))):
            receiver.answer = Always(given)
            answer = await web.post(receiver.url)
            assert isinstance(answer, httpx.Response)
            assert len(answer.content) == 128 * 1024
        receiver.answer = Always(Answer(200, gzip.compress(b"{}"), PACKED))
        answer = await web.post(receiver.url)
        assert isinstance(answer, httpx.Response)
        assert answer.content == b"{}"
    assert receiver.got[0].headers["accept-encoding"] == "identity"


def test_mapped_addresses_are_judged_by_what_they_map() -> None:
    assert is_public(ip_address("::ffff:8.8.8.8"))
    assert not is_public(ip_address("::ffff:10.0.0.1"))
