"""Where somebody hears, for programs: above all for the app that receives Mi Push."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Controller, delete, get, put
from litestar.params import FromPath, JSONBody

from tracker.channels.base import ChannelName
from tracker.channels.registry import opened
from tracker.errors import Conflict
from tracker.people.authentication import SignedIn
from tracker.subscriptions import actions
from tracker.subscriptions.places import Place, get_place, places_of
from tracker.subscriptions.words import NAMES
from tracker.web.forms import says
from tracker.web.pagination import Listing
from tracker.web.requests import Now, language_of


class PutMiPush(msgspec.Struct):
    registration_id: str
    """What `MiPushClient.getRegId` gives on this phone."""
    name: Annotated[str, says("最多 80 个字", "80 characters at most", max_length=80)] = ""
    """What its owner knows the phone by."""


class PlaceOut(msgspec.Struct, frozen=True):
    id: int
    channel: ChannelName
    name: str
    created_at: datetime
    confirmed: bool
    """False: nothing is sent there until its owner has shown that it is theirs."""


def place_out(place: Place) -> PlaceOut:
    return PlaceOut(
        place.id, place.channel, place.name, place.created_at, place.confirmed_at is not None
    )


class PlaceApi(Controller):
    path = "/me/subscriptions"
    tags = ("Notices",)

    @get(summary="Where you hear beside the inbox, the oldest first")
    async def list(self, request: SignedIn) -> Listing[PlaceOut]:
        return Listing([place_out(one) for one in await places_of(request.user)], None)

    @put("/mipush", summary="Hear by Mi Push on a phone")
    async def mipush(self, request: SignedIn, data: JSONBody[PutMiPush], now: Now) -> PlaceOut:
        """For the maker's app, at each start: the same phone keeps its number, and one that was
        somebody else's before is theirs no longer. 409 while the server has no Mi Push."""
        async with opened(request.app.state.settings) as channels:
            channel = channels[ChannelName.MIPUSH]
            problem = channel.problem()
            if problem is not None:
                raise Conflict(problem)
            address = channel.read({"registration_id": data.registration_id})
            called = data.name.strip() or NAMES[channel.name].within(language_of(request))
            number = await actions.subscribe(request.user, channel, address, name=called, now=now)
        return place_out(await get_place(request.user, ChannelName.MIPUSH, number))

    @delete("/{number:int}", status_code=200, summary="Hear no more there")
    async def end(self, request: SignedIn, number: FromPath[int], now: Now) -> Listing[PlaceOut]:
        """Answers with those that are left. 404 where it has ended before."""
        await actions.unsubscribe(request.user, number, now=now)
        return Listing([place_out(one) for one in await places_of(request.user)], None)
