"""Reading acts: whose, which, and what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from tracker import database
from tracker.errors import NotFound
from tracker.history.acting import Facts
from tracker.history.queries import PastEvent
from tracker.language import Text
from tracker.numbers import BIGGEST
from tracker.web.pagination import decode_cursor, encode_cursor

SHOWN_THINGS = 20


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """An act with the first of what happened in it."""

    id: int
    at: datetime
    person: int
    by: str
    undoes: int | None
    undone_by: int | None
    kind: str
    data: dict[str, Any]
    things: list[str]
    count: int

    @property
    def name(self) -> str:
        return f"A-{self.id}"


class Changed(msgspec.Struct, frozen=True):
    """How an act found a thing and how it left it."""

    subject: str
    number: int
    before: Facts
    after: Facts


# The first event says what it was; the things, how much of it there was.
_SELECT = f"""
SELECT a.id, a.at, a.person, p.handle AS by, a.undoes, a.undone_by, first.kind, first.data,
    things.named, things.n
FROM acts a JOIN people p ON p.id = a.person
JOIN LATERAL (SELECT kind, data FROM events e WHERE e.act = a.id ORDER BY id LIMIT 1) first ON true
CROSS JOIN LATERAL (SELECT count(*) AS n, (array_agg(thing ORDER BY kind DESC, number))
    [:{SHOWN_THINGS}] AS named
    FROM (SELECT DISTINCT
        CASE WHEN e.report IS NOT NULL THEN 'R' WHEN e.proposal IS NOT NULL THEN 'P'
            WHEN e.build IS NOT NULL THEN 'B' ELSE 'F' END AS kind,
        coalesce(e.report, e.proposal, e.build, e.release) AS number,
        coalesce('R-' || e.report, 'P-' || e.proposal, d.codename || ' ' || b.version,
            f.date::text) AS thing
        FROM events e LEFT JOIN builds b ON b.id = e.build AND e.report IS NULL
            AND e.proposal IS NULL LEFT JOIN device_models d ON d.id = b.model
        LEFT JOIN releases f ON f.id = e.release AND coalesce(e.report, e.proposal, e.build) IS NULL
        WHERE e.act = a.id AND coalesce(e.report, e.proposal, e.build, e.release) IS NOT NULL) named
    ) things
"""


async def list_acts(*, person: int | None, limit: int, after: str) -> tuple[list[Done], str | None]:
    """Newest first; with `person`, theirs alone. Two statements at most."""
    last = BIGGEST
    if after:
        (last,) = decode_cursor(after, int)
    rows = await database.fetch(
        _SELECT
        + " WHERE a.id < $1 AND ($2::integer IS NULL OR a.person = $2) ORDER BY a.id DESC LIMIT $3",
        last,
        person,
        limit + 1,
    )
    found = [_done(row) for row in rows[:limit]]
    return found, encode_cursor(found[-1].id) if len(rows) > limit else None


async def get_act(number: int) -> Done:
    rows = await database.fetch(_SELECT + " WHERE a.id = $1", number)
    if not rows:
        raise NotFound(Text(f"没有 A-{number} 这一步", f"There is no act A-{number}"))
    return _done(rows[0])


async def last_act(person: int) -> Done:
    """The latest of theirs that is neither taken back nor itself takes something back."""
    rows = await database.fetch(
        _SELECT + " WHERE a.person = $1 AND a.undone_by IS NULL AND a.undoes IS NULL"
        " ORDER BY a.id DESC LIMIT 1",
        person,
    )
    if not rows:
        raise NotFound(Text("没有可以撤销的操作", "You have done nothing that could be taken back"))
    return _done(rows[0])


def _done(row: Any) -> Done:
    return Done(
        id=row["id"],
        at=row["at"],
        person=row["person"],
        by=row["by"],
        undoes=row["undoes"],
        undone_by=row["undone_by"],
        kind=row["kind"],
        data=msgspec.json.decode(row["data"]),
        things=row["named"] or [],
        count=row["n"],
    )


async def changes_of(act: int) -> list[Changed]:
    """Proposals before reports, each in the order of their numbers: the order of locks."""
    rows = await database.fetch(
        "SELECT subject, number, before::text, after::text FROM changes"
        " WHERE act = $1 ORDER BY subject, number",
        act,
    )
    return [
        Changed(
            row["subject"],
            row["number"],
            msgspec.json.decode(row["before"]),
            msgspec.json.decode(row["after"]),
        )
        for row in rows
    ]


async def kinds_in(act: int) -> list[str]:
    rows = await database.fetch(
        "SELECT kind, min(id) FROM events WHERE act = $1 GROUP BY kind ORDER BY min(id)", act
    )
    return [row["kind"] for row in rows]


async def changed_since(act: int, subject: str, numbers: list[int]) -> dict[int, PastEvent]:
    """The latest event after this act of each of these things, by anybody."""
    rows = await database.fetch(
        f"SELECT DISTINCT ON (e.{subject}) e.{subject} AS number, e.id, e.at, e.kind, e.internal,"
        " e.data, p.display_name AS actor, p.handle FROM events e"
        " LEFT JOIN people p ON p.id = e.actor"
        f" WHERE e.{subject} = ANY ($1) AND e.id > (SELECT max(id) FROM events WHERE act = $2)"
        f" ORDER BY e.{subject}, e.id DESC",
        numbers,
        act,
    )
    return {
        row["number"]: PastEvent(
            id=row["id"],
            at=row["at"],
            actor=row["actor"],
            handle=row["handle"],
            kind=row["kind"],
            internal=row["internal"],
            data=msgspec.json.decode(row["data"]),
        )
        for row in rows
    }


async def gathered_since(act: int, proposal: int) -> list[int]:
    """Reports that are in a proposal, but that this act did not put there."""
    rows = await database.fetch(
        "SELECT id FROM reports WHERE proposal = $1 AND NOT EXISTS (SELECT 1 FROM changes c"
        " WHERE c.act = $2 AND c.subject = 'report' AND c.number = reports.id) ORDER BY id",
        proposal,
        act,
    )
    return [row["id"] for row in rows]


_CAUSES = """
SELECT coalesce('event:' || (e.data->>'again_of'), 'event:' || e.id) AS cause
FROM events e WHERE e.act = $1
"""


async def told_of(act: int) -> int:
    """How many people have heard of what this act did."""
    row = await database.fetch_row(
        f"SELECT count(DISTINCT n.person) AS n FROM ({_CAUSES}) AS causes"
        " JOIN notices n ON n.cause = causes.cause WHERE n.person IS NOT NULL",
        act,
    )
    assert row is not None
    number: int = row["n"]
    return number


async def untouched_since(act: int) -> frozenset[int]:
    """Reports of this act to which nothing was done after it, by anybody."""
    rows = await database.fetch(
        "SELECT c.number FROM changes c WHERE c.act = $1 AND c.subject = 'report'"
        " AND NOT EXISTS (SELECT 1 FROM events e WHERE e.report = c.number"
        "  AND e.id > (SELECT max(id) FROM events WHERE act = $1))",
        act,
    )
    return frozenset(row["number"] for row in rows)


async def said_only(act: int) -> list[str]:
    """Reports to which the act said something and did nothing else."""
    rows = await database.fetch(
        "SELECT DISTINCT e.report FROM events e WHERE e.act = $1"
        " AND e.kind IN ('report.replied', 'report.noted', 'report.retracted')"
        " AND NOT EXISTS (SELECT 1 FROM changes c WHERE c.act = $1 AND c.subject = 'report'"
        "  AND c.number = e.report AND c.before->'question' <> c.after->'question')"
        " ORDER BY e.report",
        act,
    )
    return [f"R-{row['report']}" for row in rows]
