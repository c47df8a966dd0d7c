"""WeCom (企业微信): robots in its groups. The key in the address is all that protects one."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from tracker.channels.base import ChannelName, Limits, Outcome, Outgoing, gone, later, refused, sent
from tracker.channels.robots import MINUTE, OPEN, Robot, shortened, without_marks
from tracker.language import Text

MOST_BYTES = 4096
"""Of a message in Markdown; plain text may have half of it."""

_TOO_OFTEN = frozenset({45009, 45033})
_REMOVED = frozenset({93004, 93008})


class WeCom(Robot):
    name: ClassVar[ChannelName] = ChannelName.WECOM
    # 20 a minute.
    limits = Limits(at_once=1, seconds_between=3.1, together=True)
    vendor: ClassVar[Text] = Text("企业微信", "WeCom")
    servers: ClassVar[tuple[str, ...]] = ("qyapi.weixin.qq.com",)
    path: ClassVar[str] = "/cgi-bin/webhook/send?key="
    signs: ClassVar[bool] = False
    _codes: ClassVar[tuple[str, str]] = ("errcode", "errmsg")

    def _body(self, out: Outgoing) -> bytes:
        def content(text: str) -> str:
            title, link = without_marks(out.title), OPEN.within(out.language)
            return f"**{title}**\n{without_marks(text)}\n[{link}]({out.url})"

        text = shortened(
            out.text, out.language, lambda text: len(content(text).encode()) <= MOST_BYTES
        )
        return msgspec.json.encode({"msgtype": "markdown", "markdown": {"content": content(text)}})

    def _meaning(self, code: int, message: str) -> Outcome:
        told = f"errcode {code}"
        if code == 0:
            return sent(told)
        if code in _TOO_OFTEN:
            return later(f"{told}: too many messages", retry_after=MINUTE, host_failed=False)
        if code == -1:
            return later(f"{told}: WeCom is busy")
        # The same number stands for a message that is wrong.
        if code in _REMOVED or (code == 93000 and "webhook" in message):
            return gone(f"{told}: there is no such robot (any more)")
        return refused(f"{told}: the message is not taken")
