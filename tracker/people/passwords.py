"""Passwords: argon2 in a thread, and the limit on wrong ones."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache
from ipaddress import IPv6Address, ip_address
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tracker import database
from tracker.errors import Invalid, TooMany
from tracker.language import Text
from tracker.people.handles import LONGEST as LONGEST_HANDLE
from tracker.people.handles import normal as normal_handle
from tracker.web import dates

T = TypeVar("T")

SHORTEST, LONGEST = 8, 200

# OWASP's second choice of argon2id: 19 MiB rather than 64, so that a rush on Friday at five does
# not take the memory of the whole server.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# More at once would only take turns on the processor, each holding its memory.
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")

# Guessed first, in both languages; refused whatever their length.
_COMMON_ONES = (
    "12345678 123456789 1234567890 11111111 00000000 88888888 66666666 87654321 01234567 147258369"
    " password password1 passw0rd qwertyui qwertyuiop 1qaz2wsx 1q2w3e4r asdfghjkl iloveyou"
    " woaini1314 woaini520 5201314520 13145201314 a1234567 a12345678 abc12345 abcd1234 aa123456"
    " xiaomi123 orangefriday sunshine princess football baseball superman trustno1"
)
_COMMON = frozenset(_COMMON_ONES.split())

WINDOW = timedelta(minutes=15)
FROM_ONE_ADDRESS_FOR_ONE_HANDLE = 8
FROM_ONE_ADDRESS = 40
"""Wrong passwords that are let pass in a WINDOW. Both count by address, so nobody can lock out
somebody else from afar; the second is wide, because a network may stand behind one address."""


def check_password(password: str, *, handle: str = "", field: str = "password") -> str:
    """The password, if it may be chosen. Raises Invalid with what is wrong with it."""
    password = _normal(password)
    if len(password) < SHORTEST:
        problem = Text(
            f"密码至少 {SHORTEST} 个字符，几个词连起来最好记",
            f"A password has at least {SHORTEST} characters; a few words are easy to remember",
        )
    elif len(password) > LONGEST:
        problem = Text(f"密码最多 {LONGEST} 个字符", f"A password has at most {LONGEST} characters")
    elif password.lower() in _COMMON or len(set(password)) < 4:
        problem = Text(
            "这个密码太容易被猜到，换一个吧", "This password is among the first to be guessed"
        )
    elif handle and handle in password.lower() and len(password) < len(handle) + 4:
        problem = Text("密码和用户名太像了，换一个吧", "This password is too close to the handle")
    else:
        return password
    raise Invalid({field: problem})


async def hash_password(password: str) -> str:
    """Some 20 ms in a thread."""
    return await _in_thread(_HASHER.hash, _normal(password))


async def is_right(password_hash: str, password: str) -> bool:
    """Takes as long for nobody's hash (empty) as for somebody's, so time tells nothing."""
    return await _in_thread(_verify, password_hash, _normal(password))


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


class Attempt:
    """One try at a password, counted as wrong until it turns out right.

    Counted before the password is looked at, so that a hundred tries at once are a hundred tries.
    """

    def __init__(self, handle: str, address: str) -> None:
        self._handle = handle
        self._address = address

    async def was_right(self) -> None:
        """Forget the wrong ones before it too: the owner is here."""
        await database.execute(
            "DELETE FROM wrong_passwords WHERE handle = $1 AND address = $2",
            self._handle,
            self._address,
        )


async def begin_attempt(handle: str, address: str, *, now: datetime) -> Attempt:
    """Count a try. Raises TooMany, and then the try is not counted."""
    handle = normal_handle(handle)[:LONGEST_HANDLE]
    address = network_of(address)
    since = now - WINDOW
    await database.execute("DELETE FROM wrong_passwords WHERE at <= $1", since)
    added = await database.fetch_row(
        "INSERT INTO wrong_passwords (handle, address, at) VALUES ($1, $2, $3) RETURNING id",
        handle,
        address,
        now,
    )
    assert added is not None
    # The try that fills the limit: when it is a WINDOW old, there is room again.
    full = await database.fetch_row(
        "SELECT greatest("
        " (SELECT at FROM wrong_passwords WHERE address = $1 AND handle = $2 AND id < $3 AND at > $4"
        "  ORDER BY id DESC OFFSET $5 LIMIT 1),"
        " (SELECT at FROM wrong_passwords WHERE address = $1 AND id < $3 AND at > $4"
        "  ORDER BY id DESC OFFSET $6 LIMIT 1)) AS at",
        address,
        handle,
        added["id"],
        since,
        FROM_ONE_ADDRESS_FOR_ONE_HANDLE - 1,
        FROM_ONE_ADDRESS - 1,
    )
    if full is not None and full["at"] is not None:
        await database.execute("DELETE FROM wrong_passwords WHERE id = $1", added["id"])
        raise _too_many(full["at"] + WINDOW - now)
    return Attempt(handle, address)


def _too_many(wait: timedelta) -> TooMany:
    seconds = wait.total_seconds()
    return TooMany(
        Text(
            f"密码错的次数太多了，请 {dates.duration(seconds, 'zh')}后再试",
            f"Too many wrong passwords; please try again in {dates.duration(seconds, 'en')}",
        ),
        wait,
    )


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one: that much one household is given."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(IPv6Address(int(parsed) >> 64 << 64))
    return address


def _normal(password: str) -> str:
    """The same characters from any keyboard; blanks at the ends are slips of the thumb."""
    return unicodedata.normalize("NFKC", password).strip()


def _verify(password_hash: str, password: str) -> bool:
    try:
        _HASHER.verify(password_hash or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody's password")


async def _in_thread(work: Callable[..., T], *arguments: str) -> T:
    return await asyncio.get_running_loop().run_in_executor(_THREADS, work, *arguments)
