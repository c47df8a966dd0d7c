"""Notices for programs."""

from __future__ import annotations

from litestar import Controller, get
from litestar.params import FromPath, FromQuery

from tracker.notices import queries
from tracker.notices.access import require_may_ask_for
from tracker.notices.forms import DeliveryOut, NoticeOut
from tracker.people.authentication import SignedIn
from tracker.web.addresses import base_url
from tracker.web.pagination import DEFAULT_LIMIT, Listing, check_limit
from tracker.web.requests import language_of


class NoticeApi(Controller):
    path = "/notices"
    tags = ("Notices",)

    @get(summary="Your notices, newest first; the team may ask for another `person`")
    async def list(
        self,
        request: SignedIn,
        person: FromQuery[str] = "",
        limit: FromQuery[int] = DEFAULT_LIMIT,
        after: FromQuery[str] = "",
    ) -> Listing[NoticeOut]:
        handle = person or request.user.handle
        require_may_ask_for(request.user, handle)
        found, cursor = await queries.notices_of(handle, limit=check_limit(limit), after=after)
        language, base = language_of(request), base_url(request)
        return Listing([queries.notice_out(one, language, base) for one in found], cursor)

    @get("/{number:int}/deliveries", summary="How a notice got to its recipient")
    async def deliveries(self, request: SignedIn, number: FromPath[int]) -> Listing[DeliveryOut]:
        return Listing(await queries.deliveries_of(request.user, number), None)
