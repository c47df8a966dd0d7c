"""The places where somebody hears."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from asyncpg import Record

from tracker import database
from tracker.channels.base import Address, ChannelName
from tracker.errors import NotFound
from tracker.people.tables import Person


class Place(msgspec.Struct, frozen=True):
    id: int
    channel: ChannelName
    name: str
    address: Address
    """A secret of its owner: for sending, and for their own eyes."""
    created_at: datetime
    confirmed_at: datetime | None


_PLACES = (
    "SELECT id, channel, name, address, created_at, confirmed_at FROM subscriptions"
    " WHERE person = $1 AND gone_at IS NULL"
)


async def places_of(person: Person) -> Sequence[Place]:
    """Of all channels, the oldest first."""
    rows = await database.fetch(f"{_PLACES} ORDER BY id", person.id)
    return [_place(row) for row in rows]


async def get_place(person: Person, channel: ChannelName, number: int) -> Place:
    row = await database.fetch_row(
        f"{_PLACES} AND channel = $2 AND id = $3", person.id, channel, number
    )
    if row is None:
        raise NotFound
    return _place(row)


def _place(row: Record) -> Place:
    return Place(
        row["id"],
        ChannelName(row["channel"]),
        row["name"],
        msgspec.json.decode(row["address"], type=Address),
        row["created_at"],
        row["confirmed_at"],
    )
