"""Labels: short words of the team's on a report, which testers never see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tracker import database
from tracker.errors import Conflict
from tracker.history.acting import acting
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.reports import access
from tracker.reports.queries import get_report

MOST_LABELS = 20


async def put_label(engineer: Person, number: int, label: str, *, now: datetime) -> None:
    """Again is the same as once."""
    access.require_can_triage(engineer)
    async with acting(engineer, now=now):
        report = await get_report(engineer, number, lock=True)
        if label in report.labels:
            return
        if len(report.labels) >= MOST_LABELS:
            raise Conflict(
                Text(
                    f"R-{number} 已有 {MOST_LABELS} 个标签，请先去掉一个",
                    f"R-{number} has {MOST_LABELS} labels already: take one off first",
                )
            )
        await _write(number, [*report.labels, label])
        await _record(engineer, "report.labelled", number, label, now=now)


async def remove_label(engineer: Person, number: int, label: str, *, now: datetime) -> None:
    """One that is not there changes nothing."""
    access.require_can_triage(engineer)
    async with acting(engineer, now=now):
        report = await get_report(engineer, number, lock=True)
        if label not in report.labels:
            return
        await _write(number, (one for one in report.labels if one != label))
        await _record(engineer, "report.unlabelled", number, label, now=now)


async def _write(number: int, labels: Iterable[str]) -> None:
    await database.execute("UPDATE reports SET labels = $2 WHERE id = $1", number, sorted(labels))


async def _record(engineer: Person, kind: str, number: int, label: str, *, now: datetime) -> None:
    data = {"label": label}
    await record(engineer, kind, now=now, report=number, internal=True, data=data)
