"""What people do with their notices."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tracker import database
from tracker.errors import NotFound
from tracker.notices.queries import Listed, listed
from tracker.people.tables import Person


class Opened(msgspec.Struct, frozen=True):
    """A notice, and which of its reports still wait for the reader's word on the fix."""

    notice: Listed
    awaited: set[int]


# A report of theirs that stands as solved by the build of the notice, and has no answer of theirs on
# it. An old notice does not ask them to try a build that was withdrawn since.
_OPEN = """
UPDATE notices AS n SET read_at = coalesce(n.read_at, $3) WHERE n.id = $1 AND n.person = $2
RETURNING n.id, n.kind, n.data, n.at, n.read_at, ARRAY(
    SELECT r.id FROM jsonb_array_elements(
        CASE jsonb_typeof(n.data->'reports') WHEN 'array' THEN n.data->'reports' ELSE '[]' END) item
    JOIN reports r ON r.id = (item->>'report')::bigint
    JOIN builds b ON b.id = r.released_in AND b.version = item->>'build'
    WHERE r.reporter = n.person AND r.status = 'released' AND NOT EXISTS (
        SELECT 1 FROM verifications v
        WHERE v.report = r.id AND v.person = n.person AND v.build = r.released_in)) AS awaited
"""


async def open_notice(person: Person, number: int, *, now: datetime) -> Opened:
    """Read one of one's own, and mark it so; anybody else's is nothing to them."""
    row = await database.fetch_row(_OPEN, number, person.id, now)
    if row is None:
        raise NotFound
    return Opened(listed(row), set(row["awaited"]))


async def mark_all_read(person: Person, *, now: datetime) -> None:
    await database.execute(
        "UPDATE notices SET read_at = $2 WHERE person = $1 AND read_at IS NULL", person.id, now
    )
