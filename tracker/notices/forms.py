"""What goes out about notices."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tracker.notices.tables import DeliveryState, NoticeKind


class NoticeOut(msgspec.Struct, frozen=True):
    id: int
    kind: NoticeKind
    title: str
    text: str
    url: str
    reports: list[str]
    at: datetime
    read_at: datetime | None


class DeliveryOut(msgspec.Struct, frozen=True):
    channel: str
    state: DeliveryState
    attempts: int
    at: datetime
    detail: str
