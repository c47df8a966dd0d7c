"""What became of what robots posted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tracker import database
from tracker.notices.tables import DeliveryState


class Posted(msgspec.Struct, frozen=True):
    state: DeliveryState
    at: datetime
    detail: str


_LAST = """
SELECT n.robot, d.state, d.at, d.detail FROM unnest($1::bigint[]) AS asked (robot)
CROSS JOIN LATERAL (SELECT id, robot FROM notices WHERE robot = asked.robot
    ORDER BY id DESC LIMIT 1) AS n
JOIN deliveries d ON d.notice = n.id AND d.subscription = n.robot
"""


async def last_posted(robots: Sequence[int]) -> dict[int, Posted]:
    """The latest of each robot; without those that have not posted anything yet. Who may ask is
    the caller's to check."""
    rows = await database.fetch(_LAST, list(robots))
    return {
        row["robot"]: Posted(DeliveryState(row["state"]), row["at"], row["detail"]) for row in rows
    }
