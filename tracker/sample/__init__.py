"""The sample programme: what somebody sees who opens the tracker for the first time."""

from __future__ import annotations

from datetime import datetime

from tracker import database
from tracker.errors import Conflict
from tracker.language import Text
from tracker.sample.cast import CAST, PASSWORD, Player, add_cast, cast_signs_in

__all__ = ["CAST", "PASSWORD", "Player", "cast_signs_in", "is_empty", "load"]

NOT_EMPTY = Text(
    "示例只能装进空的数据库",
    "The sample programme goes into an empty database, and this one is in use",
)


async def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return await database.fetch_row("SELECT 1 FROM people LIMIT 1") is None


async def load(now: datetime) -> None:
    """Fill an empty database, whole or not at all. Raises Conflict where it is not empty.

    Two at once load it once: the second waits, and is refused.
    """
    async with database.transaction():
        await database.execute("LOCK TABLE people IN EXCLUSIVE MODE")
        if not await is_empty():
            raise Conflict(NOT_EMPTY)
        await add_cast(now)
