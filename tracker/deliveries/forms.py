"""What goes in and out about deliveries. No address: those are secrets of their owners."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec

from tracker.channels.base import ChannelName
from tracker.notices.tables import DeliveryState, NoticeKind
from tracker.web.forms import says


class LedgerOut(msgspec.Struct, frozen=True, kw_only=True):
    """One notice on its way to one place."""

    id: int
    notice: int
    kind: NoticeKind
    title: str
    text: str
    person: str | None
    """Whose notice it is; null for a team's robot."""
    channel: ChannelName
    name: str
    """What its owner calls the place; empty for anybody else's, since it may be their address."""
    host: str
    state: DeliveryState
    attempts: int
    made_at: datetime
    due_at: datetime | None
    """When it is tried next, or while it is being tried when somebody else may; null: settled."""
    at: datetime
    """Of the last change."""
    detail: str


class CountOut(msgspec.Struct, frozen=True):
    channel: ChannelName
    state: DeliveryState
    count: int


class WaitingOut(msgspec.Struct, frozen=True):
    id: int
    channel: ChannelName
    host: str
    due_at: datetime


class HostOut(msgspec.Struct, frozen=True):
    """A host in trouble, which all workers leave alone."""

    host: str
    waiting: int
    since: datetime | None
    """When the oldest notice that still waits for it was made; null where none does."""
    until: datetime
    failures: int
    """Times in a row that it was left alone."""
    reason: str


class SummaryOut(msgspec.Struct, frozen=True):
    counts: list[CountOut]
    oldest_waiting: WaitingOut | None
    """That which is due and has waited longest; null where nothing is due."""
    hosts: list[HostOut]


_REASON = says(
    "请写明原因，最多 200 字", "Say why, in at most 200 characters", min_length=1, max_length=200
)


class EndDelivery(msgspec.Struct, frozen=True):
    reason: Annotated[str, _REASON]


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which deliveries are meant. At least one of the last four narrows them."""

    state: DeliveryState
    channel: ChannelName | None = None
    release: date | None = None
    person: str = ""
    host: str = ""
    notice: int | None = None


class EndSelection(Selection, frozen=True, kw_only=True):
    reason: Annotated[str, _REASON]


class BulkOut(msgspec.Struct, frozen=True):
    changed: int
    more: bool
    """Whether there may be others: ask again."""
    gone: int = 0
    """Left as they are because there is nobody to reach any more; counted with the last."""
