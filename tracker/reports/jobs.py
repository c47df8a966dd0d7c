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
            # What was imported waits since it is here, and not since it was filed elsewhere.
            "INSERT INTO module_answer_times (module, median_seconds, answers, at)"
            " SELECT r.module, percentile_cont(0.5) WITHIN GROUP (ORDER BY s.waited), count(*), $1"
            " FROM responses s JOIN reports r ON r.id = s.report AND r.answered_at = s.at"
            " WHERE s.at > $2 AND s.waited IS NOT NULL AND s.retracted_at IS NULL"
            " GROUP BY r.module HAVING count(*) >= $3",
            now,
            now - PERIOD,
            ENOUGH,
        )
