"""Device models and modules for programs."""

from __future__ import annotations

from litestar import Controller, get

from tracker.devices import queries
from tracker.devices.forms import DeviceOut, ModuleOut
from tracker.people.authentication import SignedIn, testers_only
from tracker.web.pagination import Listing


class DeviceApi(Controller):
    tags = ("Devices",)
    guards = (testers_only,)

    @get("/devices", summary="Device models, by English name; all at once")
    async def devices(self, request: SignedIn) -> Listing[DeviceOut]:
        return Listing(await queries.models(), None)

    @get("/modules", summary="Modules, in the order of changelogs; all at once")
    async def modules(self, request: SignedIn) -> Listing[ModuleOut]:
        return Listing(await queries.modules(), None)
