"""What the tracker says, in the model's words: read from its tables where there is too much of it
to be asked for through the API."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from tests.simulation.facts import Notice, Report
from tracker import database as door

Stand = tuple[str, str | None, str, str | None, date | None, date | None]
"""A report's status, its proposal, its ring, the build that solved it, the train it is expected
on, and the one that it missed."""

_REPORTS = """
SELECT r.id, r.status, r.proposal, r.ring, b.version, r.expected_on, r.missed_on
FROM reports r LEFT JOIN builds b ON b.id = r.released_in
"""
_NOTICES = """
SELECT n.id, p.handle, n.kind, n.data FROM notices n JOIN people p ON p.id = n.person
WHERE n.id > $1 AND n.kind IN ('friday', 'build', 'correction', 'reopened', 'blocked')
ORDER BY n.id
"""


async def reports(of: Collection[int] | None = None) -> dict[int, Stand]:
    """By number: those of some proposals, or all."""
    if of is None:
        rows = await door.fetch(_REPORTS)
    else:
        rows = await door.fetch(f"{_REPORTS} WHERE r.proposal = ANY ($1)", list(of))
    return {
        row["id"]: (
            row["status"],
            row["proposal"] and f"P-{row['proposal']}",
            row["ring"],
            row["version"],
            row["expected_on"],
            row["missed_on"],
        )
        for row in rows
    }


def wanted(report: Report) -> Stand:
    return (
        report.standing,
        report.proposal.name if report.proposal else None,
        report.line[1],
        report.solved_in.version if report.solved_in else None,
        report.promised,
        report.missed,
    )


async def notices(since: int) -> tuple[list[Notice], int]:
    """Those made after the one of this number, and the number of the last."""
    rows = await door.fetch(_NOTICES, since)
    found = [_notice(row["handle"], row["kind"], json.loads(row["data"])) for row in rows]
    return found, rows[-1]["id"] if rows else since


def _notice(person: str, kind: str, data: dict[str, Any]) -> Notice:
    items = [
        (one["report"], one["proposal"], one["codename"], one["build"])
        for one in data.get("reports", ())
    ]
    assert len(items) == len(set(items)), f"{person} is told twice in one notice: {data}"
    slipped = [
        (one["report"], date.fromisoformat(one["was"]), date.fromisoformat(one["expected_on"]))
        for one in data.get("slipped") or ()
    ]
    about = {"friday": "release", "reopened": "proposal", "blocked": "date"}.get(kind)
    return Notice(
        person,
        kind,
        data[about] if about else "",
        frozenset(items),
        frozenset(slipped),
        data.get("now_in") or "",
        frozenset(
            (one["report"], one["testers"], one["own"]) for one in data.get("confirmed") or ()
        ),
        frozenset((one["report"], one["now_in"] or "") for one in data.get("corrected") or ()),
    )


def essence(notice: Notice) -> Notice:
    """A correction names the reports; the build in which it was said to be fixed is its past."""
    if notice.kind != "correction":
        return notice
    return replace(notice, items=frozenset((*item[:3], "") for item in notice.items))
