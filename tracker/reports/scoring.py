"""The order of the queue: severity × testers affected × freshness, and why a report is where it is.

Freshness halves every HALF_LIFE. Since it does so for all alike, the order of two reports never
changes by waiting: it is that of log2(severity × testers) + filed_at / HALF_LIFE, which does not
know what time it is. So it is a stored column with an index (the migration of 23 November 2026
03:25), and a page of the queue costs what a page of any list costs.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from tracker import database
from tracker.devices.forms import Words
from tracker.people.tables import Person
from tracker.reports.access import require_can_triage
from tracker.reports.queries import get_report
from tracker.reports.tables import SEVERE, Severity
from tracker.reports.words import SEVERITIES

HALF_LIFE = timedelta(days=7)
WEIGHTS: dict[str, int] = {Severity.MAJOR: 6, Severity.NORMAL: 2, Severity.MINOR: 1}
"""Of a severity against `minor`. The severe ones come before all others."""


class Factor(msgspec.Struct, frozen=True):
    """`value` multiplies; null: it decides alone."""

    name: str
    value: float | None
    text: Words


class ScoreOut(msgspec.Struct, frozen=True):
    """`place` is that in the queue of everybody, from 1; null: it is not in it."""

    place: int | None
    factors: list[Factor]


async def explain(engineer: Person, number: int, *, now: datetime) -> ScoreOut:
    """Why a report is where it is in the queue. Three statements."""
    require_can_triage(engineer)
    report = await get_report(engineer, number)
    ahead = await database.fetch_row(
        "SELECT count(*) AS n FROM reports r, reports this WHERE this.id = $1"
        " AND r.waiting_since IS NOT NULL AND (r.snoozed_until IS NULL OR r.snoozed_until <= $2)"
        " AND (r.score, r.id) > (this.score, this.id)",
        number,
        now,
    )
    assert ahead is not None
    waits = report.waiting_since is not None
    snoozed = report.snoozed_until is not None and report.snoozed_until > now
    testers = report.affected + 1
    age = max(now - report.filed_at, timedelta())
    return ScoreOut(
        ahead["n"] + 1 if waits and not snoozed else None,
        [
            _severity(report.severity),
            Factor(
                "testers",
                float(testers),
                Words(
                    f"{testers} 位内测用户遇到：× {testers}",
                    f"{testers} tester{'s have' if testers > 1 else ' has'} it: × {testers}",
                ),
            ),
            _freshness(age),
        ],
    )


def _severity(severity: str) -> Factor:
    name = SEVERITIES[severity]
    if severity in SEVERE:
        return Factor(
            "severity",
            None,
            Words(f"{name.zh}：总是在最前", f"{name.en}: always before the others"),
        )
    weight = WEIGHTS[severity]
    return Factor(
        "severity", float(weight), Words(f"{name.zh}：× {weight}", f"{name.en}: × {weight}")
    )


def _freshness(age: timedelta) -> Factor:
    value = round(0.5 ** (age / HALF_LIFE), 3)
    days, half = age.days, HALF_LIFE.days
    return Factor(
        "freshness",
        value,
        Words(
            f"{days} 天前提交，每 {half} 天减半：× {value:g}",
            f"filed {days} day{'s' * (days != 1)} ago, halved every {half}: × {value:g}",
        ),
    )
