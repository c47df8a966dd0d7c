"""When a report passed the stations of its line, read off its history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from tracker.history.queries import PastEvent
from tracker.reports.queries import Full
from tracker.reports.tables import Status

_KEYS = ("received", "recorded", "in_progress", "fixed", "released")
"""The stations as the line's picture calls them."""

_REACHED_BY = {
    "report.new": 0,
    "report.unlinked": 0,
    "report.accepted": 1,
    "report.in_progress": 2,
    "report.fixed": 3,
    "report.recalled": 3,
    "report.released": 4,
}
_PLACE: dict[str, int] = {
    Status.NEW: 0,
    Status.ACCEPTED: 1,
    Status.IN_PROGRESS: 2,
    Status.FIXED: 3,
    Status.RELEASED: 4,
    Status.VERIFIED: 4,
}


def place(standing: str) -> int:
    """0 for the first station to 4 for the last."""
    return _PLACE[standing]


def station_dates(report: Full, events: Iterable[PastEvent]) -> dict[str, date | datetime]:
    """When each passed station was reached, and when the last is expected where that is known.

    Going back (a reverted fix, an unlinked report) forgets the stations ahead. One that was
    jumped over has no date.
    """
    reached: dict[str, date | datetime] = {"received": report.filed_at}
    for event in events:
        at = _REACHED_BY.get(event.kind)
        if at is None:
            continue
        for ahead in _KEYS[at + 1 :]:
            reached.pop(ahead, None)
        if at:
            reached[_KEYS[at]] = event.at
    for ahead in _KEYS[place(report.standing) + 1 :]:
        reached.pop(ahead, None)
    if report.standing == Status.FIXED and report.expected_on is not None:
        reached["released"] = report.expected_on
    return reached
