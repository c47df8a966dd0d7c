"""Messages that are taken back with the act that said them, or given back with the undoing of
that. Testers see neither text nor trace of one that nobody was told of."""

from __future__ import annotations

from datetime import datetime

from piccolo.querystring import QueryString

from tracker import database
from tracker.history.actions import record_each
from tracker.people.tables import Person
from tracker.undoing.queries import Done

# A question has an event of its own for that, and what testers never saw is not theirs to read of.
_SAID = """
SELECT e.report, (e.data->>'message')::bigint AS message,
    e.internal OR e.heard_at IS NULL OR e.kind = 'report.asked' AS quietly
FROM events e WHERE e.act = {} AND e.kind IN ('report.asked', 'report.replied', 'report.noted')
    AND e.data ? 'message' AND NOT e.data ? 'again_of'
"""
_GIVEN_BACK = """
SELECT (e.data->>'message')::bigint AS message FROM events e
WHERE e.act = $1 AND e.kind = 'report.retracted'
"""


async def retract(engineer: Person, act: Done, *, now: datetime) -> None:
    """Three statements, whatever the number of messages."""
    for quietly in (True, False):
        await record_each(
            engineer,
            QueryString(
                f"SELECT report, 'report.retracted' AS kind,"
                " jsonb_build_object('message', message, 'undoes', {}::text) AS data"
                f" FROM ({_SAID}) said WHERE quietly = {{}}",
                act.name,
                act.id,
                quietly,
            ),
            now=now,
            internal=quietly,
        )
    await database.execute(
        "UPDATE messages m SET retracted_at = $2 FROM events e WHERE e.act = $1"
        " AND e.kind IN ('report.asked', 'report.replied', 'report.noted')"
        " AND NOT e.data ? 'again_of' AND m.id = (e.data->>'message')::bigint",
        act.id,
        now,
    )
    await database.execute(
        f"UPDATE messages SET retracted_at = NULL WHERE id IN ({_GIVEN_BACK})", act.id
    )
