"""Device models and modules for programs."""

from __future__ import annotations

from litestar import Controller, get, post, put
from litestar.params import FromPath, JSONBody
from litestar.response import Response

from tracker.devices import queries
from tracker.devices.forms import BuildOut, DeviceOut, ModuleOut
from tracker.people.authentication import SignedIn, testers_only
from tracker.releases.builds import builds_in_line
from tracker.releases.forms import MoveLine
from tracker.releases.lines import move_line
from tracker.reports.forms import OwnedModule
from tracker.reports.owning import give_module
from tracker.timetable import Timetable
from tracker.web.idempotency import once
from tracker.web.pagination import Listing
from tracker.web.requests import Now


class DeviceApi(Controller):
    tags = ("Devices",)
    guards = (testers_only,)

    @get("/devices", summary="Device models, by English name; all at once")
    async def devices(self, request: SignedIn) -> Listing[DeviceOut]:
        return Listing(await queries.models(), None)

    @get("/modules", summary="Modules, in the order of changelogs; all at once")
    async def modules(self, request: SignedIn) -> Listing[ModuleOut]:
        return Listing(await queries.modules(), None)

    @put("/modules/{slug:str}/owner", summary="Who is responsible for a module. Captains only")
    async def own_module(
        self, request: SignedIn, slug: FromPath[str], data: JSONBody[OwnedModule], now: Now
    ) -> Listing[ModuleOut]:
        """Reports that are filed from now on are theirs; with `reports`, the open ones that were the
        former owner's too. Answers with all modules."""
        await give_module(request.user, slug, data.owner, reports=data.reports, now=now)
        return Listing(await queries.modules(), None)

    @post(
        "/devices/{codename:str}/moves",
        status_code=200,
        summary="Move a model's builds from one ring to another",
    )
    async def move(
        self, request: SignedIn, codename: FromPath[str], data: JSONBody[MoveLine], now: Now
    ) -> Response[Listing[BuildOut]]:
        """Its phones and reports there go along, and every report is asked anew whether its fix
        has arrived. Answers with the ring's builds in their order, the oldest first, all at once.
        """
        timetable = Timetable.of(request.app.state.settings)

        async def act() -> Listing[BuildOut]:
            model = await move_line(request.user, codename, data, now=now, timetable=timetable)
            return Listing(await builds_in_line(model.id, data.to), None)

        return await once(request, act, now=now, status=200)
