"""Keys that we make for ourselves and that every host shares: in the table `keys`."""

from __future__ import annotations

from collections.abc import Callable

from tracker import database
from tracker.channels.vapid import new_private_key


async def shared_key(name: str, make: Callable[[], str]) -> str:
    """The key of that name. The first of all hosts to ask makes it, for good."""
    select = "SELECT value FROM keys WHERE name = $1"
    row = await database.fetch_row(select, name)
    if row is None:
        await database.execute(
            "INSERT INTO keys (name, value, created_at) VALUES ($1, $2, now())"
            " ON CONFLICT (name) DO NOTHING",
            name,
            make(),
        )
        row = await database.fetch_row(select, name)
    assert row is not None
    value: str = row["value"]
    return value


async def vapid_key() -> str:
    """By which browsers know our pushes. Made at the first start, or when it is first asked for; a
    new one would be a stranger's to all that have subscribed."""
    return await shared_key("vapid", new_private_key)
