"""What is kept of public answers in this process, and for how long."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from litestar.types import Send

from tracker.language import Language

PUBLIC_SECONDS = 30
"""How long a cache between us and the readers may answer for us without asking."""
CACHE_CONTROL = f"public, max-age=0, must-revalidate, s-maxage={PUBLIC_SECONDS}"
"""Browsers ask each time, which costs a 304: whoever looks again at a line that was taken back
sees it. A crowd behind a proxy is the proxy's."""

KEPT_FOR = timedelta(seconds=30)
"""How long an answer is good of which nothing was heard. Most changes are told at once; how many
testers confirmed a line, or a new name of one of them, may be so much behind."""

ROOM = 32 * 1024 * 1024
"""Bytes. A post is some 40,000 of them, in two languages and for each model."""

FACTS = 100
"""Of a post there are three."""
_OF_EACH = 1000
"""Bytes that an answer takes besides its body, roughly."""
T = TypeVar("T")
_TAG = re.compile(rb'(?:W/)?("[^"]*")')


class Key(NamedTuple):
    """`query` holds what matters of it, and nothing else."""

    path: str
    query: bytes
    language: Language
    markdown: bool


class Answer(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    tag: bytes = b""
    personal: bool = False
    """It sets a cookie: each has to be given their own."""

    @classmethod
    def of(cls, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> Answer:
        """One that may be kept gets its entity tag: strong, for it is made of the very bytes."""
        if any(name == b"set-cookie" for name, _ in headers):
            return cls(status, headers, body, personal=True)
        if status != 200:
            return cls(status, headers, body)
        kind = next((value for name, value in headers if name == b"content-type"), b"")
        tag = b'"%s"' % hashlib.sha256(kind + b"\n" + body).hexdigest()[:24].encode()
        rest = [(n, v) for n, v in headers if n not in (b"cache-control", b"etag")]
        told = [(b"etag", tag), (b"cache-control", CACHE_CONTROL.encode())]
        return cls(status, [*rest, *told], body, tag)

    @property
    def may_be_kept(self) -> bool:
        return bool(self.tag)

    async def give(self, send: Send, *, held: bytes, head: bool) -> None:
        """`held`: the If-None-Match of whoever asks."""
        status, headers, body = self.status, [*self.headers], b"" if head else self.body
        if held and self.tag and self._is_among(held):
            status, body = 304, b""
            headers = [
                (name, value)
                for name, value in headers
                if name not in (b"content-type", b"content-length")
            ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def _is_among(self, held: bytes) -> bool:
        """RFC 9110, 13.1.2: compared weakly, or any state at all."""
        return held == self.tag or held.strip() == b"*" or self.tag in _TAG.findall(held)


class Shelf:
    """Answers by key, the least asked for going first where room is short.

    Empty and closed as long as it would not hear of changes (`begin`, `hear`, `end`).
    """

    def __init__(self, *, room: int = ROOM) -> None:
        self._room = room
        self._taken = 0
        self._answers: OrderedDict[Key, tuple[datetime, Answer]] = OrderedDict()
        self._facts: dict[Hashable, tuple[datetime, Any]] = {}
        self._making: dict[Key, asyncio.Task[Answer]] = {}
        self._open = False
        self._changes = 0

    @property
    def is_open(self) -> bool:
        return self._open

    def begin(self) -> None:
        self.hear()
        self._open = True

    def end(self) -> None:
        self._open = False
        self.hear()

    def hear(self) -> None:
        """Something changed: all that is here may be untrue, and so may what is being made."""
        self._changes += 1
        self._answers.clear()
        self._facts.clear()
        self._making.clear()
        self._taken = 0

    def get(self, key: Key, now: datetime) -> Answer | None:
        found = self._answers.get(key)
        if found is None:
            return None
        at, answer = found
        # Twice compared: a clock may be set back.
        if not at <= now < at + KEPT_FOR:
            self._drop(key)
            return None
        self._answers.move_to_end(key)
        return answer

    async def fact(self, key: Hashable, find: Callable[[], Awaitable[T]], now: datetime) -> T:
        """What `find` finds out, kept as the answers are: for pages of those who are signed in,
        which have much in common and are not the same."""
        kept = self._facts.get(key)
        if kept is not None and kept[0] <= now < kept[0] + KEPT_FOR:
            value: T = kept[1]
            return value
        known = self._changes
        value = await find()
        if self._open and known == self._changes:
            self._facts.pop(key, None)
            self._facts[key] = now, value
            if len(self._facts) > FACTS:
                del self._facts[next(iter(self._facts))]
        return value

    async def made(
        self, key: Key, make: Callable[[], Awaitable[Answer]], clock: Callable[[], datetime]
    ) -> Answer:
        """`make` it, or wait for whoever is making it already."""
        if not self._open:
            return await make()
        task = self._making.get(key)
        if task is None:
            task = asyncio.ensure_future(self._make(key, make, clock))
            self._making[key] = task
        # Whoever goes away takes it from nobody else.
        return await asyncio.shield(task)

    async def _make(
        self, key: Key, make: Callable[[], Awaitable[Answer]], clock: Callable[[], datetime]
    ) -> Answer:
        known, began, here = self._changes, clock(), asyncio.current_task()
        try:
            answer = await make()
        finally:
            if self._making.get(key) is here:
                del self._making[key]
        if self._open and known == self._changes and answer.may_be_kept:
            self._put(key, began, answer)
        return answer

    def _put(self, key: Key, at: datetime, answer: Answer) -> None:
        self._drop(key)
        self._answers[key] = at, answer
        self._taken += len(answer.body) + _OF_EACH
        while self._taken > self._room:
            self._drop(next(iter(self._answers)))

    def _drop(self, key: Key) -> None:
        found = self._answers.pop(key, None)
        if found is not None:
            self._taken -= len(found[1].body) + _OF_EACH


__all__ = ["CACHE_CONTROL", "KEPT_FOR", "Answer", "Key", "Shelf"]
