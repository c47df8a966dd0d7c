"""Feishu: robots in its groups (and in Lark's, which is the same abroad)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import ClassVar

import msgspec

from tracker.channels.base import ChannelName, Limits, Outcome, Outgoing, gone, later, refused, sent
from tracker.channels.robots import OPEN, Robot, shortened
from tracker.language import Text

MOST_BYTES = 20_000
"""Of a request."""

_TOO_OFTEN = frozenset({11232, 11233})
_REFUSED = {
    19002: "the message is not one it knows",
    19007: "the robot is switched off",
    19021: "the signature does not match: is it this robot's secret, and is our clock right?",
    19022: "our address is not on its list of addresses",
    19024: "the message has none of its keywords",
}


class Feishu(Robot):
    name: ClassVar[ChannelName] = ChannelName.FEISHU
    # 5 a second and 100 a minute; at the full hour, which Fridays are, it is slower still.
    limits = Limits(at_once=1, seconds_between=0.65, together=True)
    vendor: ClassVar[Text] = Text("飞书", "Feishu")
    servers: ClassVar[tuple[str, ...]] = ("open.feishu.cn", "open.larksuite.com")
    path: ClassVar[str] = "/open-apis/bot/v2/hook/"
    signs: ClassVar[bool] = True
    _codes: ClassVar[tuple[str, str]] = ("code", "msg")

    def _body(self, out: Outgoing) -> bytes:
        secret = out.address.get("secret")
        signature = signed(secret, int(time.time())) if secret else {}

        def body(text: str) -> bytes:
            return msgspec.json.encode({**signature, **message_of(out, text)})

        return body(shortened(out.text, out.language, lambda text: len(body(text)) <= MOST_BYTES))

    def _meaning(self, code: int, message: str) -> Outcome:
        told = f"code {code}"
        if code == 0:
            return sent(told)
        if code in _TOO_OFTEN or "frequency limited" in message or "too many" in message:
            return later(f"{told}: too many messages", retry_after=5.0, host_failed=False)
        if code == 19001:
            return gone(f"{told}: there is no such robot (any more)")
        return refused(f"{told}: {_REFUSED.get(code, 'the message is not taken')}")


def signed(secret: str, at: int) -> dict[str, str]:
    """The key is time and secret, and what is signed is nothing. `at` is in seconds."""
    digest = hmac.new(f"{at}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": str(at), "sign": base64.b64encode(digest).decode()}


def message_of(out: Outgoing, text: str) -> dict[str, object]:
    """A post: its text is text, where that of other messages could call everybody by a tag."""
    content = [[{"tag": "text", "text": line}] for line in text.split("\n")]
    link = {"tag": "a", "text": OPEN.within(out.language), "href": out.url}
    language = "en_us" if out.language == "en" else "zh_cn"
    post = {language: {"title": out.title, "content": [*content, [link]]}}
    return {"msg_type": "post", "content": {"post": post}}
