"""What is held while builds leave, are moved or withdrawn, and in which order.

A train's row, then models (`lock_lines`: whoever changes a build of a model holds it), builds,
proposals, and what hangs on these: shipments, reports. Whoever fixes or reverts begins at the
proposal. So nobody waits for somebody who waits for them, and nobody overwrites what they have not
seen.
"""

from __future__ import annotations

from datetime import date, datetime

from piccolo.querystring import QueryString

from tracker import database
from tracker.releases.contents import aboard, contents


async def lock_train(day: date, *, cutoff: datetime) -> list[int]:
    """Hold all that leaves with a train, whose row is held already; returns its builds.

    Testers file reports on them meanwhile: NO KEY leaves that to them.
    """
    leaving = aboard(day)
    await database.rows(
        QueryString(
            "SELECT 1 FROM device_models WHERE id IN (SELECT b.model FROM builds b WHERE {})"
            " ORDER BY id FOR NO KEY UPDATE",
            leaving,
        )
    )
    rows = await database.rows(
        QueryString("SELECT b.id FROM builds b WHERE {} ORDER BY b.id FOR NO KEY UPDATE", leaving)
    )
    await lock_carried(leaving, cutoff=cutoff)
    return [row["id"] for row in rows]


async def lock_carried(builds: QueryString, *, cutoff: datetime) -> None:
    """Keep what these builds carry from being reverted before it has left, or see that it was."""
    await lock_proposals(
        QueryString("SELECT proposal FROM ({}) AS carried", contents(builds, cutoff=cutoff))
    )


async def lock_proposals(numbers: QueryString) -> None:
    """Hold those that a query of one column names."""
    await database.rows(
        QueryString(
            "WITH held AS (SELECT id FROM proposals WHERE id IN ({}) ORDER BY id FOR SHARE)"
            " SELECT count(*) FROM held",
            numbers,
        )
    )
