"""Reading what is kept at the desk."""

from __future__ import annotations

from collections.abc import Mapping

from asyncpg import Record

from tracker import database
from tracker.desk.access import require_at_desk
from tracker.desk.filling import NO_BUILD, fill
from tracker.desk.forms import FilledReply, ReplyOut
from tracker.desk.tables import ReplyKind
from tracker.errors import NotFound
from tracker.language import Text
from tracker.people.tables import Person
from tracker.reports.queries import Full, get_full
from tracker.reports.tables import Reason

_REPLIES = (
    "SELECT s.name, s.kind, s.reason, s.zh, s.en, p.display_name AS kept_by, s.kept_at"
    " FROM saved_replies s LEFT JOIN people p ON p.id = s.kept_by"
)


def _reply(row: Record) -> ReplyOut:
    return ReplyOut(
        name=row["name"],
        kind=ReplyKind(row["kind"]),
        reason=Reason(row["reason"]) if row["reason"] else None,
        zh=row["zh"],
        en=row["en"],
        kept_by=row["kept_by"],
        kept_at=row["kept_at"],
    )


async def saved_replies(person: Person) -> list[ReplyOut]:
    """All of them, by name: a team keeps dozens, not thousands (`actions.MOST_REPLIES`)."""
    require_at_desk(person)
    return [_reply(row) for row in await database.fetch(f"{_REPLIES} ORDER BY s.name")]


async def get_reply(person: Person, name: str) -> ReplyOut:
    require_at_desk(person)
    row = await database.fetch_row(f"{_REPLIES} WHERE s.name = $1", name)
    if row is None:
        raise NotFound(Text(f"没有「{name}」这个常用回复", f"There is no saved reply “{name}”"))
    return _reply(row)


async def filled_replies(person: Person, number: int) -> list[FilledReply]:
    """Every saved reply as it would be said under this report, the suggested one first. Two
    queries."""
    require_at_desk(person)
    return await filled_for(person, await get_full(person, number))


async def filled_for(person: Person, report: Full) -> list[FilledReply]:
    """The same for a report at hand, in one query."""
    require_at_desk(person)
    rows = await database.fetch(
        "SELECT s.*, r.language FROM saved_replies s, people r WHERE r.id = $1 ORDER BY s.name",
        report.reporter_id,
    )
    found = [
        FilledReply(
            name=row["name"],
            kind=ReplyKind(row["kind"]),
            reason=Reason(row["reason"]) if row["reason"] else None,
            text=fill(
                Text(row["zh"], row["en"]).within(row["language"]),
                _values(report, row["language"]),
            ),
            suggested=row["name"] == report.advised,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: not one.suggested)


def _values(report: Full, language: str) -> Mapping[str, str]:
    return {
        "reporter": report.reporter_name,
        "report": report.name,
        "title": report.title,
        "device": report.device.within(language),
        "build": report.build or NO_BUILD.within(language),
        "module": report.module_name.within(language),
    }
