"""Notices for programs."""

from __future__ import annotations

from litestar import Controller, get
from litestar.params import FromPath, FromQuery

from tracker.notices import queries
from tracker.notices.access import require_may_ask_for
from tracker.notices.forms import DeliveryOut, NoticeOut, VerifyLink
from tracker.people.authentication import SignedIn
from tracker.proposals.links import Links
from tracker.web.addresses import base_url
from tracker.web.pagination import DEFAULT_LIMIT, Listing, check_limit
from tracker.web.requests import Now, language_of


class NoticeApi(Controller):
    path = "/notices"
    tags = ("Notices",)

    @get(summary="Your notices, newest first; the team may ask for another `person`")
    async def list(
        self,
        request: SignedIn,
        now: Now,
        person: FromQuery[str] = "",
        limit: FromQuery[int] = DEFAULT_LIMIT,
        after: FromQuery[str] = "",
    ) -> Listing[NoticeOut]:
        """Your own bring `verify`: links by which you, without signing in, say whether a fix
        works. Keep them to yourself."""
        handle = person or request.user.handle
        require_may_ask_for(request.user, handle)
        found, cursor = await queries.notices_of(handle, limit=check_limit(limit), after=after)
        language, base = language_of(request), base_url(request)
        verify: dict[int, list[VerifyLink]] = {}
        if handle == request.user.handle:
            links = Links.of(request.app.state.settings)
            verify = await queries.verify_links(found, request.user.id, links, now=now)
        return Listing(
            [queries.notice_out(one, language, base, verify.get(one.id, ())) for one in found],
            cursor,
        )

    @get("/{number:int}/deliveries", summary="How a notice got to its recipient")
    async def deliveries(self, request: SignedIn, number: FromPath[int]) -> Listing[DeliveryOut]:
        return Listing(await queries.deliveries_of(request.user, number), None)
