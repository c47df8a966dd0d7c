"""What the clock does for people: forgetting what need not be kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from tracker import database

REMEMBERED_FOR = timedelta(days=1)
"""How long a repeated POST with an Idempotency-Key gets the first answer."""


async def sweep(*, now: datetime) -> None:
    """Remove sessions that are over, wrong passwords that no longer count, old answers."""
    await database.execute("DELETE FROM sessions WHERE expires_at < $1", now)
    await database.execute("DELETE FROM wrong_passwords WHERE at < $1", now - timedelta(hours=1))
    await database.execute("DELETE FROM remembered_answers WHERE at < $1", now - REMEMBERED_FOR)
