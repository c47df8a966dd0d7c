"""Reading what people say about a report: the thread, and who else has it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tracker import database
from tracker.language import Text
from tracker.people.tables import Person
from tracker.reports.forms import MessageOut


async def messages_of(report: int, *, internal: bool) -> list[MessageOut]:
    """The thread, oldest first; `internal` also gives the team's notes, and what it took back."""
    rows = await database.fetch(
        "SELECT m.id, p.handle AS author, p.display_name AS author_name, m.official, m.kind,"
        " m.text, m.internal, m.at, m.retracted_at, s.waited AS answered_after"
        " FROM messages m JOIN people p ON p.id = m.author"
        " LEFT JOIN responses s ON s.message = m.id AND s.retracted_at IS NULL"
        " WHERE m.report = $1 AND ($2 OR NOT m.internal AND m.retracted_at IS NULL)"
        " ORDER BY m.id",
        report,
        internal,
    )
    return [MessageOut(**dict(row)) for row in rows]


class AffectedPerson(msgspec.Struct, frozen=True):
    """Somebody who said "me too", and the phone they said it for."""

    handle: str
    name: str
    model_id: int
    device: Text
    build: str | None
    text: str
    at: datetime


async def affected_by(report: int, *, reader: Person) -> list[AffectedPerson]:
    """Who else has it, on which phone: the reader first where they are one, then the latest 50."""
    rows = await database.fetch(
        "SELECT p.handle, p.display_name, d.id AS model_id, d.name_zh, d.name_en, b.version,"
        " a.text, a.at"
        " FROM affected a JOIN people p ON p.id = a.person JOIN device_models d ON d.id = a.model"
        " LEFT JOIN builds b ON b.id = a.build WHERE a.report = $1"
        " ORDER BY a.person = $2 DESC, a.id DESC LIMIT 51",
        report,
        reader.id,
    )
    return [
        AffectedPerson(
            row["handle"],
            row["display_name"],
            row["model_id"],
            Text(row["name_zh"], row["name_en"]),
            row["version"],
            row["text"],
            row["at"],
        )
        for row in rows
    ]
