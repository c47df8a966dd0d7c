"""Reading where people hear."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tracker import database
from tracker.channels.base import ChannelName
from tracker.errors import NotFound


class Ending(msgspec.Struct, frozen=True):
    """What a link to unsubscribe is about."""

    channel: ChannelName
    name: str
    handle: str
    language: str
    gone_at: datetime | None


async def ending(subscription: int) -> Ending:
    row = await database.fetch_row(
        "SELECT s.channel, s.name, p.handle, p.language, s.gone_at"
        " FROM subscriptions s JOIN people p ON p.id = s.person WHERE s.id = $1",
        subscription,
    )
    if row is None:
        raise NotFound
    return Ending(
        ChannelName(row["channel"]), row["name"], row["handle"], row["language"], row["gone_at"]
    )
