"""A push service as RFC 8030, 8291 and 8292 have it, and browsers that subscribe there."""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import jwt

from tests.channels.receiver import Answer, Sent
from tracker.channels.base import Address
from tracker.channels.vapid import decoded, encoded

DAY = 24 * 3600


@dataclass
class Subscriber:
    """One browser, with the keys that never leave it."""

    endpoint: str
    key: str
    """The `applicationServerKey` that it subscribed with."""
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = field(default_factory=lambda: os.urandom(16))
    waiting: dict[str, Any] = field(default_factory=dict)
    """What it gets when it is next on, by topic."""
    heard: list[Sent] = field(default_factory=list)

    @property
    def form(self) -> Address:
        """As JavaScript has it: `PushSubscription.toJSON()`, in one level."""
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return {
            "endpoint": self.endpoint,
            "p256dh": encoded(point),
            "auth": encoded(self.secret),
        }

    @property
    def messages(self) -> list[Any]:
        return list(self.waiting.values())

    def take(self, sent: Sent) -> None:
        message = http_ece.decrypt(
            sent.body, private_key=self.private, auth_secret=self.secret, version="aes128gcm"
        )
        self.heard.append(sent)
        self.waiting[sent.headers["topic"]] = json.loads(message)


class PushService:
    """Answers 400 and says why where a request is not as it has to be, 401 or 403 where its sender
    is not who they say."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.browsers: dict[str, Subscriber] = {}
        self.gone: set[str] = set()
        self.most = 4096
        """Bytes of a message, encrypted."""
        self.instead: Answer | None = None
        """What it answers, if it is not well."""
        self.said: list[Answer] = []

    def subscribe(self, key: str) -> Subscriber:
        path = f"/push/{len(self.browsers)}"
        self.browsers[path] = Subscriber(f"{self.url}{path}", key)
        return self.browsers[path]

    def __call__(self, sent: Sent) -> Answer:
        self.said.append(self.instead or self._answer(sent))
        return self.said[-1]

    def _answer(self, sent: Sent) -> Answer:
        browser = self.browsers.get(sent.path)
        if browser is None or sent.method != "POST":
            return Answer(404)
        if sent.path in self.gone:
            return Answer(410)
        if (refusal := self._who(sent, browser)) is not None:
            return refusal
        if len(sent.body) > self.most:
            return Answer(413)
        if (wrong := _wrong(sent)) is not None:
            return Answer(400, wrong.encode())
        browser.take(sent)
        return Answer(201, headers={"Location": f"{self.url}/m/{sent.headers['topic']}"})

    def _who(self, sent: Sent, browser: Subscriber) -> Answer | None:
        found = re.fullmatch(
            r"vapid t=([\w.-]+), ?k=([\w-]+)", sent.headers.get("authorization", "")
        )
        if found is None:
            return Answer(401, b"no authorization")
        token, key = found.groups()
        try:
            claims = jwt.decode(token, key)
        except InvalidSignature:
            return Answer(401, b"the signature is not that of the key")
        if claims["aud"] != self.url:
            return Answer(401, b"for another push service")
        if not time.time() < claims["exp"] <= time.time() + DAY:
            return Answer(401, b"not good for now, or for too long")
        if not re.match(r"mailto:[^@]+@[^@]+\.[a-z]+$|https://[^/]+\.[a-z]+", claims["sub"]):
            return Answer(401, b"nobody to write to")
        if key != browser.key:
            return Answer(403, b"the browser has subscribed for another key")
        return None


def _wrong(sent: Sent) -> str | None:
    if sent.headers.get("content-encoding") != "aes128gcm":
        return "content-encoding"
    if not re.fullmatch(r"\d+", sent.headers.get("ttl", "")):
        return "ttl"
    if sent.headers.get("urgency") not in ("very-low", "low", "normal", "high"):
        return "urgency"
    topic = sent.headers.get("topic", "")
    if not re.fullmatch(r"[\w-]{1,32}", topic, re.ASCII) or not decoded(topic):
        return "topic"
    return None
