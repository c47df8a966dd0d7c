"""What people do in a discussion: say something, hide it, show it again."""

from __future__ import annotations

from datetime import datetime, timedelta

from tracker import database
from tracker.comments import access
from tracker.comments.forms import Say
from tracker.comments.queries import locked_comment
from tracker.errors import TooMany
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person

WINDOW = timedelta(minutes=1)
IN_A_WINDOW = 6


async def post_comment(person: Person, release: int, form: Say, *, now: datetime) -> int:
    """Say something about a published release; returns the comment's number. Raises TooMany."""
    async with database.transaction():
        await _require_patience(person, now=now)
        row = await database.fetch_row(
            "INSERT INTO comments (release, author, text, at) VALUES ($1, $2, $3, $4) RETURNING id",
            release,
            person.id,
            form.text,
            now,
        )
        assert row is not None
        number: int = row["id"]
        await record(person, "comment.posted", now=now, release=release, data={"comment": number})
    return number


async def _require_patience(person: Person, *, now: datetime) -> None:
    """At most IN_A_WINDOW, wherever they are said."""
    # Of several sent at once each has to see those before it.
    await database.execute("SELECT 1 FROM people WHERE id = $1 FOR NO KEY UPDATE", person.id)
    # The one that fills the window: when it is a WINDOW old, there is room again.
    full = await database.fetch_row(
        "SELECT at FROM comments WHERE author = $1 AND at > $2 ORDER BY at DESC OFFSET $3 LIMIT 1",
        person.id,
        now - WINDOW,
        IN_A_WINDOW - 1,
    )
    if full is None:
        return
    wait = full["at"] + WINDOW - now
    seconds = max(1, round(wait.total_seconds()))
    raise TooMany(
        Text(
            f"你说得很快，歇一下，{seconds} 秒后再发",
            f"That was quick: please wait {seconds} second{'s' * (seconds != 1)} and send it again",
        ),
        wait,
    )


async def hide_comment(person: Person, number: int, *, now: datetime) -> None:
    """Leave it to the team and its author. Again is the same as once.

    Where the team hides what its author had taken back, only the team can show it again.
    """
    async with database.transaction():
        comment = await locked_comment(person, number)
        access.require_can_hide(person, author=comment.author)
        if comment.hidden_at is not None and (
            comment.hidden_by != comment.author or person.id == comment.author
        ):
            return
        await database.execute(
            "UPDATE comments SET hidden_at = $2, hidden_by = $3 WHERE id = $1",
            number,
            now,
            person.id,
        )
        await _record(person, "comment.hidden", comment.release, number, now=now)


async def show_comment(person: Person, number: int, *, now: datetime) -> None:
    """Everybody reads it again. Where it is not hidden, nothing changes."""
    async with database.transaction():
        comment = await locked_comment(person, number)
        access.require_can_hide(person, author=comment.author)
        if comment.hidden_at is None:
            return
        access.require_can_show(person, author=comment.author, hidden_by=comment.hidden_by)
        await database.execute(
            "UPDATE comments SET hidden_at = NULL, hidden_by = NULL WHERE id = $1", number
        )
        await _record(person, "comment.shown", comment.release, number, now=now)


async def _record(person: Person, kind: str, release: int, number: int, *, now: datetime) -> None:
    await record(person, kind, now=now, release=release, data={"comment": number})
