"""Reading the record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from tracker import database


class PastEvent(msgspec.Struct, frozen=True):
    """An event as a timeline shows it; `actor` is a display name, null for the clock."""

    id: int
    at: datetime
    actor: str | None
    handle: str | None
    kind: str
    internal: bool
    data: dict[str, Any]
    undone: bool = False


async def of_report(report: int, *, internal: bool) -> list[PastEvent]:
    """Oldest first. `internal` also gives what testers never see: notes, and what was taken back
    before anybody was told."""
    return await _events("report", report, internal=internal)


async def of_proposal(proposal: int) -> list[PastEvent]:
    """Oldest first: what was done to the proposal itself, not to each of its reports."""
    return await _events("proposal", proposal, internal=True)


async def _events(about: str, number: int, *, internal: bool) -> list[PastEvent]:
    only = "" if about == "report" else " AND e.report IS NULL"
    found = await database.fetch(
        "SELECT e.id, e.at, p.display_name AS actor, p.handle, e.kind, e.internal, e.data,"
        " a.undone_by IS NOT NULL AS undone FROM events e LEFT JOIN people p ON p.id = e.actor"
        " LEFT JOIN acts a ON a.id = e.act"
        f" WHERE e.{about} = $1 AND (NOT e.internal AND a.quiet IS NOT TRUE OR $2){only}"
        " ORDER BY e.id",
        number,
        internal,
    )
    return [
        PastEvent(
            id=row["id"],
            at=row["at"],
            actor=row["actor"],
            handle=row["handle"],
            kind=row["kind"],
            internal=row["internal"],
            data=msgspec.json.decode(row["data"]),
            undone=row["undone"],
        )
        for row in found
    ]
