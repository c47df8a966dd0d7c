"""Web Push: browsers, by way of their makers' push services (RFC 8030), which cannot read what
they carry (RFC 8291)."""

from __future__ import annotations

import asyncio
import bisect
import hashlib
import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import ClassVar
from urllib.parse import urlsplit

import http_ece
import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from tracker.channels.addresses import read_address, server_of
from tracker.channels.base import Address, ChannelName, Limits, Outcome, Outgoing, later
from tracker.channels.vapid import Vapid, decoded, encoded
from tracker.channels.web import Web, outcome_of, retry_after
from tracker.errors import Invalid
from tracker.language import Text

MOST_BYTES = 3993
"""Of a message, before it is encrypted: what every push service has to take."""
LESS_BYTES = 1800
"""Of a message that was too long for one that takes less, as some do."""
WORTH_KEEPING = 3 * 24 * 3600
"""Seconds that a push service keeps it for a phone that is off: on Tuesday, last Friday's news has
been read somewhere else."""
WITHIN = 14.0
"""Seconds for one message, tried again shorter if need be."""

_ALARMS = frozenset({"severe", "blocked"})
_LINES = 5
"""Reports that are listed below the text. The notice on our page has all."""

INCOMPLETE = Text(
    "浏览器给的订阅信息不完整，请刷新页面后再试一次",
    "What the browser gave is not a whole subscription: load this page anew and try again",
)


class Push(msgspec.Struct):
    """What our service worker (static/sw.js) shows."""

    title: str
    body: str
    url: str
    """Path and query: it opens no page but ours, under whatever name it was reached."""
    tag: str
    lang: str
    at: int
    """Milliseconds since 1970, as JavaScript counts."""


class WebPush:
    name: ClassVar[ChannelName] = ChannelName.WEBPUSH
    together: ClassVar[int] = 1
    # A push service is made for many, and is far away: with 64 at once and a tenth of a second for
    # each, one worker sends 600 a second.
    limits = Limits(at_once=64)

    def __init__(
        self, web: Web, *, private: bool, key: Callable[[], Awaitable[str]], subject: str
    ) -> None:
        """`key` gives the private key that all hosts share; it is asked when it is needed."""
        self._web = web
        self._private = private
        self._key = key
        self._subject = subject
        self._vapid: Vapid | None = None
        self._asking = asyncio.Lock()

    async def vapid(self) -> Vapid:
        async with self._asking:
            if self._vapid is None:
                self._vapid = Vapid(await self._key(), subject=self._subject)
        return self._vapid

    def problem(self) -> Text | None:
        return None

    def read(self, form: Mapping[str, str]) -> Address:
        """From `endpoint`, `p256dh` and `auth`, as a PushSubscription has them."""
        typed = form.get("endpoint", "").strip()
        if not typed:
            raise Invalid({"endpoint": INCOMPLETE})
        endpoint = read_address(typed, "endpoint", private=self._private)
        try:
            p256dh, auth = decoded(form.get("p256dh", "")), decoded(form.get("auth", ""))
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
        except ValueError:
            raise Invalid({"endpoint": INCOMPLETE}) from None
        if len(p256dh) != 65 or len(auth) != 16:
            raise Invalid({"endpoint": INCOMPLETE})
        return {"endpoint": str(endpoint), "p256dh": encoded(p256dh), "auth": encoded(auth)}

    def key(self, address: Address) -> str:
        return address["endpoint"]

    def host(self, address: Address) -> str:
        return server_of(address["endpoint"])

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        return [await self._send(out) for out in messages]

    async def _send(self, out: Outgoing) -> Outcome:
        try:
            async with asyncio.timeout(WITHIN):
                outcome = await self._try(out, MOST_BYTES)
                return outcome or await self._try(out, LESS_BYTES) or _TOO_LONG
        except TimeoutError:
            return later("no answer in time")

    async def _try(self, out: Outgoing, most: int) -> Outcome | None:
        """None: it has to be shorter."""
        endpoint = out.address["endpoint"]
        authorization = (await self.vapid()).authorization(origin_of(endpoint))
        answer = await self._web.post(
            endpoint,
            content=encrypted(message_of(out, most), out.address),
            headers={
                "Authorization": authorization.header,
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(WORTH_KEEPING),
                "Urgency": "high" if out.kind in _ALARMS else "normal",
                "Topic": topic_of(out),
            },
        )
        if isinstance(answer, httpx.Response):
            if answer.is_success:
                authorization.accepted = True
            elif answer.status_code == 413:
                return None
            elif answer.status_code in (401, 403):
                # Our key, our clock or our contact; unless others were taken with the very same
                # header: then this browser has subscribed for another key than ours.
                told = f"HTTP {answer.status_code}: who sends it is not accepted"
                return later(told, host_failed=not authorization.accepted)
            elif answer.status_code == 406:
                # Windows' way to say 429.
                wait = retry_after(answer, least=1.0)
                return later("HTTP 406", retry_after=wait, host_failed=False)
        return outcome_of(answer)


_TOO_LONG = outcome_of(httpx.Response(413))


def origin_of(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


def topic_of(out: Outgoing) -> str:
    """Of a repeat it is the same, and takes the place of what the phone has not got yet. The
    numbers in `key` are nobody's business but ours."""
    return encoded(hashlib.sha256(out.key.encode()).digest()[:24])


def message_of(out: Outgoing, most: int) -> bytes:
    """At most so many bytes of JSON: what is too much is left out at the end of the body."""
    link = urlsplit(out.url)
    body = out.text
    if len(out.lines) > 1:
        colon = "：" if out.language == "zh" else ": "
        told = (line.title + (colon + line.says if line.says else "") for line in out.lines)
        body += "\n" + "".join(f"\n{one}" for one in itertools.islice(told, _LINES))
    push = Push(
        title=out.title,
        body=body,
        url=link.path + (f"?{link.query}" if link.query else ""),
        tag=out.key,
        lang="zh-CN" if out.language == "zh" else "en",
        at=int(out.at.timestamp() * 1000),
    )
    for part in ("body", "title"):
        _shorten(push, part, most)
    return msgspec.json.encode(push)


def _shorten(push: Push, part: str, most: int) -> None:
    """Leave out of the end of a part, by whole characters, what makes `push` too long."""
    if len(msgspec.json.encode(push)) <= most:
        return
    text: str = getattr(push, part)

    def is_too_long(characters: int) -> bool:
        setattr(push, part, text[:characters].rstrip() + "…")
        return len(msgspec.json.encode(push)) > most

    # How many bytes a character takes is JSON's to say: one for "a", three for "中", six for NUL.
    fitting = bisect.bisect_left(range(1, len(text)), True, key=is_too_long)
    setattr(push, part, text[:fitting].rstrip() + "…" if fitting else "")


def encrypted(message: bytes, address: Address) -> bytes:
    """For the one browser that has the other half of the keys. Takes 0.15 ms."""
    content: bytes = http_ece.encrypt(
        message,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=decoded(address["p256dh"]),
        auth_secret=decoded(address["auth"]),
        version="aes128gcm",
    )
    return content
