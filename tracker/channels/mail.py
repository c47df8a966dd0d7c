"""E-mail, by the mail server of TRACKER_SMTP_URL."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from email.headerregistry import Address as Mailbox
from email.utils import parseaddr
from typing import ClassVar, Self
from urllib.parse import urlsplit

from tracker.channels.base import Address, ChannelName, Limits, Outcome, Outgoing, later
from tracker.channels.letters import as_bytes
from tracker.channels.smtp import CONNECTIONS, Connections
from tracker.errors import Invalid
from tracker.language import Text
from tracker.settings import Settings

FIELD = "address"
_MISSING = (
    "还没有设置发信：启动时需要 {name}。",
    "E-mail is not set up: {name} is needed at the start.",
)
# What mailboxes are called in the world, not all that RFC 5322 permits: no quotes, no comments.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


class Mail:
    """Use as a context: its connections are kept until the end."""

    name: ClassVar[ChannelName] = ChannelName.EMAIL
    together: ClassVar[int] = 1
    limits = Limits(at_once=CONNECTIONS)

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        # An IP address has to stand in brackets where a name is asked for.
        name = urlsplit(settings.base_url).hostname or "localhost"
        bare = re.fullmatch(r"[0-9.]+|.*:.*", name) is not None
        self._own_name = f"[{'IPv6:' if ':' in name else ''}{name}]" if bare else name
        self._server = (
            Connections(settings.smtp_url, own_name=self._own_name) if settings.smtp_url else None
        )
        display, address = parseaddr(settings.mail_from or "")
        self._sender = Mailbox(display, addr_spec=address) if address else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            await self._server.close()

    def problem(self) -> Text | None:
        if self._server is None:
            return Text(*_MISSING).filled(name="TRACKER_SMTP_URL")
        if self._sender is None:
            return Text(*_MISSING).filled(name="TRACKER_MAIL_FROM")
        return None

    def read(self, form: Mapping[str, str]) -> Address:
        typed = form.get(FIELD, "").strip()
        if not typed:
            raise Invalid({FIELD: Text("邮箱还空着，填上就行", "Type your e-mail address")})
        local, at, domain = typed.rpartition("@")
        if not at or not local:
            raise Invalid({FIELD: _HOW})
        if not local.isascii():
            raise Invalid(
                {
                    FIELD: Text(
                        "@ 前面只能用英文字母、数字和符号",
                        "In front of the @ only Latin letters, digits and signs can be used",
                    )
                }
            )
        try:
            domain = domain.lower().encode("idna").decode("ascii")
        except UnicodeError:
            raise Invalid({FIELD: _HOW}) from None
        whole = f"{local}@{domain}"
        if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain) or len(local) > 64:
            raise Invalid({FIELD: _HOW})
        if len(whole) > 254:
            raise Invalid({FIELD: Text("邮箱太长了", "This is longer than any e-mail address")})
        return {"to": whole}

    def key(self, address: Address) -> str:
        # Mail servers could tell Alice@ from alice@; none of this world does.
        return address["to"].lower()

    def host(self, address: Address) -> str:
        # Never what a webhook's server can be called: a tester whose hook points at our mail
        # server, and fails there, would have the mail of all left alone.
        return f"smtp://{self._server.host}:{self._server.port}" if self._server else "smtp:"

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        return await asyncio.gather(*map(self._send, messages))

    async def _send(self, message: Outgoing) -> Outcome:
        if self._server is None or self._sender is None:
            return later("e-mail is not set up")
        to = message.address["to"]
        whole = as_bytes(
            message,
            to=to,
            sender=self._sender,
            host=self._own_name,
            base_url=self._settings.base_url,
        )
        return await self._server.send(self._sender.addr_spec, to, whole)


_HOW = Text("写成 name@example.com 的样子", "Write it like name@example.com")
