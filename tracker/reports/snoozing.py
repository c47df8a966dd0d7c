"""Putting a report aside: it is out of the queue until then, or until a tester speaks."""

from __future__ import annotations

from datetime import datetime, timedelta

from tracker import database
from tracker.errors import Invalid
from tracker.history.acting import acting
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.reports import access
from tracker.reports.queries import get_report

LONGEST = timedelta(days=180)


async def snooze(engineer: Person, number: int, until: datetime, *, now: datetime) -> None:
    """Again is the same as once; with another time it is that."""
    access.require_can_triage(engineer)
    if not now < until <= now + LONGEST:
        raise Invalid(
            {
                "until": Text(
                    f"选一个以后的时间，最多 {LONGEST.days} 天",
                    f"A time to come, within {LONGEST.days} days",
                )
            }
        )
    await _put(engineer, number, until, now=now)


async def wake(engineer: Person, number: int, *, now: datetime) -> None:
    """Back into the queue; where it is there, nothing changes."""
    access.require_can_triage(engineer)
    await _put(engineer, number, None, now=now)


async def _put(engineer: Person, number: int, until: datetime | None, *, now: datetime) -> None:
    async with acting(engineer, now=now):
        report = await get_report(engineer, number, lock=True)
        if report.snoozed_until == until:
            return
        await database.execute("UPDATE reports SET snoozed_until = $2 WHERE id = $1", number, until)
        await record(
            engineer,
            "report.snoozed" if until else "report.woken",
            now=now,
            report=number,
            internal=True,
            data={"until": until.isoformat()} if until else {},
        )
