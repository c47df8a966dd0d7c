"""Proposals as testers and engineers see them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Controller, get
from litestar.params import FromPath

from tracker.devices import queries as devices
from tracker.devices.words import RINGS
from tracker.errors import Invalid
from tracker.history import queries as history
from tracker.language import Text
from tracker.numbers import proposal_number
from tracker.people.authentication import SignedIn, testers_only
from tracker.posts.words import thanks
from tracker.proposals import queries
from tracker.proposals.credits import SHOWN_CREDITS, credits_of
from tracker.proposals.queries import Listed, ProposalFilters
from tracker.proposals.words import KINDS, STATES, sentence
from tracker.reports import listing
from tracker.reports.filters import Filters
from tracker.reports.queries import list_reports
from tracker.web.pagination import DEFAULT_LIMIT
from tracker.web.requests import language_of
from tracker.web.templating import Page, page

SHOWN_REPORTS = 20


class Proposals(Controller):
    path = "/proposals"
    guards = (testers_only,)

    @get()
    async def show_all(self, request: SignedIn) -> Page:
        query = request.query_params
        filters = ProposalFilters(
            **{
                name: query.get(name, "").replace("\0", "").strip()[: listing.LONGEST]
                for name in ProposalFilters.__struct_fields__
            }
        )
        problems: dict[str, Text] = {}
        found: list[Listed] = []
        after, cursor = query.get("after", ""), None
        try:
            found, cursor = await queries.list_proposals(
                request.user, filters, limit=DEFAULT_LIMIT, after=after
            )
        except Invalid as invalid:
            problems = {"": invalid.reason}
        return await page(
            request,
            "proposals/list.html",
            status=422 if problems else 200,
            problems=problems,
            filters=filters,
            cards=[_card(one, language_of(request)) for one in found],
            tabs=[
                {
                    "href": _address(filters, state=state),
                    "text": words.within(language_of(request)),
                    "here": filters.state == state,
                }
                for state, words in (("", Text("全部", "All")), *STATES.items())
            ],
            start=_address(filters) if after else None,
            more=_address(filters, after=cursor) if cursor else None,
        )

    @get("/{name:str}")
    async def show(self, request: SignedIn, name: FromPath[str]) -> Page:
        number = proposal_number(name)
        person = request.user
        proposal = await queries.get_listed(person, number)
        gathered = Filters(proposal=proposal.name)
        reports, more = await list_reports(person, gathered, limit=SHOWN_REPORTS)
        fixes = await queries.fixes_of(number)
        shipments = await queries.shipments_of(number)
        confirmed, verdicts = await queries.verdicts_of(number)
        codenames = {fix.model for fix in fixes if fix.model}
        codenames |= {shipment.model for shipment in shipments}
        codenames |= {count.model for count in verdicts}
        names = await devices.names_of(codenames) if codenames else {}
        owed = await credits_of(number)
        past = await history.of_proposal(number) if person.is_staff else []
        return await page(
            request,
            "proposals/show.html",
            proposal=proposal,
            kind=KINDS[proposal.kind],
            reports=[listing.row(one, team=request.user.is_staff) for one in reports],
            all_reports=listing.address(gathered) if more else None,
            fixes=fixes,
            shipments=shipments,
            verdicts=verdicts,
            thanks=thanks([one.name for one in owed if one.name], most=50),
            credited=owed[:SHOWN_CREDITS] if person.is_staff else [],
            confirmed=confirmed,
            names=names,
            rings=RINGS,
            history=[(event, sentence(event.kind, event.data)) for event in past],
        )


def _address(filters: ProposalFilters, **other: str) -> str:
    query = {
        name: value for name, value in (msgspec.structs.asdict(filters) | other).items() if value
    }
    return f"/proposals?{urlencode(query)}" if query else "/proposals"


def _card(proposal: Listed, language: str) -> dict[str, Any]:
    return {
        "id": proposal.name,
        "url": f"/proposals/{proposal.name}",
        "title": proposal.line.within(language),
        "module": proposal.module_name,
        "state": proposal.stage,
        "reports": proposal.reports,
        "testers": proposal.testers,
    }
