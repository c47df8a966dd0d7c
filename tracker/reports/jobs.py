"""What the clock does for reports."""

from __future__ import annotations

from datetime import datetime, timedelta

from tracker import database

PERIOD = timedelta(days=90)
ENOUGH = 3


async def renew_answer_times(*, now: datetime) -> None:
    """Work out how long each module takes to a first answer. A module with fewer than ENOUGH
    answers in the period says nothing rather than something misleading."""
    async with database.transaction():
        await database.execute("LOCK TABLE module_answer_times IN SHARE ROW EXCLUSIVE MODE")
        await database.execute("DELETE FROM module_answer_times")
        await database.execute(
            "INSERT INTO module_answer_times (module, median_seconds, answers, at)"
            " SELECT module, percentile_cont(0.5) WITHIN GROUP"
            " (ORDER BY extract(epoch FROM answered_at - filed_at)), count(*), $1 FROM reports"
            " WHERE answered_at IS NOT NULL AND filed_at > $2 GROUP BY module HAVING count(*) >= $3",
            now,
            now - PERIOD,
            ENOUGH,
        )
