"""Taking back a line that is published: it stays in its place, struck, with the reason."""

from __future__ import annotations

from datetime import date, datetime

from tracker import database
from tracker.errors import NotFound
from tracker.history.acting import acting
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals.fixing import revert_fix
from tracker.proposals.forms import RevertFix
from tracker.releases import access, queries
from tracker.releases.forms import PutErratum
from tracker.timetable import Timetable


async def put_erratum(
    captain: Person,
    day: date,
    entry: int,
    form: PutErratum,
    *,
    now: datetime,
    timetable: Timetable,
) -> None:
    """Take a line back for every model it was published for: the fix is reverted there.

    Its reports go back to work, and those who were told "fixed" are told. Again is the same as
    once: what is taken back already keeps its reason, and a fix made anew since is left alone.
    """
    access.require_can_publish(captain)
    async with acting(captain, now=now):
        row = await database.fetch_row(
            "SELECT e.proposal, array_agg(DISTINCT d.codename)"
            " FILTER (WHERE s.ended_at IS NULL OR s.ended = 'withdrawn') AS codenames"
            " FROM entries e JOIN releases r ON r.id = e.release"
            " JOIN builds b ON b.release = r.date"
            " JOIN shipments s ON s.build = b.id AND s.proposal = e.proposal"
            "  AND s.shipped_at IS NOT NULL AND NOT s.taken_over"
            " JOIN device_models d ON d.id = s.model"
            " WHERE r.date = $1 AND e.id = $2 GROUP BY e.id, r.id",
            day,
            entry,
        )
        if row is None:
            raise NotFound(Text("没有这一条更新", "There is no such line"))
        if row["codenames"] is None:
            return
        revert = RevertFix(reason=form.reason, models=sorted(row["codenames"]))
        train = await queries.boarding(timetable, now)
        await revert_fix(captain, row["proposal"], revert, now=now, train=train)
