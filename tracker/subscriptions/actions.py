"""Beginning and ending to hear somewhere."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tracker import database
from tracker.channels.base import SHARED, Address, Channel
from tracker.errors import Conflict, NotFound
from tracker.language import Text
from tracker.people.tables import Person

MOST = 20
"""Places of one person: nobody has more phones, and nobody sends through us to more servers."""


async def subscribe(
    person: Person,
    channel: Channel,
    address: Address,
    *,
    name: str,
    now: datetime,
    confirmed: bool = True,
) -> int:
    """Have notices go to a place as well, and return its number. The same place again renews its
    address and keeps its number; from somebody else, who used the same browser before, it is
    taken over, unless such places are `SHARED`. Not `confirmed`: nothing goes there, and nothing is
    taken from anybody, until `confirming.confirm`."""
    key = channel.key(address)
    if channel.name in SHARED or not confirmed:
        key = f"{person.id} {key}"
    facts = msgspec.json.encode(address).decode()
    async with database.transaction():
        # Of two requests at once for one person, the second sees what the first has done.
        await database.execute("SELECT 1 FROM people WHERE id = $1 FOR UPDATE", person.id)
        renewed = await database.fetch_row(
            "UPDATE subscriptions SET address = $4::jsonb, name = $5, host = $6"
            " WHERE person = $1 AND channel = $2 AND key = $3 AND gone_at IS NULL RETURNING id",
            person.id,
            channel.name,
            key,
            facts,
            name,
            channel.host(address),
        )
        if renewed is not None:
            return int(renewed["id"])
        count = await database.fetch_row(
            "SELECT count(*) AS n FROM subscriptions WHERE person = $1 AND gone_at IS NULL",
            person.id,
        )
        assert count is not None
        if count["n"] >= MOST:
            raise Conflict(
                Text(
                    f"最多 {MOST} 个接收通知的地方，请先移除一个",
                    f"There are {MOST} places already: remove one first",
                )
            )
        await database.execute(
            "UPDATE subscriptions SET gone_at = $4, gone_because = $5, address = '{}'"
            " WHERE channel = $1 AND key = $2 AND gone_at IS NULL AND person IS DISTINCT FROM $3",
            channel.name,
            key,
            person.id,
            now,
            "taken over by another account",
        )
        made = await database.fetch_row(
            "INSERT INTO subscriptions (person, channel, key, host, address, name, created_at,"
            " confirmed_at, gone_because, language, hears)"
            " VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, '', '', '[]') RETURNING id",
            person.id,
            channel.name,
            key,
            channel.host(address),
            facts,
            name,
            now,
            now if confirmed else None,
        )
    assert made is not None
    return int(made["id"])


async def unsubscribe(person: Person, subscription: int, *, now: datetime) -> None:
    """Hear no more there. What is still on its way there is not sent."""
    row = await database.fetch_row(
        "UPDATE subscriptions SET gone_at = $3, gone_because = 'removed by its owner',"
        " address = '{}' WHERE id = $1 AND person = $2 AND gone_at IS NULL RETURNING id",
        subscription,
        person.id,
        now,
    )
    if row is None:
        raise NotFound


async def unsubscribe_browser(person: Person, endpoint: str, *, now: datetime) -> None:
    """Push no more to the browser that they sign out of; one that is not theirs stays."""
    await database.execute(
        "UPDATE subscriptions SET gone_at = $3, gone_because = 'signed out', address = '{}'"
        " WHERE person = $1 AND channel = 'webpush' AND key = $2 AND gone_at IS NULL",
        person.id,
        endpoint,
        now,
    )


async def unsubscribe_by_link(subscription: int, *, now: datetime) -> None:
    """Hear no more there, as whoever holds its link asks. Twice is once."""
    await database.execute(
        "UPDATE subscriptions SET gone_at = $2, gone_because = 'ended by its link', address = '{}'"
        " WHERE id = $1 AND gone_at IS NULL",
        subscription,
        now,
    )
