"""Reading the discussion below a post."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from asyncpg import Record
from piccolo.querystring import QueryString

from tracker import database
from tracker.comments import access
from tracker.comments.access import visible_to
from tracker.comments.tables import Comment
from tracker.errors import NotFound
from tracker.language import Text
from tracker.people.tables import STAFF, Person
from tracker.timetable import train_day

ON_A_PAGE = 20


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A comment as its reader sees it; `body` is Markdown.

    `official` is whoever belongs to the team today. `taken_back`: hidden by its author.
    """

    id: int
    release: date
    handle: str
    author: str
    body: str
    at: datetime
    mine: bool
    official: bool
    hidden: bool
    taken_back: bool
    may_hide: bool
    may_show: bool


class Discussion(msgspec.Struct, frozen=True):
    """One page of it, newest first. `count` is all that this reader may see; `older` is the
    number before which the next page begins."""

    day: date
    count: int
    said: list[Said]
    older: int | None


async def published_on(day: str) -> tuple[int, date]:
    """The number and the day of a published release, by the date in an address.

    Anything else is the address of nothing, for the team too: there is no post to talk about.
    """
    found = train_day(day)
    row = await database.fetch_row(
        "SELECT id FROM releases WHERE date = $1 AND published_at IS NOT NULL", found
    )
    if row is None:
        raise NotFound(Text(f"没有 {day} 这一期", f"There is no release {day}"))
    return row["id"], found


# The count stands beside each comment, and alone where there is none.
_DISCUSSION = """
SELECT counted.count, said.* FROM (SELECT count(*) FROM comments c WHERE c.release = {} AND {}) counted
LEFT JOIN LATERAL (
    SELECT c.id, c.author, c.text, c.at, c.hidden_at, c.hidden_by, p.handle, p.display_name, p.role
    FROM comments c JOIN people p ON p.id = c.author
    WHERE c.release = {} AND {} AND ({}::bigint IS NULL OR c.id < {})
    ORDER BY c.id DESC LIMIT {}) said ON true
ORDER BY said.id DESC
"""


async def discussion_of(
    release: int,
    day: date,
    reader: Person | None,
    *,
    limit: int = ON_A_PAGE,
    before: int | None = None,
) -> Discussion:
    """A page of what is said about a release, for somebody or for nobody. One query."""
    visible = visible_to(reader)
    rows = await database.rows(
        QueryString(_DISCUSSION, release, visible, release, visible, before, before, limit + 1)
    )
    found = [_said(row, day, reader) for row in rows if row["id"] is not None]
    older = found[limit - 1].id if len(found) > limit else None
    return Discussion(day, rows[0]["count"], found[:limit], older)


async def get_said(reader: Person, number: int) -> Said:
    """One comment as this reader sees it, or NotFound."""
    rows = await database.rows(
        QueryString(
            "SELECT c.*, r.date, p.handle, p.display_name, p.role FROM comments c"
            " JOIN releases r ON r.id = c.release JOIN people p ON p.id = c.author"
            " WHERE c.id = {} AND {}",
            number,
            visible_to(reader),
        )
    )
    if not rows:
        raise NotFound
    return _said(rows[0], rows[0]["date"], reader)


async def locked_comment(person: Person, number: int) -> Comment:
    """The row, held until the end of the transaction, or NotFound."""
    rows = await database.rows(
        QueryString(
            "SELECT c.* FROM comments c WHERE c.id = {} AND {} FOR UPDATE",
            number,
            visible_to(person),
        )
    )
    if not rows:
        raise NotFound
    return Comment(_exists_in_db=True, **dict(rows[0]))


def _said(row: Record, day: date, reader: Person | None) -> Said:
    author, hidden_by = row["author"], row["hidden_by"]
    hidden = row["hidden_at"] is not None
    return Said(
        id=row["id"],
        release=day,
        handle=row["handle"],
        author=row["display_name"],
        body=row["text"],
        at=row["at"],
        mine=reader is not None and reader.id == author,
        official=row["role"] in STAFF,
        hidden=hidden,
        taken_back=hidden and hidden_by == author,
        may_hide=not hidden and access.may_hide(reader, author=author),
        may_show=hidden and access.may_show(reader, author=author, hidden_by=hidden_by),
    )
