"""Addresses that people type: what can be told of them before anything is sent there."""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx

from tracker.channels.guard import is_public
from tracker.errors import Invalid
from tracker.language import Text

LONGEST = 2000
"""Characters of an address, as it is typed and as it is called: 例 is nine of those."""

_LONGEST_SERVER = 200
"""… of a server's name and port: a longest name, of 253, has room for nothing beside it."""

_NAME = re.compile(
    r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*"
)
# RFC 6761, 6762, 7686, 8375 and 9476, and what ICANN keeps free for private use.
_OURS_ALONE = ("localhost", "local", "internal", "home.arpa", "alt", "onion", "lan")

UNREADABLE = Text(
    "这个地址认不出来，看看有没有写错的字符",
    "This address cannot be read: look for a character that does not belong there",
)
NOT_HTTPS = Text("地址要以 https:// 开头", "The address has to begin with https://")
NOT_HTTP = Text(
    "地址要以 https:// 或 http:// 开头", "The address has to begin with https:// or http://"
)
CREDENTIALS = Text(
    "地址里不能带用户名和密码，请去掉 @ 前面的部分",
    "The address may not hold a name and password: leave out what is before the @",
)
TOO_LONG = Text(
    f"地址太长，最多 {LONGEST} 个字符", f"The address is too long: {LONGEST:,} characters at most"
)
NOT_PUBLIC = Text(
    "这个地址不在公网上，通知发不到那里，请换一个公网地址",
    "This address is not on the public internet, where notices go: give one that is",
)


def read_address(text: str, field: str, *, private: bool) -> httpx.URL:
    """The address as it is called later. Raises Invalid, naming the field.

    On the internet only https is taken: reports may be private, and a signature hides nothing.
    `private` says that an admin allows addresses of our own network, which seldom have
    certificates. Looks nothing up: where a name leads is seen when it is called.
    """
    if len(text) > LONGEST:
        raise Invalid({field: TOO_LONG})
    try:
        url = httpx.URL(text.strip()).copy_with(fragment=None)
        problem = _problem_of(url, private=private)
    except (httpx.InvalidURL, UnicodeError):
        raise Invalid({field: UNREADABLE}) from None
    if problem is not None:
        raise Invalid({field: problem})
    if len(str(url)) > LONGEST or len(url.netloc) > _LONGEST_SERVER:
        raise Invalid({field: TOO_LONG})
    return url


def _problem_of(url: httpx.URL, *, private: bool) -> Text | None:
    host = url.raw_host.decode().lower()
    if url.scheme not in ("https", "http"):
        return NOT_HTTP if private else NOT_HTTPS
    if url.userinfo:
        return CREDENTIALS
    if not _is_host(host) or (url.port is not None and not 0 < url.port < 65536):
        return UNREADABLE
    if private:
        return None
    if not _may_be_public(host):
        return NOT_PUBLIC
    return None if url.scheme == "https" else NOT_HTTPS


def server_of(url: str) -> str:
    """What shares limits and fails together: the machine and port."""
    return httpx.URL(url).netloc.decode().lower()


def _is_host(host: str) -> bool:
    return _number(host) is not None or _NAME.fullmatch(host.rstrip(".")) is not None


def _number(host: str) -> IPv4Address | IPv6Address | None:
    """The address that is written out, in any way that the operating system understands."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def _may_be_public(host: str) -> bool:
    number = _number(host)
    if number is not None:
        return is_public(number)
    name = host.rstrip(".")
    return "." in name and not any(f".{name}".endswith(f".{own}") for own in _OURS_ALONE)
