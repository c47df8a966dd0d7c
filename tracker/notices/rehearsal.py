"""A rehearsal of a Friday: the publication itself, done and taken back.

So what is shown is what would happen, by construction, and there is no second set of rules.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from tracker import database
from tracker.notices.making import make_notices
from tracker.notices.words import wording
from tracker.people.tables import Person
from tracker.releases import actions, findings, queries
from tracker.releases.access import require_can_rehearse
from tracker.releases.builds import builds_of
from tracker.releases.entries import entries_of
from tracker.releases.forms import Finding, PlannedMessage, PreviewOut, Waiting
from tracker.releases.preparing import locked
from tracker.releases.waiting import left_behind
from tracker.timetable import Timetable


class _Over(Exception):
    """Ends the rehearsal, so that nothing of it stays."""


async def rehearse(person: Person, day: date, *, now: datetime, timetable: Timetable) -> PreviewOut:
    """What a publication now would say, to whom, and what stands in its way.

    The messages are those that would go out once nothing stood in its way any more. Costs what a
    publication costs, and holds its locks as long; for a release that has left it reads what was
    told.
    """
    require_can_rehearse(person)
    train = await queries.get_train(person, day, timetable)
    entries = await entries_of(train, now=now)
    blockers: list[Finding] = []
    waiting: list[Waiting] = []
    if train.published_at is not None:
        messages = await _messages(day)
    else:
        waiting = await left_behind(day, cutoff=train.frozen_at or now)
        blockers = await findings.blockers(
            day,
            cutoff=train.frozen_at or now,
            held_at=train.held_at,
            held_reason=train.held_reason,
        )
        messages = await _messages_if_published(day, now=now, timetable=timetable)
    return PreviewOut(
        date=day,
        state=train.state,
        builds=await builds_of(train),
        entries=entries,
        recipients=len(messages),
        messages=messages,
        blockers=blockers,
        warnings=await findings.warnings(day),
        waiting=waiting,
        freeze_at=train.freeze_at,
        publish_at=train.publish_at,
    )


async def _messages_if_published(
    day: date, *, now: datetime, timetable: Timetable
) -> list[PlannedMessage]:
    found: list[PlannedMessage] = []
    try:
        async with database.transaction():
            release = await locked(day)
            await actions.depart(None, release, now=now, timetable=timetable)
            await make_notices(now=now)
            found = await _messages(day)
            raise _Over
    except _Over:
        return found


async def _messages(day: date) -> list[PlannedMessage]:
    rows = await database.fetch(
        "SELECT p.handle, p.language, n.kind, n.data FROM notices n JOIN people p ON p.id = n.person"
        " WHERE n.cause = $1 ORDER BY p.handle",
        f"release:{day.isoformat()}",
    )
    messages = []
    for row in rows:
        words = wording(row["kind"], msgspec.json.decode(row["data"]))
        messages.append(
            PlannedMessage(
                person=row["handle"],
                language=row["language"],
                title=words.title.within(row["language"]),
                text=words.text.within(row["language"]),
                reports=words.reports,
            )
        )
    return messages
