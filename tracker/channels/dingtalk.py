"""DingTalk: robots in its groups."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import ClassVar
from urllib.parse import quote

import msgspec

from tracker.channels.base import (
    Address,
    ChannelName,
    Limits,
    Outcome,
    Outgoing,
    gone,
    later,
    refused,
    sent,
)
from tracker.channels.robots import MINUTE, OPEN, Robot, shortened, without_marks
from tracker.language import Text

MOST_BYTES = 20_000
"""Of a request."""

_TOO_OFTEN = frozenset({130101, 410100, 90018, 90030})
_REMOVED = frozenset({300001, 400013, 400101, 400106})


class DingTalk(Robot):
    name: ClassVar[ChannelName] = ChannelName.DINGTALK
    # 20 a minute; whoever sends more is shut out for ten.
    limits = Limits(at_once=1, seconds_between=3.1, together=True)
    vendor: ClassVar[Text] = Text("钉钉", "DingTalk")
    servers: ClassVar[tuple[str, ...]] = ("oapi.dingtalk.com",)
    path: ClassVar[str] = "/robot/send?access_token="
    signs: ClassVar[bool] = True
    _codes: ClassVar[tuple[str, str]] = ("errcode", "errmsg")

    def _signed(self, address: Address) -> str:
        secret = address.get("secret")
        if not secret:
            return address["url"]
        at = time.time_ns() // 1_000_000
        return f"{address['url']}&timestamp={at}&sign={quote(signature(secret, at), safe='')}"

    def _body(self, out: Outgoing) -> bytes:
        def body(text: str) -> bytes:
            return msgspec.json.encode(message_of(out, text))

        return body(shortened(out.text, out.language, lambda text: len(body(text)) <= MOST_BYTES))

    def _meaning(self, code: int, message: str) -> Outcome:
        told = f"errcode {code}"
        if code == 0:
            return sent(told)
        if code in _TOO_OFTEN:
            return later(f"{told}: too many messages", retry_after=10 * MINUTE, host_failed=False)
        if code == -1:
            return later(f"{told}: DingTalk is busy")
        if code in _REMOVED:
            return gone(f"{told}: there is no such robot (any more)")
        if code == 310000:
            return refused(f"{told}: {_unsafe(message)}")
        return refused(f"{told}: the message is not taken")


def _unsafe(message: str) -> str:
    """Which of its safety settings is meant: one number stands for all."""
    if "keyword" in message:
        return "the message has none of its keywords"
    if "whitelist" in message:
        return "our address is not on its list of addresses"
    return "the signature does not match: is it this robot's secret, and is our clock right?"


def signature(secret: str, at: int) -> str:
    """`at` is in milliseconds."""
    digest = hmac.new(secret.encode(), f"{at}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def message_of(out: Outgoing, text: str) -> dict[str, object]:
    # A line ends with two spaces; without them the next follows in the same.
    lines = "  \n".join(without_marks(text).split("\n"))
    title = without_marks(out.title)
    link = f"[{OPEN.within(out.language)}]({out.url})"
    return {
        "msgtype": "markdown",
        "markdown": {"title": title, "text": f"#### {title}\n\n{lines}\n\n{link}"},
    }
