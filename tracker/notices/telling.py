"""Putting notices into inboxes, and on their way to wherever else people hear."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
from asyncpg import Record

from tracker import database
from tracker.notices.tables import NoticeKind
from tracker.subscriptions.hearing import hearing

Listener = Callable[[Record, dict[str, Any], datetime], Awaitable[None]]
"""What is done about an event: it, its data, and now."""

# Every notice goes to the in-app inbox, where it has arrived by being there.
_HEARD = hearing("made", kind="$2::text", now="$4")
_DELIVERIES = (
    "INSERT INTO deliveries"
    " (notice, subscription, channel, host, due_at, at, state, attempts, detail)"
)


def _telling(query: str) -> str:
    return f"""
WITH told (person, data) AS ({query}),
made AS (
    INSERT INTO notices (person, cause, kind, event, data, at)
    SELECT person, $1, $2, $3, data, $4 FROM told
    ON CONFLICT (person, cause) DO NOTHING RETURNING id, person)
{_DELIVERIES} SELECT heard.*, $4, 'pending', 0, '' FROM ({_HEARD}) AS heard
"""


_TELL_ROBOTS = f"""
WITH made AS (
    INSERT INTO notices (robot, cause, kind, event, data, at)
    SELECT s.id, $1, $2::text, $3, $5::jsonb, $4 FROM subscriptions s
    WHERE s.person IS NULL AND s.gone_at IS NULL AND s.hears ? $2::text
    ON CONFLICT (robot, cause) WHERE robot IS NOT NULL DO NOTHING RETURNING id, robot)
{_DELIVERIES} SELECT made.id, s.id, s.channel, s.host, $4, $4, 'pending', 0, ''
FROM made JOIN subscriptions s ON s.id = made.robot
"""


async def tell(
    query: str, kind: NoticeKind, cause: str, event: Record, now: datetime, *values: object
) -> None:
    """Insert a notice for each (person, data) of `query`, whose own values start at `$5`, and a
    delivery for each subscription that is to hear it. One statement, for one person or a million.
    """
    await database.execute(_telling(query), cause, kind, event["id"], now, *values)


async def tell_robots(
    kind: NoticeKind, cause: str, event: Record, now: datetime, data: dict[str, Any]
) -> None:
    """Have every robot of a team that posts this kind post it, once."""
    facts = msgspec.json.encode(data).decode()
    await database.execute(_TELL_ROBOTS, cause, kind, event["id"], now, facts)
