"""The ledger for programs: what became of everything that was sent, or was not."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from litestar import Controller, get, put
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from tracker.channels.base import ChannelName
from tracker.deliveries import actions, queries
from tracker.deliveries.filters import Filters
from tracker.deliveries.forms import (
    BulkOut,
    EndDelivery,
    EndSelection,
    LedgerOut,
    Selection,
    SummaryOut,
)
from tracker.notices.tables import DeliveryState
from tracker.people.authentication import SignedIn, testers_only
from tracker.web.pagination import DEFAULT_LIMIT, Listing, check_limit
from tracker.web.requests import Now, language_of


def narrowed(
    release: FromQuery[date | None] = None,
    state_wanted: Annotated[DeliveryState | None, QueryParameter(name="state")] = None,
    channel: FromQuery[ChannelName | None] = None,
    person: FromQuery[str] = "",
    host: FromQuery[str] = "",
    notice: FromQuery[int | None] = None,
) -> Filters:
    """What an address narrows the ledger by."""
    return Filters(
        release=release,
        state=state_wanted,
        channel=channel,
        person=person,
        host=host,
        notice=notice,
    )


_NARROWED = {"filters": Provide(narrowed, sync_to_thread=False)}


def _meant(data: Selection) -> Filters:
    return Filters(
        release=data.release,
        state=data.state,
        channel=data.channel,
        person=data.person,
        host=data.host,
        notice=data.notice,
    )


class DeliveryApi(Controller):
    path = "/deliveries"
    tags = ("Deliveries",)

    @get(summary="Deliveries, those of the newest notice first", dependencies=_NARROWED)
    async def list(
        self,
        request: SignedIn,
        filters: NamedDependency[Filters],
        limit: FromQuery[int] = DEFAULT_LIMIT,
        after: FromQuery[str] = "",
    ) -> Listing[LedgerOut]:
        """Your own; the team sees everybody's. `release` means what a Friday told people. The
        inbox has none: a notice has arrived there by being there."""
        found, cursor = await queries.list_deliveries(
            request.user, filters, language_of(request), limit=check_limit(limit), after=after
        )
        return Listing(found, cursor)

    @get(
        "/summary",
        summary="How many are where, what waits longest, and hosts in trouble",
        dependencies=_NARROWED,
    )
    async def summary(
        self,
        request: SignedIn,
        filters: NamedDependency[Filters],
        now: Now,
    ) -> SummaryOut:
        """For the team. The hosts are those of all deliveries, whatever is asked for."""
        return await queries.summary(request.user, filters, now=now)

    @get("/{number:int}", summary="One delivery")
    async def show(self, request: SignedIn, number: FromPath[int]) -> LedgerOut:
        return await queries.get_delivery(request.user, number, language_of(request))

    @put("/{number:int}/retry", guards=[testers_only], summary="Try it now")
    async def retry(self, request: SignedIn, number: FromPath[int], now: Now) -> LedgerOut:
        """A dead or failed one is due at once; what may be in a worker's hands, or comes within
        three minutes, is left to come by itself. A host that is left alone is not disturbed."""
        await actions.retry(request.user, number, now=now)
        return await queries.get_delivery(request.user, number, language_of(request))

    @put("/{number:int}/end", guards=[testers_only], summary="Give it up")
    async def end(
        self, request: SignedIn, number: FromPath[int], data: JSONBody[EndDelivery], now: Now
    ) -> LedgerOut:
        """It is dead, and its detail says by whom and why; its recipient may read that. What is
        under way at this moment may still arrive, and is then told as sent."""
        await actions.end(request.user, number, data.reason, now=now)
        return await queries.get_delivery(request.user, number, language_of(request))

    @put(
        "/retry",
        guards=[testers_only],
        summary="Try all dead or all failed ones of a selection now",
    )
    async def retry_all(self, request: SignedIn, data: JSONBody[Selection], now: Now) -> BulkOut:
        """10,000 at a time: ask again while there are `more`."""
        return await actions.retry_all(request.user, _meant(data), now=now)

    @put(
        "/end",
        guards=[testers_only],
        summary="Give up all pending or all failed ones of a selection",
    )
    async def end_all(self, request: SignedIn, data: JSONBody[EndSelection], now: Now) -> BulkOut:
        """10,000 at a time: ask again while there are `more`."""
        return await actions.end_all(request.user, _meant(data), data.reason, now=now)
