"""Reading trains: which there are, and which leaves next."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from asyncpg import Record

from tracker import database
from tracker.errors import NotFound
from tracker.language import Text
from tracker.people.tables import Person
from tracker.releases.access import may_see_unpublished
from tracker.timetable import Timetable


class Train(msgspec.Struct, frozen=True, kw_only=True):
    """A release with its times, all UTC. `freeze_at` and `publish_at` are the timetable's."""

    id: int
    date: date
    state: str
    freeze_at: datetime
    publish_at: datetime
    frozen_at: datetime | None
    held_at: datetime | None
    held_reason: str
    alarmed: bool
    published_at: datetime | None
    published_by: str | None
    notes: Text
    noted_at: datetime | None


TRAIN_COLUMNS = (
    "r.id, r.date, r.frozen_at, r.held_at, r.held_reason, r.alarmed_at, r.published_at, r.notes_zh,"
    " r.notes_en, r.noted_at, p.display_name AS published_by"
)
_SELECT = f"SELECT {TRAIN_COLUMNS} FROM releases r LEFT JOIN people p ON p.id = r.published_by"


def train_out(row: Record, timetable: Timetable) -> Train:
    state = "planned"
    if row["published_at"]:
        state = "published"
    elif row["held_at"]:
        state = "held"
    elif row["frozen_at"]:
        state = "frozen"
    return Train(
        id=row["id"],
        date=row["date"],
        state=state,
        freeze_at=timetable.freeze_at(row["date"]),
        publish_at=timetable.publish_at(row["date"]),
        frozen_at=row["frozen_at"],
        held_at=row["held_at"],
        held_reason=row["held_reason"],
        alarmed=row["alarmed_at"] is not None,
        published_at=row["published_at"],
        published_by=row["published_by"],
        notes=Text(row["notes_zh"], row["notes_en"]),
        noted_at=row["noted_at"],
    )


async def list_trains(
    person: Person | None, timetable: Timetable, *, limit: int, before: date | None = None
) -> list[Train]:
    """Newest first; those in the making for the team alone."""
    rows = await database.fetch(
        _SELECT + " WHERE (r.published_at IS NOT NULL OR $1)"
        " AND ($2::date IS NULL OR r.date < $2) ORDER BY r.date DESC LIMIT $3",
        may_see_unpublished(person),
        before,
        limit,
    )
    return [train_out(row, timetable) for row in rows]


async def get_train(person: Person | None, day: date, timetable: Timetable) -> Train:
    """The train of a date, or NotFound where it is none of theirs."""
    row = await database.fetch_row(_SELECT + " WHERE r.date = $1", day)
    if row is None or (row["published_at"] is None and not may_see_unpublished(person)):
        raise NotFound(Text(f"没有 {day} 这一期", f"There is no release {day}"))
    return train_out(row, timetable)


async def due(timetable: Timetable, now: datetime) -> list[Train]:
    """Trains that have not left and are past their freeze, oldest first.

    Without those that nothing is to be done about until a build arrives: a tracker that rests for
    a year is not asked about fifty trains at every tick.
    """
    rows = await database.fetch(
        _SELECT + " WHERE r.published_at IS NULL AND r.date <= $1"
        " AND (r.frozen_at IS NULL OR r.alarmed_at IS NULL OR EXISTS (SELECT 1 FROM builds b"
        "  WHERE b.release = r.date AND b.published_at IS NULL)) ORDER BY r.date",
        timetable.coming(now),
    )
    trains = [train_out(row, timetable) for row in rows]
    return [train for train in trains if train.freeze_at <= now]


async def boarding(timetable: Timetable, now: datetime) -> date:
    """The next train that still takes a fix made `now`: a captain may have closed one early, or
    opened it again after its freeze."""
    coming = timetable.coming(now)
    rows = await database.fetch(
        "SELECT date, frozen_at, thawed_at, published_at FROM releases WHERE date >= $1", coming
    )
    known = {row["date"]: row for row in rows}
    day = coming
    while True:
        row = known.get(day)
        gone = row is not None and (row["published_at"] or row["frozen_at"])
        thawed = row is not None and row["thawed_at"]
        if not gone and (thawed or timetable.freeze_at(day) > now):
            return day
        day = timetable.following(day)


async def thawed(day: date) -> bool:
    row = await database.fetch_row(
        "SELECT 1 FROM releases WHERE date = $1 AND thawed_at IS NOT NULL", day
    )
    return row is not None
