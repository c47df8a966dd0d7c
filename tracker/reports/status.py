"""The one place where a report's status is written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from tracker.history.actions import record_each
from tracker.people.tables import Person
from tracker.reports.tables import Status

# A siding is a fact of its own (a closure, an open question); the standing goes on changing
# beneath it, so that leaving the siding gives back whatever is true by then. News of a fix
# does not wait for an answer. A report that somebody else moved while this waited for its row (it
# was unlinked, its fix reverted) stays where they put it: what is wanted was worked out before.
_MOVE = """
UPDATE reports SET
    standing = wanted.standing,
    status = CASE
        WHEN reports.closed_at IS NOT NULL THEN 'closed'
        WHEN reports.question IS NOT NULL
            AND wanted.standing IN ('new', 'accepted', 'in_progress') THEN 'needs_info'
        ELSE wanted.standing END,
    released_in = wanted.released_in,
    expected_on = wanted.expected_on,
    missed_on = CASE WHEN wanted.standing <> 'fixed' THEN NULL
        WHEN reports.standing = 'fixed' AND wanted.expected_on > reports.expected_on
            THEN reports.expected_on
        ELSE reports.missed_on END,
    updated_at = {}
FROM (
    SELECT was.id, was.proposal AS old_proposal, was.standing AS old_standing,
        was.released_in AS old_released_in, was.expected_on AS old_expected_on, wanted.*
    FROM ({}) AS wanted JOIN reports was ON was.id = wanted.report
) AS wanted
WHERE reports.id = wanted.report
AND (reports.proposal, reports.standing, reports.released_in, reports.expected_on)
    IS NOT DISTINCT FROM (wanted.old_proposal, wanted.old_standing, wanted.old_released_in,
        wanted.old_expected_on)
AND (wanted.always
    OR (reports.standing, reports.released_in, reports.expected_on)
        IS DISTINCT FROM (wanted.standing, wanted.released_in, wanted.expected_on))
RETURNING reports.id AS report,
    coalesce(wanted.kind, CASE WHEN wanted.old_standing = 'fixed' AND wanted.standing = 'fixed'
        THEN 'report.moved'
        WHEN wanted.old_standing = wanted.standing
            AND wanted.standing IN ('released', 'verified') THEN 'report.shifted'
        ELSE 'report.' || wanted.standing END) AS kind,
    wanted.data AS data
"""


async def set_status(
    actor: Person | None,
    wanted: QueryString,
    *,
    now: datetime,
    proposal: int | None = None,
    build: int | None = None,
    release: int | None = None,
) -> list[int]:
    """Put reports where they stand now, and write an event for each that moved.

    `wanted` is a query of the columns `report`, `standing`, `released_in`, `expected_on`,
    `kind` (of the event; null: named after the standing), `data` (jsonb) and `always` (write
    the event even where nothing moves: the act itself is news). Two statements in one,
    whatever the number of reports. Returns the numbers of those that got an event.
    """
    return await record_each(
        actor,
        QueryString(_MOVE, now, wanted),
        now=now,
        proposal=proposal,
        build=build,
        release=release,
    )


async def note_act(
    actor: Person,
    report: int,
    kind: str,
    *,
    now: datetime,
    standing: Status | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Write one act on one report as an event, with the status that follows from it.

    Change the facts (question, closure) first. `standing` moves the report along the line.
    """
    await set_status(
        actor,
        QueryString(
            "SELECT id AS report, coalesce({}::varchar, standing) AS standing, released_in,"
            " expected_on, {}::text AS kind, {}::jsonb AS data, true AS always"
            " FROM reports WHERE id = {}",
            standing,
            kind,
            msgspec.json.encode(data or {}).decode(),
            report,
        ),
        now=now,
    )
