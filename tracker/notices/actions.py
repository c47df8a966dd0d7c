"""What people do with their notices."""

from __future__ import annotations

from datetime import datetime

from tracker import database
from tracker.people.tables import Person


async def mark_read(person: Person, number: int, *, now: datetime) -> None:
    """Read by its own recipient; looked at by somebody of the team it stays unread."""
    await database.execute(
        "UPDATE notices SET read_at = $3 WHERE id = $1 AND person = $2 AND read_at IS NULL",
        number,
        person.id,
        now,
    )


async def mark_all_read(person: Person, *, now: datetime) -> None:
    await database.execute(
        "UPDATE notices SET read_at = $2 WHERE person = $1 AND read_at IS NULL", person.id, now
    )
