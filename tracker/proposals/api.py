"""Proposals, their fixes, and what belongs to them on a report, for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Controller, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Response

from tracker.devices.forms import Words
from tracker.numbers import proposal_number, report_number
from tracker.people.authentication import SignedIn, testers_only
from tracker.proposals import actions, crediting, fixing, queries, verifying
from tracker.proposals.forms import (
    ChangeProposal,
    GiveCredit,
    LinkReport,
    OpenProposal,
    ProposalDetail,
    ProposalOut,
    PutFix,
    RevertFix,
    VerificationOut,
    Verified,
    Verify,
)
from tracker.proposals.out import proposal_detail, proposal_out
from tracker.proposals.words import OUTCOMES
from tracker.releases.queries import boarding
from tracker.reports.forms import ReportDetail
from tracker.reports.out import report_detail
from tracker.timetable import Timetable
from tracker.web.addresses import base_url
from tracker.web.idempotency import once
from tracker.web.pagination import DEFAULT_LIMIT, Listing, check_limit
from tracker.web.requests import Now


def timetable(request: SignedIn) -> Timetable:
    return Timetable.of(request.app.state.settings)


async def detail(request: SignedIn, number: int) -> ProposalDetail:
    """The whole proposal as this person may see it: five queries."""
    return await proposal_detail(request.user, number, base_url=base_url(request))


class ProposalApi(Controller):
    path = "/proposals"
    tags = ("Proposals",)
    guards = (testers_only,)

    @post(summary="Open a proposal, gathering reports into it")
    async def open(
        self, request: SignedIn, data: JSONBody[OpenProposal], now: Now
    ) -> Response[ProposalDetail]:
        """`module` may be left out where the reports agree on one."""

        async def act() -> ProposalDetail:
            train = await boarding(timetable(request), now)
            number = await actions.open_proposal(request.user, data, now=now, train=train)
            return await detail(request, number)

        return await once(request, act, now=now)

    @get(summary="Proposals, newest first")
    async def list(
        self,
        request: SignedIn,
        state_wanted: Annotated[str, QueryParameter(name="state")] = "",
        module: FromQuery[str] = "",
        owner: FromQuery[str] = "",
        q: FromQuery[str] = "",
        limit: FromQuery[int] = DEFAULT_LIMIT,
        after: FromQuery[str] = "",
    ) -> Listing[ProposalOut]:
        filters = queries.ProposalFilters(state_wanted, module, owner, q)
        found, cursor = await queries.list_proposals(
            request.user, filters, limit=check_limit(limit), after=after
        )
        base = base_url(request)
        return Listing([proposal_out(one, base_url=base) for one in found], cursor)

    @get("/{number:str}", summary="One proposal with its reports, fixes and builds")
    async def show(self, request: SignedIn, number: FromPath[str]) -> ProposalDetail:
        return await detail(request, proposal_number(number))

    @patch("/{number:str}", summary="Change what is given; declining takes a reason")
    async def change(
        self, request: SignedIn, number: FromPath[str], data: JSONBody[ChangeProposal], now: Now
    ) -> ProposalDetail:
        """Its reports move with its state. Declining closes them, with your reason; the severe
        ones wait for a second engineer."""
        train = await boarding(timetable(request), now)
        name = proposal_number(number)
        await actions.change_proposal(request.user, name, data, now=now, train=train)
        return await detail(request, name)

    @put("/{number:str}/fix", summary="It is done, for these models or for all")
    async def fix(
        self, request: SignedIn, number: FromPath[str], data: JSONBody[PutFix], now: Now
    ) -> ProposalDetail:
        train = await boarding(timetable(request), now)
        name = proposal_number(number)
        await fixing.put_fix(request.user, name, data, now=now, train=train)
        return await detail(request, name)

    @delete("/{number:str}/fix", status_code=200, summary="Revert the fix")
    async def revert(
        self, request: SignedIn, number: FromPath[str], data: JSONBody[RevertFix], now: Now
    ) -> ProposalDetail:
        train = await boarding(timetable(request), now)
        name = proposal_number(number)
        await fixing.revert_fix(request.user, name, data, now=now, train=train)
        return await detail(request, name)


class ReportProposalApi(Controller):
    """A report's link to its proposal, and its verification."""

    path = "/reports/{number:str}"
    tags = ("Reports",)
    guards = (testers_only,)

    async def _report(self, request: SignedIn, number: int, now: datetime) -> ReportDetail:
        return await report_detail(request.user, number, base_url=base_url(request), now=now)

    @put("/proposal", summary="Gather it into a proposal")
    async def link(
        self, request: SignedIn, number: FromPath[str], data: JSONBody[LinkReport], now: Now
    ) -> ReportDetail:
        train = await boarding(timetable(request), now)
        report = report_number(number)
        proposal = await queries.named_proposal(request.user, data.proposal)
        await actions.link_reports(request.user, [report], proposal, now=now, train=train)
        return await self._report(request, report, now)

    @delete("/proposal", status_code=200, summary="Take it out of its proposal")
    async def unlink(self, request: SignedIn, number: FromPath[str], now: Now) -> ReportDetail:
        report = report_number(number)
        await actions.unlink_report(request.user, report, now=now)
        return await self._report(request, report, now)

    @put("/credit", summary="Thank its reporter, or one who has it too, in the changelog")
    async def credit(
        self, request: SignedIn, number: FromPath[str], data: JSONBody[GiveCredit], now: Now
    ) -> ReportDetail:
        """For evidence that came after the fix: those who reported it before need no PUT. They are
        named once they agree to be, in their settings."""
        report = report_number(number)
        await crediting.credit(request.user, report, data, now=now)
        return await self._report(request, report, now)

    @delete("/credit", status_code=200, summary="Take that back")
    async def uncredit(
        self, request: SignedIn, number: FromPath[str], now: Now, person: FromQuery[str] = ""
    ) -> ReportDetail:
        """`person` by handle; without it, whoever filed the report."""
        report = report_number(number)
        await crediting.withdraw_credit(request.user, report, person or None, now=now)
        return await self._report(request, report, now)

    @put("/verification", summary="Fixed, still broken, or can't tell, on a build")
    async def verify(
        self, request: SignedIn, number: FromPath[str], data: JSONBody[Verify], now: Now
    ) -> Verified:
        """`broken` on a build that has the fix reopens the proposal for that model, once; on an
        older one, or one that was withdrawn, it is kept and changes nothing. `verification` says
        what became of the answer."""
        train = await boarding(timetable(request), now)
        report = report_number(number)
        outcome = await verifying.verify(request.user, report, data, now=now, train=train)
        detail = msgspec.structs.asdict(await self._report(request, report, now))
        words = Words(*OUTCOMES[outcome][1])
        return Verified(
            verification=VerificationOut(data.build, data.verdict, outcome, words), **detail
        )
