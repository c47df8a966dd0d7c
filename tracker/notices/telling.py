"""Putting notices into inboxes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from asyncpg import Record

from tracker import database
from tracker.notices.tables import NoticeKind

Listener = Callable[[Record, dict[str, Any], datetime], Awaitable[None]]
"""What is done about an event: it, its data, and now."""

# Every notice goes to the in-app inbox, where it has arrived by being there.
_TELL = """
WITH told (person, data) AS ({query}),
made AS (
    INSERT INTO notices (person, cause, kind, event, data, at)
    SELECT person, $1, $2, $3, data, $4 FROM told
    ON CONFLICT (person, cause) DO NOTHING RETURNING id)
INSERT INTO deliveries (notice, channel, state, attempts, at, detail)
SELECT id, 'inbox', 'sent', 1, $4, '' FROM made
"""


async def tell(
    query: str, kind: NoticeKind, cause: str, event: Record, now: datetime, *values: object
) -> None:
    """Insert a notice for each (person, data) of `query`, whose own values start at `$5`."""
    await database.execute(_TELL.format(query=query), cause, kind, event["id"], now, *values)
