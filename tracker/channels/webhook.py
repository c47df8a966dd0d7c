"""Webhooks as the Standard Webhooks specification has them: docs/webhooks.md tells receivers."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar

import msgspec
from standardwebhooks import Webhook as Signer

from tracker.channels.addresses import read_address, server_of
from tracker.channels.base import Address, ChannelName, Limits, Outcome, Outgoing, gone, later, sent
from tracker.channels.web import Web, retry_after
from tracker.errors import Invalid
from tracker.language import Text

EMPTY = Text(
    "填写接收通知的地址，例如 https://example.com/hook",
    "Give the address that receives notices, like https://example.com/hook",
)


class Report(msgspec.Struct):
    """One of the reports of a notice, as receivers get it."""

    id: str
    title: str
    status: str
    url: str
    verify: str | None


class Notice(msgspec.Struct):
    title: str
    text: str
    url: str
    language: str
    reports: list[Report]


class Body(msgspec.Struct):
    type: str
    timestamp: datetime
    data: Notice


class Webhook:
    name: ClassVar[ChannelName] = ChannelName.WEBHOOK
    together: ClassVar[int] = 1
    # Many hear at some servers, where anybody says what their own address answers: the others are
    # not to wait for an hour because one asks for it. A minute spares a server that means it.
    limits = Limits(at_once=4, longest_pause=60.0)

    def __init__(self, web: Web, *, private: bool) -> None:
        self._web = web
        self._private = private

    def problem(self) -> Text | None:
        return None

    def read(self, form: Mapping[str, str]) -> Address:
        """From `url`. Makes a new secret each time: giving an address again is how its owner
        changes a secret that others have seen."""
        typed = form.get("url", "").strip()
        if not typed:
            raise Invalid({"url": EMPTY})
        url = read_address(typed, "url", private=self._private)
        return {"url": str(url), "secret": new_secret()}

    def key(self, address: Address) -> str:
        return address["url"]

    def host(self, address: Address) -> str:
        return server_of(address["url"])

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        return [await self._send(out) for out in messages]

    async def _send(self, out: Outgoing) -> Outcome:
        body = body_of(out)
        # The time of this try, by the clock that the receiver compares it with: after five minutes
        # it would be taken for somebody's who has listened in. The id stays the same.
        at = datetime.now(UTC)
        answer = await self._web.post(
            out.address["url"],
            content=body,
            headers={
                "Content-Type": "application/json",
                "webhook-id": out.key,
                "webhook-timestamp": str(int(at.timestamp())),
                "webhook-signature": Signer(out.address["secret"]).sign(out.key, at, body.decode()),
            },
        )
        if isinstance(answer, Outcome):
            return answer
        status = answer.status_code
        told = f"HTTP {status}"
        if answer.is_success:
            return sent(told)
        # The specification lets 410 alone end it. All the rest is a failure and tried again, 404
        # and the redirects too: receivers are misconfigured for an hour and mended, and nobody
        # says by accident that they are gone.
        if status == 410:
            return gone(told)
        if status == 429:
            return later(told, retry_after=retry_after(answer, least=1.0), host_failed=False)
        # Any other answer below 500 is about this address: its neighbours may be well.
        return later(told, retry_after=retry_after(answer), host_failed=status >= 500)


def new_secret() -> str:
    """192 bits, in the form by which receivers' libraries know it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def body_of(out: Outgoing) -> bytes:
    """The same bytes in every try: nothing in it is of the time of sending."""
    return msgspec.json.encode(
        Body(
            type=f"notice.{out.kind}",
            timestamp=out.at.astimezone(UTC),
            data=Notice(
                title=out.title,
                text=out.text,
                url=out.url,
                language=out.language,
                reports=[
                    Report(line.report, line.title, line.says, line.url, line.verify or None)
                    for line in out.lines
                ],
            ),
        )
    )
