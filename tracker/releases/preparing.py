"""A train before it leaves: planned, frozen, held, and what stands at the head of its post."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from tracker import database
from tracker.errors import Conflict, NotFound
from tracker.history.acting import acting
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.releases import access
from tracker.releases.forms import Finding, Hold, PutNotes
from tracker.releases.tables import Release
from tracker.timetable import Timetable


async def plan(day: date) -> None:
    """Put a train on the timetable. Again is the same as once."""
    await database.execute(
        "INSERT INTO releases (date, notes_zh, notes_en) VALUES ($1, '', '')"
        " ON CONFLICT (date) DO NOTHING",
        day,
    )


async def locked(day: date) -> Release:
    """The row of a train, made if need be, held until the end of the transaction."""
    await plan(day)
    row = await database.fetch_row("SELECT * FROM releases WHERE date = $1 FOR UPDATE", day)
    assert row is not None
    return Release(_exists_in_db=True, **dict(row))


def cutoff_of(release: Release, now: datetime) -> datetime:
    """Fixes made after this are not on the train."""
    frozen: datetime | None = release.frozen_at
    return now if frozen is None else frozen


async def freeze(captain: Person | None, day: date, *, now: datetime, timetable: Timetable) -> None:
    """From now on fixes go to the next train. Again is the same as once."""
    if captain is not None:
        access.require_can_publish(captain)
    if not timetable.is_train(day):
        raise NotFound
    async with acting(captain, now=now):
        release = await locked(day)
        if release.frozen_at is not None or release.published_at is not None:
            return
        await database.execute("UPDATE releases SET frozen_at = $2 WHERE id = $1", release.id, now)
        data = {"date": day.isoformat()}
        await record(
            captain, "release.frozen", now=now, release=release.id, internal=True, data=data
        )


async def unfreeze(captain: Person, day: date, *, now: datetime) -> None:
    """Let fixes in again. The clock does not freeze the train a second time."""
    access.require_can_publish(captain)
    async with acting(captain, now=now):
        release = await waiting(day)
        if release.frozen_at is None:
            return
        await database.execute(
            "UPDATE releases SET frozen_at = NULL, thawed_at = $2 WHERE id = $1", release.id, now
        )
        data = {"date": day.isoformat()}
        await record(
            captain, "release.thawed", now=now, release=release.id, internal=True, data=data
        )


async def waiting(day: date) -> Release:
    """The locked row of a train that has not left: NotFound, or Conflict where it has."""
    row = await database.fetch_row("SELECT * FROM releases WHERE date = $1 FOR UPDATE", day)
    if row is None:
        raise NotFound
    if row["published_at"] is not None:
        raise Conflict(Text("已经发布", "It has left already"))
    return Release(_exists_in_db=True, **dict(row))


async def hold(
    captain: Person, day: date, form: Hold, *, now: datetime, timetable: Timetable
) -> None:
    """Keep a train from leaving until it is let go. Again changes the reason alone."""
    access.require_can_publish(captain)
    if not timetable.is_train(day):
        raise NotFound
    async with acting(captain, now=now):
        await plan(day)
        release = await waiting(day)
        if release.held_at is not None and release.held_reason == form.reason:
            return
        await database.execute(
            "UPDATE releases SET held_at = coalesce(held_at, $2), held_reason = $3 WHERE id = $1",
            release.id,
            now,
            form.reason,
        )
        data = {"date": day.isoformat(), "reason": form.reason}
        await record(captain, "release.held", now=now, release=release.id, internal=True, data=data)


async def let_go(captain: Person, day: date, *, now: datetime) -> None:
    """End a hold. Where its time has passed, the clock sends the train off at its next look."""
    access.require_can_publish(captain)
    async with acting(captain, now=now):
        release = await waiting(day)
        if release.held_at is None:
            return
        await database.execute(
            "UPDATE releases SET held_at = NULL, held_reason = '' WHERE id = $1", release.id
        )
        data = {"date": day.isoformat()}
        await record(
            captain, "release.let_go", now=now, release=release.id, internal=True, data=data
        )


async def alarm(day: date, blockers: Sequence[Finding], *, now: datetime) -> None:
    """Let the captains be told what blocks a train. Of many processes one does it, once."""
    async with database.transaction():
        row = await database.fetch_row(
            "UPDATE releases SET alarmed_at = $2 WHERE date = $1 AND alarmed_at IS NULL"
            " AND published_at IS NULL RETURNING id",
            day,
            now,
        )
        if row is None:
            return
        data = {
            "date": day.isoformat(),
            "blockers": [{"zh": one.text.zh, "en": one.text.en} for one in blockers],
        }
        await record(None, "release.blocked", now=now, release=row["id"], internal=True, data=data)


async def write_notes(captain: Person, day: date, form: PutNotes, *, now: datetime) -> None:
    """What stands at the head of the post, before it is published and after. Markdown."""
    access.require_can_publish(captain)
    async with acting(captain, now=now):
        row = await database.fetch_row(
            "UPDATE releases SET notes_zh = $2, notes_en = $3, noted_at = $4 WHERE date = $1"
            " AND (notes_zh, notes_en) IS DISTINCT FROM ($2, $3) RETURNING id",
            day,
            form.notes_zh,
            form.notes_en,
            now,
        )
        if row is None:
            return
        data = {"date": day.isoformat(), "zh": form.notes_zh, "en": form.notes_en}
        await record(captain, "release.noted", now=now, release=row["id"], internal=True, data=data)
