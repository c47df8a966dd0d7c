"""What every channel is: a way from here to one address, and what became of a try.

A channel knows its vendor's contract and nothing else: not who is told, not why, not how often it
was tried. It keeps no state between calls but open connections, and never raises for what the far
side does: that is an `Outcome`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol

import msgspec

from tracker.language import Language, Text


class ChannelName(StrEnum):
    """Where notices go beside the inbox. The last three are robots in a team's chat."""

    WEBPUSH = "webpush"
    EMAIL = "email"
    WEBHOOK = "webhook"
    NTFY = "ntfy"
    MIPUSH = "mipush"
    FEISHU = "feishu"
    WECOM = "wecom"
    DINGTALK = "dingtalk"


ROBOTS = (ChannelName.FEISHU, ChannelName.WECOM, ChannelName.DINGTALK)

SHARED = (ChannelName.WEBHOOK, ChannelName.NTFY)
"""Where several people may hear at one place: knowing its address does not show that it is yours,
so nobody takes it over from anybody."""

Address = dict[str, str]
"""What a channel needs to reach one place, under names of its own; kept as JSON."""


class Line(msgspec.Struct, frozen=True):
    """One report of a message, for channels with room for it."""

    report: str
    title: str
    says: str
    """What became of it, in a few words; empty where the message says no more of it."""
    url: str
    verify: str = ""
    """Where its reporter answers "is it fixed?" without signing in; empty where that is not asked.
    Whoever has it answers as them: it goes to the recipient alone."""


class Outgoing(msgspec.Struct, frozen=True):
    """One message for one address, in the recipient's language."""

    key: str
    """The same in every try, and another for every message and address: by it a far side that
    can tell a repeat collapses it. At most 32 characters of A-Z a-z 0-9 - _."""
    kind: str
    title: str
    text: str
    url: str
    """Where a tap leads: absolute, of our own pages."""
    language: Language
    at: datetime
    address: Address
    lines: tuple[Line, ...] = ()
    unsubscribe: str = ""
    """Where one POST without signing in ends it; empty where there is nothing to end."""


class Verdict(StrEnum):
    SENT = "sent"
    LATER = "later"
    GONE = "gone"
    REFUSED = "refused"


class Outcome(msgspec.Struct, frozen=True):
    """What became of one try. Make one with `sent`, `later`, `gone` or `refused`.

    `detail` is for engineers, in English, without anything secret and without what a server on a
    private network might have said.
    """

    verdict: Verdict
    detail: str = ""
    retry_after: float | None = None
    """Seconds the far side asks to be left alone: the whole host is, for as long as its channel's
    `Limits.longest_pause`."""
    host_failed: bool = False
    """Whether the trouble is the host's rather than this message's: counts for its breaker."""


def sent(detail: str = "") -> Outcome:
    return Outcome(Verdict.SENT, detail)


def later(detail: str, *, retry_after: float | None = None, host_failed: bool = True) -> Outcome:
    """Not this time: it is tried again."""
    return Outcome(Verdict.LATER, detail, retry_after, host_failed)


def gone(detail: str) -> Outcome:
    """The address is no more: it is removed, and nothing is sent there again."""
    return Outcome(Verdict.GONE, detail)


def refused(detail: str) -> Outcome:
    """This message will never be taken; the address may be well."""
    return Outcome(Verdict.REFUSED, detail)


class Limits(msgspec.Struct, frozen=True):
    """What one host bears."""

    at_once: int = 8
    """From one worker."""
    seconds_between: float = 0.0
    """Between the beginnings of two calls of one worker."""
    together: bool = False
    """Whether `seconds_between` holds for all workers together: for hosts that count by the minute."""
    longest_pause: float = 3600.0
    """Seconds that the whole host is left alone for at most because an answer asks for it. The
    address that it came from is left alone for as long as it says."""


class Channel(Protocol):
    name: ClassVar[ChannelName]
    together: ClassVar[int]
    """Messages that one call may carry. They then have the same title, text, language and url,
    and go to the same host."""
    limits: Limits

    def problem(self) -> Text | None:
        """Why nothing can be sent as the server is set up now; None where it can."""

    def read(self, form: Mapping[str, str]) -> Address:
        """The address that somebody typed. Raises Invalid, by the form's fields."""

    def key(self, address: Address) -> str:
        """What makes two addresses the same place: one subscription each."""

    def host(self, address: Address) -> str:
        """What shares limits and fails together: a server's name, or one robot."""

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        """Try once, all of them; an outcome for each, in order. Takes 15 s at most."""
