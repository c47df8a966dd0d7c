"""How the desk is doing, and where one stands at it, for programs."""

from __future__ import annotations

from litestar import Controller, get
from litestar.params import FromQuery

from tracker.desk.standing import StandingOut, standing_of
from tracker.desk.times import DAYS, DeskTimes, desk_times
from tracker.people.authentication import SignedIn, testers_only
from tracker.timetable import Timetable
from tracker.web.requests import Now


class DeskApi(Controller):
    path = "/desk"
    tags = ("Desk",)
    guards = (testers_only,)

    @get("/times", summary="How long answers take, and what waits, by module and by person")
    async def times(
        self,
        request: SignedIn,
        now: Now,
        days: FromQuery[int] = DAYS,
        module: FromQuery[str] = "",
    ) -> DeskTimes:
        """Medians of the last `days`, 365 at most. Modules are in the order of changelogs, people by
        their handle. For the team alone: for others there is nothing here."""
        return await desk_times(request.user, now=now, days=days, module=module)

    @get("/standing", summary="Where I stand: what waits for me, and what blocks the Friday")
    async def standing(self, request: SignedIn, now: Now) -> StandingOut:
        timetable = Timetable.of(request.app.state.settings)
        return await standing_of(request.user, timetable=timetable, now=now)
