"""A browser says that from now on it is reached in another way."""

from __future__ import annotations

import msgspec

from tracker import database
from tracker.channels.base import Address, Channel
from tracker.people.tables import Person


async def renew(person: Person, channel: Channel, was: str, address: Address) -> bool:
    """Change the place whose key `was` that; it keeps its number, and what is on its way there
    goes to the new address. False where it is no place of theirs, or the new one is known."""
    done = await database.execute(
        "UPDATE subscriptions SET key = $4, address = $5::jsonb, host = $6"
        " WHERE person = $1 AND channel = $2 AND key = $3 AND gone_at IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM subscriptions WHERE channel = $2 AND key = $4 AND gone_at IS NULL)",
        person.id,
        channel.name,
        was,
        channel.key(address),
        msgspec.json.encode(address).decode(),
        channel.host(address),
    )
    return done != "UPDATE 0"
