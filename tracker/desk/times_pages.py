"""The desk's own page: how long answers take, and what waits."""

from __future__ import annotations

from litestar import Controller, get

from tracker.desk.times import DAYS, desk_times
from tracker.errors import NotFound
from tracker.people.authentication import SignedIn, testers_only
from tracker.web.requests import Now
from tracker.web.templating import Page, page

PERIODS = (7, DAYS, 90, 365)


class DeskPage(Controller):
    path = "/desk"
    guards = (testers_only,)

    @get()
    async def show(self, request: SignedIn, now: Now) -> Page:
        asked = request.query_params.get("days", str(DAYS))
        if asked not in map(str, PERIODS):
            # Nobody is sent to another one by our pages.
            raise NotFound
        return await page(
            request,
            "desk/times.html",
            times=await desk_times(request.user, now=now, days=int(asked)),
            periods=PERIODS,
        )
