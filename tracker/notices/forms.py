"""What goes out about notices."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tracker.notices.tables import DeliveryState, NoticeKind


class VerifyLink(msgspec.Struct, frozen=True):
    """Where the recipient says, without signing in, whether this report is solved."""

    report: str
    url: str


class NoticeOut(msgspec.Struct, frozen=True):
    id: int
    kind: NoticeKind
    title: str
    text: str
    url: str
    reports: list[str]
    at: datetime
    read_at: datetime | None
    verify: list[VerifyLink] = []


class DeliveryOut(msgspec.Struct, frozen=True):
    channel: str
    state: DeliveryState
    attempts: int
    at: datetime
    detail: str
