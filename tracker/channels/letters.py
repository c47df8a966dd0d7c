"""A message as mail: plain text and HTML, and the bytes that go to the mail server."""

from __future__ import annotations

import re
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from functools import cache
from typing import Any

import msgspec

from tracker.channels.base import Outgoing
from tracker.engine import Templates, templates_folder
from tracker.language import Text

CONFIRMATION = "confirmation"
"""The kind of the one mail that goes to an address before it is known to be wanted there."""

_BUTTONS = {
    "friday": Text("打开我的橙色星期五", "Open My Orange Friday"),
    "question": Text("去回答", "Answer"),
    "severe": Text("马上看", "Look at it now"),
    "blocked": Text("去彩排", "To the rehearsal"),
    CONFIRMATION: Text("确认这个邮箱", "Confirm this address"),
}
_BUTTON = Text("去看看", "Have a look")
_LINES = 40
"""Reports that one mail lists: some mail programs cut off what is longer than 100 kB."""
_LANGUAGES = {"zh": "zh-CN", "en": "en"}


class Letter(msgspec.Struct, frozen=True):
    """The two parts of a mail, which say the same."""

    text: str
    html: str


class _Policy(EmailPolicy):
    """Two headers are written as they are given, on the way out only.

    `List-Unsubscribe` in one line, whatever its length: folded it would be encoded, and mail
    programs would not find the address. `Subject` encoded by us: what comes with the library takes
    a title that looks encoded for one, and unpacks what is hidden in it, ends of lines included.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        if name in ("List-Unsubscribe", "Subject"):
            return name, value
        return super().header_store_parse(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name == "List-Unsubscribe":
            return f"{name}: {value}\r\n".encode("ascii")
        if name == "Subject":
            plain = value.isascii() and "=?" not in value
            charset = "us-ascii" if plain else "utf-8"
            subject = Header(value, charset, header_name=name, maxlinelen=75)
            return f"{name}: {subject.encode(linesep=self.linesep)}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep=SMTP.linesep, max_line_length=76, cte_type="7bit")


@cache
def _templates() -> Templates:
    return Templates(templates_folder(), debug=False)


def letter(message: Outgoing, *, base_url: str) -> Letter:
    """`message` in its reader's language, with its reports and links."""
    lines = [line for line in message.lines if line.says]
    given = {
        "lines": lines[:_LINES],
        "more": len(lines[_LINES:]),
        "it": msgspec.structs.replace(message, title=_one_line(message.title)),
        "button": _BUTTONS.get(message.kind, _BUTTON).within(message.language),
        "base_url": base_url,
        "confirmation": message.kind == CONFIRMATION,
    }
    text, html = (
        _templates().get_template(f"{message.language}/mail/notice.{part}").render(given)
        for part in ("txt", "html")
    )
    return Letter(re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html)


def _one_line(text: str) -> str:
    """What somebody wrote, where the end of a line would begin another header."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text).split())


def as_bytes(message: Outgoing, *, to: str, sender: Address, host: str, base_url: str) -> bytes:
    """The whole mail, the same in every try to the last byte. `host` ends its Message-ID."""
    mail = EmailMessage(_POLICY)
    mail["From"] = sender
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = _one_line(message.title)
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = f"<{message.key}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe:
        mail["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    written = letter(message, base_url=base_url)
    encoding = "base64" if message.language == "zh" else "quoted-printable"
    mail.set_content(written.text, cte=encoding)
    mail.add_alternative(written.html, subtype="html", cte=encoding)
    mail["Content-Language"] = _LANGUAGES[message.language]
    mail.set_boundary(f"=_{message.key}_=")
    return mail.as_bytes()
