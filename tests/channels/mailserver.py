"""A real mail server on a port of this machine, with a mailbox that can be looked into.

async def test_…(mail_server):
    mail_server.url                                 # smtp://127.0.0.1:…
    mail_server.at_rcpt.append("451 4.7.1 come back")   # its answer to the next RCPT
    mail_server.letters[0].raw                      # as they came in
"""

from __future__ import annotations

import asyncio
import dataclasses
import email
import email.policy
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
import pytest_asyncio
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tracker.settings import Settings

NAME, PASSWORD = "tracker@example.com", "p@ss/word: 中"


@dataclass(frozen=True)
class Received:
    sender: str
    to: str
    raw: bytes

    @property
    def head(self) -> list[str]:
        """The lines of its header, as they came in."""
        return self.raw.partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")

    @property
    def parsed(self) -> EmailMessage:
        read = email.message_from_bytes(self.raw, policy=email.policy.default)
        assert isinstance(read, EmailMessage)
        return read

    def part(self, kind: str) -> str:
        """Its `plain` or `html`, decoded."""
        body = self.parsed.get_body((kind,))
        assert body is not None
        text: str = body.get_content()
        return text

    def links(self) -> list[str]:
        return re.findall(r'href="([^"]+)"', self.part("html"))


@dataclass
class MailServer:
    url: str = ""
    letters: list[Received] = field(default_factory=list)
    at_mail: list[str] = field(default_factory=list)
    at_rcpt: list[str] = field(default_factory=list)
    at_data: list[str] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    most_open: int = 0
    offered: list[bytes] = field(default_factory=list)
    """Passwords that were tried."""
    hold: asyncio.Event | None = None
    """Where set, a message is taken only after it."""
    held: asyncio.Queue[None] = field(default_factory=asyncio.Queue)
    """One for each message that waits for it."""
    drop: Callable[[], None] = lambda: None
    """Hang up on everybody, without a word."""

    async def handle_MAIL(  # noqa: N802 (called by the name of the command)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_mail:
            return self.at_mail.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_rcpt:
            return self.at_rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.hold is not None:
            self.held.put_nowait(None)
            await self.hold.wait()
        if self.at_data:
            return self.at_data.pop(0)
        assert envelope.mail_from is not None
        assert isinstance(envelope.content, bytes)
        [to] = envelope.rcpt_tos
        self.letters.append(Received(envelope.mail_from, to, envelope.content))
        return "250 2.0.0 queued"

    def check(self, server: SMTP, session: Session, envelope: Envelope, how: str, data: Any) -> Any:
        assert isinstance(data, LoginPassword)
        self.offered.append(data.password)
        right = data.login.decode() == NAME and data.password.decode() == PASSWORD
        return AuthResult(success=right, handled=right, message=None)


@asynccontextmanager
async def serving(
    *, smtps: ssl.SSLContext | None = None, **given: Any
) -> AsyncIterator[MailServer]:
    """With `smtps`, TLS from the start. `given` goes to aiosmtpd: `tls_context`,
    `auth_required` …"""
    server = MailServer()
    transports: set[asyncio.Transport] = set()

    class Counted(SMTP):
        def connection_made(self, transport: Any) -> None:
            if transport not in transports and self.session is None:
                server.connections += 1
                server.open += 1
                server.most_open = max(server.most_open, server.open)
            transports.add(transport)
            super().connection_made(transport)

        def connection_lost(self, error: Exception | None) -> None:
            server.open -= 1
            super().connection_lost(error)

    def drop() -> None:
        for transport in transports:
            transport.abort()
        transports.clear()

    server.drop = drop
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: Counted(
            server,
            hostname="mail.example.com",
            loop=loop,
            authenticator=server.check if given else None,
            **given,
        ),
        "127.0.0.1",
        0,
        ssl=smtps,
    )
    server.url = f"smtp{'s' if smtps else ''}://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()
        drop()


@pytest_asyncio.fixture
async def mail_server() -> AsyncIterator[MailServer]:
    async with serving() as server:
        yield server


@pytest.fixture
def mailing(settings: Settings, mail_server: MailServer) -> Settings:
    """The settings of the session, with mail going there."""
    return dataclasses.replace(
        settings, smtp_url=mail_server.url, mail_from="Orange Friday <beta@example.com>"
    )


__all__ = ["MailServer", "Received", "mail_server", "mailing", "serving"]
