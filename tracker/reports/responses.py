"""Responses: what the team said or decided for testers to read, and how long they took.

A wait begins with a tester's word: the report itself, a message, an answer, an appeal; or when an
unlinked report comes back into the queue. It ends with the next word of the team: a reply, a
question, a closure, or that the report is recorded in a proposal. That response took so long; one
that follows it, while no tester says anything, took no time of its own. What the team notes for
itself is none, and neither is what a reporter who is of the team says under their own report.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from tracker import database
from tracker.history.acting import current
from tracker.reports.tables import ResponseKind

# A statement sees the rows as they were before it: the wait is read while it is ended.
_RESPOND = """
WITH response AS (
    INSERT INTO responses (report, person, kind, message, at, waited, act)
    SELECT id, $2, $3, $4, $5::timestamptz,
        extract(epoch FROM greatest($5, waiting_since) - waiting_since)::integer, $6
    FROM reports WHERE id = $1 AND reporter <> $2
)
UPDATE reports SET answered_at = coalesce(answered_at, $5), waiting_since = NULL WHERE id = $1
"""


async def respond(
    report: int, person: int, kind: ResponseKind, *, now: datetime, message: int | None = None
) -> None:
    """Keep a response, and end the wait, in one statement. Inside the transaction of the act."""
    await database.execute(_RESPOND, report, person, kind, message, now, await current())


async def retract(act: int, *, now: datetime) -> list[int]:
    """What an act responded no longer counts. Returns the reports that it was about."""
    rows = await database.fetch(
        "UPDATE responses SET retracted_at = $2 WHERE act = $1 AND retracted_at IS NULL"
        " RETURNING report",
        act,
        now,
    )
    return [row["report"] for row in rows]


async def give_back(act: int) -> list[int]:
    """What an act responded counts again. Returns the reports that it was about."""
    rows = await database.fetch(
        "UPDATE responses SET retracted_at = NULL WHERE act = $1 RETURNING report", act
    )
    return [row["report"] for row in rows]


async def retract_question(message: int, *, now: datetime) -> None:
    """A question that is withdrawn answered nothing."""
    await database.execute(
        "UPDATE responses SET retracted_at = $2 WHERE message = $1 AND retracted_at IS NULL",
        message,
        now,
    )


async def give_back_questions(reports: Collection[int]) -> None:
    """Of these, a question that is open counts, whatever it was before."""
    await database.execute(
        "UPDATE responses s SET retracted_at = NULL FROM reports r"
        " WHERE r.id = ANY ($1) AND s.message = r.question AND s.retracted_at IS NOT NULL",
        list(reports),
    )


# A round is what is said from one end of a wait to the next, that end included.
_RECOUNT = """
WITH turns AS (
    SELECT r.id AS report, coalesce((SELECT min(e.at) FROM events e WHERE e.report = r.id
        AND e.kind = 'report.imported'), r.filed_at) AS at, NULL::bigint AS response, false AS ends
    FROM reports r WHERE r.id = ANY ($1)
    UNION ALL SELECT m.report, m.at, NULL, false FROM messages m WHERE m.report = ANY ($1)
        AND NOT m.official AND NOT m.internal AND m.retracted_at IS NULL
    UNION ALL SELECT e.report, e.at, NULL, e.kind <> 'report.unlinked' FROM events e
        LEFT JOIN acts a ON a.id = e.act WHERE e.report = ANY ($1) AND a.undone_by IS NULL
        AND (e.kind IN ('report.unlinked', 'report.verified')
            OR e.kind = 'report.closed' AND e.data->>'reason' = 'withdrawn')
    UNION ALL SELECT s.report, s.at, s.id, true FROM responses s WHERE s.report = ANY ($1)
        AND s.retracted_at IS NULL
), placed AS (
    SELECT *, count(*) FILTER (WHERE ends) OVER (PARTITION BY report ORDER BY at, ends, response
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS round FROM turns
), rounds AS (
    SELECT report, min(at) FILTER (WHERE NOT ends) AS since, max(response) AS response,
        bool_or(ends) AS ended FROM placed GROUP BY report, round
), counted AS (
    UPDATE responses s SET waited = extract(epoch FROM s.at - o.since)::integer
    FROM rounds o WHERE s.id = o.response
)
UPDATE reports r SET
    waiting_since = (SELECT o.since FROM rounds o WHERE o.report = r.id AND NOT o.ended),
    answered_at = (SELECT min(s.at) FROM responses s
        WHERE s.report = r.id AND s.retracted_at IS NULL)
WHERE r.id = ANY ($1)
"""


async def recount(reports: Collection[int]) -> None:
    """Work out from the thread who waits since when, and how long each response took: after one in
    the middle of it was taken back, or given back. One statement."""
    if reports:
        await database.execute(_RECOUNT, list(reports))
