"""Connections to one mail server, kept and reused, and what its answers mean."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import re
import ssl
import time
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib import SMTP

from tracker.channels.base import Outcome, gone, later, refused, sent

CONNECTIONS = 4
"""At once, from one process: many servers bear no more from one client."""
PATIENCE = 14.0
"""Seconds for a whole message, the connection included."""
_MESSAGES = 100
"""… of one connection; many servers take no more, and some drop the next without a word."""
_IDLE = 20.0
"""Seconds after which a connection is not trusted to be there any more."""

_STATUS = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
# RFC 3463: the mailbox, or the domain behind the @, is not there or is closed.
_UNKNOWN = {("1", "0"), ("1", "1"), ("1", "2"), ("1", "3"), ("1", "6"), ("1", "10"), ("2", "1")}


class _Unsuitable(Exception):
    """The server cannot be used as it is set up here; the message says why."""


class Connections:
    """To the server of an smtp:// or smtps:// address. They are made as they are needed."""

    def __init__(self, url: str, *, own_name: str) -> None:
        parts = urlsplit(url)
        self.host = parts.hostname or ""
        self._tls = parts.scheme == "smtps"
        self.port = parts.port or (465 if self._tls else 25)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._own_name = own_name
        self._room = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[tuple[SMTP, float, int]] = []
        """Each with when it was used last and for how many messages."""

    async def close(self) -> None:
        for smtp, _, _ in self._idle:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await smtp.quit(timeout=1)
            smtp.close()
        self._idle.clear()

    async def send(self, sender: str, to: str, message: bytes) -> Outcome:
        """One message to one address. Never raises for what the server does."""
        try:
            async with asyncio.timeout(PATIENCE), self._room:
                return await self._send(sender, to, message)
        except (TimeoutError, aiosmtplib.SMTPTimeoutError):
            return later("the mail server does not answer in time")
        except _Unsuitable as why:
            return later(str(why))
        except aiosmtplib.SMTPAuthenticationError as problem:
            told = _told(problem.code, problem.message, to)
            return later(
                f"the mail server refuses the name or password of TRACKER_SMTP_URL: {told}"
            )
        except aiosmtplib.SMTPSenderRefused as problem:
            told = _told(problem.code, problem.message, to)
            return later(f"the mail server refuses the sender of TRACKER_MAIL_FROM: {told}")
        except aiosmtplib.SMTPResponseException as problem:
            return later(_told(problem.code, problem.message, to))
        except (aiosmtplib.SMTPException, OSError) as problem:
            return later(f"the mail server cannot be reached: {_why(problem)}")
        except ValueError:
            return refused("the address cannot be written to")

    async def _send(self, sender: str, to: str, message: bytes) -> Outcome:
        smtp, messages = await self._begin(sender, len(message))
        outcome: Outcome | None = None
        try:
            try:
                await smtp.rcpt(to)
                reply = await smtp.data(message)
            except aiosmtplib.SMTPRecipientRefused as problem:
                outcome = _of_recipient(problem.code, problem.message, to)
                await smtp.rset()
            except aiosmtplib.SMTPDataError as problem:
                told = _told(problem.code, problem.message, to)
                if problem.code >= 500:
                    outcome = refused(told)
                else:
                    outcome = later(told, host_failed=problem.code == 421)
                await smtp.rset()
            else:
                outcome = sent(_told(reply.code, reply.message, to))
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPResponseException):
            smtp.close()
            # What has been answered stands, though the connection did not come back from it.
            if outcome is None:
                raise
        except BaseException:
            smtp.close()
            raise
        else:
            self._idle.append((smtp, time.monotonic(), messages + 1))
        return outcome

    async def _begin(self, sender: str, size: int) -> tuple[SMTP, int]:
        """A connection that has taken the sender. One that lay idle may be gone by now, or have
        had enough: then nothing has been sent, and a new one takes its place."""
        while self._idle:
            smtp, used_at, messages = self._idle.pop()
            if time.monotonic() - used_at > _IDLE or messages >= _MESSAGES:
                smtp.close()
                continue
            try:
                await _take_sender(smtp, sender, size)
            except aiosmtplib.SMTPServerDisconnected:
                smtp.close()
            except aiosmtplib.SMTPSenderRefused as problem:
                smtp.close()
                if problem.code != 421:
                    raise
            except BaseException:
                smtp.close()
                raise
            else:
                return smtp, messages
        smtp = await self._connect()
        try:
            await _take_sender(smtp, sender, size)
        except BaseException:
            smtp.close()
            raise
        return smtp, 0

    async def _connect(self) -> SMTP:
        smtp = SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self._tls,
            # Asked for by name here: it would ask the network, and wait for it.
            local_hostname=self._own_name,
            timeout=PATIENCE,
        )
        try:
            await smtp.connect()
            # What a server can do is another thing once TLS has begun.
            if smtp.is_ehlo_or_helo_needed:
                await smtp.ehlo()
            if self._user:
                await self._sign_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    async def _sign_in(self, smtp: SMTP) -> None:
        if smtp.get_transport_info("ssl_object") is None and not _is_here(self.host):
            raise _Unsuitable(
                "the mail server offers no TLS, and the password of TRACKER_SMTP_URL is not sent"
                " in the clear"
            )
        if not smtp.supported_auth_methods:
            raise _Unsuitable(
                "the mail server takes no password; leave name and password out of TRACKER_SMTP_URL"
            )
        await smtp.login(self._user, self._password)


async def _take_sender(smtp: SMTP, sender: str, size: int) -> None:
    options = [f"SIZE={size}"] if smtp.supports_extension("size") else []
    await smtp.mail(sender, options=options)


def _why(problem: Exception) -> str:
    """Why there is no connection, without where it was to."""
    cause = problem.__cause__ or problem
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return f"TLS failed: {cause.reason}"
    if isinstance(cause, OSError) and cause.errno is not None:
        # Those of a name that is not found are below zero, and know their own words.
        return os.strerror(cause.errno) if cause.errno > 0 else str(cause.strerror)
    return type(cause).__name__


def _is_here(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _of_recipient(code: int, message: str, to: str) -> Outcome:
    told = _told(code, message, to)
    if code < 500:
        # "Come back in some minutes" to a sender not seen before is about this message alone.
        return later(told, host_failed=code == 421)
    status = _STATUS.match(message)
    if status is not None and status[2] != "0":
        # Says more than the code, which is 550 for a stranger and for what is taken for spam.
        unknown = (status[2], status[3]) in _UNKNOWN
    else:
        unknown = code in (550, 551, 553)
    return gone(told) if unknown else refused(told)


def _told(code: int, message: str, to: str) -> str:
    """For engineers, who need not read a tester's address."""
    words = " ".join(re.sub(re.escape(to), "…", message, flags=re.IGNORECASE).split())
    return f"SMTP {code} {words[:150]}".rstrip()
