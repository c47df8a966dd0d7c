"""Where somebody of the team stands: what waits for them, and what stands in the Friday's way."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from tracker import database
from tracker.desk.access import require_at_desk
from tracker.people.tables import Person
from tracker.releases.findings import blockers
from tracker.releases.forms import Finding
from tracker.releases.queries import Train, list_trains
from tracker.reports.tables import Severity, Status
from tracker.timetable import Timetable

SHOWN = 3
"""Reports of each pile that are named; all are counted."""


class Glimpse(msgspec.Struct, frozen=True):
    """`since`: what the pile goes by, a tester's word, a question, or the end of a snooze."""

    id: str
    title: str
    severity: Severity
    status: Status
    module: str
    device: str
    since: datetime


class Pile(msgspec.Struct, frozen=True):
    count: int
    oldest: datetime | None
    reports: list[Glimpse]


class FridayOut(msgspec.Struct, frozen=True):
    date: date
    state: str
    freeze_at: datetime
    publish_at: datetime
    blockers: list[Finding]


class StandingOut(msgspec.Struct, frozen=True, kw_only=True):
    """`queue`: reports one owns that wait, the most pressing first; `answers`: those in which testers
    spoke after the team did, to one's reports or one's questions; `questions`: one's own that are
    open; `woken`: snoozed until today; `confirmations`: severe ones that somebody else proposed to
    close. Of each the first few are named. `waiting`: what waits for the whole team."""

    person: str
    waiting: int
    queue: Pile
    answers: Pile
    questions: Pile
    woken: Pile
    confirmations: Pile
    friday: FridayOut | None


_AWAKE = "(r.snoozed_until IS NULL OR r.snoozed_until <= $2)"
# An array, which is looked up report by report: a plain EXISTS may read all responses there are.
_ASKED_BY_ME = (
    "$1 = ANY (ARRAY(SELECT s.person FROM responses s WHERE s.report = r.id"
    " AND s.kind = 'question' AND s.retracted_at IS NULL))"
)
_PILES = {
    "queue": (
        "r.waiting_since",
        f"r.waiting_since IS NOT NULL AND r.owner = $1 AND {_AWAKE}",
        "r.score DESC, r.id DESC",
    ),
    "answers": (
        "r.waiting_since",
        f"r.waiting_since IS NOT NULL AND r.answered_at IS NOT NULL AND {_AWAKE}"
        f" AND (r.owner = $1 OR {_ASKED_BY_ME})",
        "r.waiting_since, r.id",
    ),
    "questions": (
        "q.at",
        "r.status = 'needs_info' AND (r.owner = $1 OR q.author = $1)",
        "q.at, r.id",
    ),
    "woken": (
        "r.snoozed_until",
        "r.waiting_since IS NOT NULL AND r.owner = $1"
        " AND r.snoozed_until >= $3 AND r.snoozed_until < $4",
        "r.snoozed_until, r.id",
    ),
    "confirmations": (
        "coalesce(r.waiting_since, r.updated_at)",
        "r.closing_by IS NOT NULL AND r.closing_by <> $1 AND r.reporter <> $1",
        "r.score DESC, r.id DESC",
    ),
}


def _pile(name: str) -> str:
    since, condition, order = _PILES[name]
    joined = " JOIN messages q ON q.id = r.question" if name == "questions" else ""
    return (
        f"(SELECT '{name}' AS pile, r.id, r.title, r.severity, r.status, r.module, r.model,"
        f" {since} AS since, count(*) OVER () AS n, min({since}) OVER () AS oldest,"
        f" row_number() OVER (ORDER BY {order}) AS place"
        f" FROM reports r{joined} WHERE {condition} ORDER BY {order} LIMIT {SHOWN})"
    )


# Each pile by an index of what waits: small, whatever the number of reports.
_STANDING = f"""
SELECT f.*, m.slug, d.codename FROM ({" UNION ALL ".join(map(_pile, _PILES))}) f
JOIN modules m ON m.id = f.module JOIN device_models d ON d.id = f.model ORDER BY f.place
"""


async def standing_of(person: Person, *, timetable: Timetable, now: datetime) -> StandingOut:
    """Six queries, three of them about the train."""
    require_at_desk(person)
    morning = now.astimezone(ZoneInfo(person.timezone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    rows = await database.fetch(_STANDING, person.id, now, morning, morning + timedelta(days=1))
    piles = {}
    for name in _PILES:
        theirs = [row for row in rows if row["pile"] == name]
        piles[name] = Pile(
            theirs[0]["n"] if theirs else 0,
            theirs[0]["oldest"] if theirs else None,
            [
                Glimpse(
                    f"R-{row['id']}",
                    row["title"],
                    Severity(row["severity"]),
                    Status(row["status"]),
                    row["slug"],
                    row["codename"],
                    row["since"],
                )
                for row in theirs
            ],
        )
    waiting = await database.fetch_row(
        "SELECT count(*) AS n FROM reports r"
        " WHERE r.waiting_since IS NOT NULL AND (r.snoozed_until IS NULL OR r.snoozed_until <= $1)",
        now,
    )
    assert waiting is not None
    return StandingOut(
        person=person.handle,
        waiting=waiting["n"],
        friday=await _friday(person, timetable, now),
        **piles,
    )


async def _friday(person: Person, timetable: Timetable, now: datetime) -> FridayOut | None:
    """The train that is to leave next. One that could not leave on its day counts until the next is
    due."""
    trains = await list_trains(person, timetable, limit=10)
    open_ones = [
        train
        for train in trains
        if train.published_at is None and train.publish_at > now - timedelta(days=6)
    ]
    if not open_ones:
        return None
    train: Train = open_ones[-1]
    found = await blockers(
        train.date,
        cutoff=train.frozen_at or now,
        held_at=train.held_at,
        held_reason=train.held_reason,
    )
    return FridayOut(train.date, train.state, train.freeze_at, train.publish_at, found)
