"""Reports for programs."""

from __future__ import annotations

from datetime import datetime

from litestar import Controller, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Response

from tracker.numbers import report_number
from tracker.people.authentication import SignedIn, testers_only
from tracker.reports import actions, closing, labelling, owning, queries, snoozing, threads
from tracker.reports.filing import file_report
from tracker.reports.filters import Filters
from tracker.reports.forms import (
    Ask,
    Close,
    FileReport,
    Labelled,
    MessageOut,
    MeToo,
    Owned,
    Post,
    ReportDetail,
    ReportOut,
    Snooze,
)
from tracker.reports.out import just_filed, report_detail, report_out
from tracker.reports.scoring import ScoreOut, explain
from tracker.web.addresses import base_url
from tracker.web.forms import read_form
from tracker.web.idempotency import once
from tracker.web.pagination import DEFAULT_LIMIT, Listing, check_limit
from tracker.web.requests import Now


async def detail(request: SignedIn, number: int, now: datetime) -> ReportDetail:
    return await report_detail(request.user, number, base_url=base_url(request), now=now)


class ReportApi(Controller):
    path = "/reports"
    tags = ("Reports",)
    guards = (testers_only,)

    @post(summary="File a report")
    async def file(
        self, request: SignedIn, data: JSONBody[FileReport], now: Now
    ) -> Response[ReportDetail]:
        async def act() -> ReportDetail:
            report = await file_report(request.user, data, now=now)
            return just_filed(request.user, report, base_url=base_url(request), now=now)

        return await once(request, act, now=now)

    @get(summary="Reports that you may see, by key")
    async def list(
        self,
        request: SignedIn,
        now: Now,
        status: FromQuery[str] = "",
        device: FromQuery[str] = "",
        module: FromQuery[str] = "",
        build: FromQuery[str] = "",
        owner: FromQuery[str] = "",
        reporter: FromQuery[str] = "",
        severity: FromQuery[str] = "",
        kind: FromQuery[str] = "",
        proposal: FromQuery[str] = "",
        q: FromQuery[str] = "",
        sort: FromQuery[str] = "new",
        waiting: FromQuery[bool] = False,
        snoozed: FromQuery[bool] = False,
        label: FromQuery[str] = "",
        limit: FromQuery[int] = DEFAULT_LIMIT,
        after: FromQuery[str] = "",
    ) -> Listing[ReportOut]:
        """`status` takes several, separated by commas, and `open` for all that are not done.
        `q` finds words of title and text, in Chinese and in English. `waiting` leaves those in
        which a tester spoke last; `sort` is new, old, updated, or of those waiting: the longest wait first; or score: of those
        the most pressing first. What is snoozed waits in neither, and alone with `snoozed`.
        `label` is for the team: several, separated by commas, must all be there.
        """
        filters = Filters(
            status,
            device,
            module,
            build,
            owner,
            reporter,
            severity,
            kind,
            proposal,
            q,
            sort,
            waiting,
            snoozed,
            label,
        )
        found, cursor = await queries.list_full(
            request.user, filters, limit=check_limit(limit), after=after, now=now
        )
        base = base_url(request)
        return Listing(
            [report_out(request.user, one, base_url=base, now=now) for one in found], cursor
        )

    @get("/{number:str}", summary="One report with its thread and timeline")
    async def show(self, request: SignedIn, number: FromPath[str], now: Now) -> ReportDetail:
        return await detail(request, report_number(number), now)

    @post("/{number:str}/messages", summary="Say something in the thread")
    async def say(
        self, request: SignedIn, number: FromPath[str], data: JSONBody[Post], now: Now
    ) -> Response[MessageOut]:
        """The reporter's word to an open question is its answer. `internal` is for the team."""

        async def act() -> MessageOut:
            report = report_number(number)
            message = await actions.post_message(request.user, report, data, now=now)
            thread = await threads.messages_of(report, internal=request.user.is_staff)
            return next(one for one in thread if one.id == message)

        return await once(request, act, now=now)

    @put("/{number:str}/question", summary="Ask the reporter something")
    async def ask(
        self, request: SignedIn, number: FromPath[str], data: JSONBody[Ask], now: Now
    ) -> ReportDetail:
        await actions.ask(request.user, report_number(number), data, now=now)
        return await detail(request, report_number(number), now)

    @delete("/{number:str}/question", status_code=200, summary="Take the question back")
    async def unask(self, request: SignedIn, number: FromPath[str], now: Now) -> ReportDetail:
        await actions.withdraw_question(request.user, report_number(number), now=now)
        return await detail(request, report_number(number), now)

    @put("/{number:str}/closure", summary="Close it; a severe one takes two engineers")
    async def close(
        self, request: SignedIn, number: FromPath[str], data: JSONBody[Close], now: Now
    ) -> ReportDetail:
        """For a severe report the first PUT leaves `pending_closure`; the same PUT by a second
        engineer closes it."""
        await closing.close(request.user, report_number(number), data, now=now)
        return await detail(request, report_number(number), now)

    @delete("/{number:str}/closure", status_code=200, summary="Open it again")
    async def reopen(self, request: SignedIn, number: FromPath[str], now: Now) -> ReportDetail:
        await closing.reopen(request.user, report_number(number), now=now)
        return await detail(request, report_number(number), now)

    @post("/{number:str}/appeal", status_code=200, summary="Appeal against a closure, once")
    async def appeal(
        self, request: SignedIn, number: FromPath[str], data: JSONBody[Ask], now: Now
    ) -> Response[ReportDetail]:
        async def act() -> ReportDetail:
            await closing.appeal(request.user, report_number(number), data, now=now)
            return await detail(request, report_number(number), now)

        return await once(request, act, now=now, status=200)

    @put("/{number:str}/affected", summary="Me too, with my own phone and build")
    async def me_too(
        self, request: SignedIn, number: FromPath[str], data: JSONBody[MeToo], now: Now
    ) -> ReportDetail:
        await actions.say_me_too(request.user, report_number(number), data, now=now)
        return await detail(request, report_number(number), now)

    @delete("/{number:str}/affected", status_code=200, summary="Not me any more")
    async def not_me(self, request: SignedIn, number: FromPath[str], now: Now) -> ReportDetail:
        await actions.unsay_me_too(request.user, report_number(number), now=now)
        return await detail(request, report_number(number), now)

    @get("/{number:str}/score", summary="Why it is where it is in the queue")
    async def score(self, request: SignedIn, number: FromPath[str], now: Now) -> ScoreOut:
        """Severity × testers affected × freshness. Brick, data loss and security come first."""
        return await explain(request.user, report_number(number), now=now)

    @put("/{number:str}/snooze", summary="Put it aside for a while")
    async def snooze(
        self, request: SignedIn, number: FromPath[str], data: JSONBody[Snooze], now: Now
    ) -> ReportDetail:
        """Out of the queue until then, or until a tester speaks, whichever comes first."""
        await snoozing.snooze(request.user, report_number(number), data.until, now=now)
        return await detail(request, report_number(number), now)

    @delete("/{number:str}/snooze", status_code=200, summary="Back into the queue")
    async def wake(self, request: SignedIn, number: FromPath[str], now: Now) -> ReportDetail:
        await snoozing.wake(request.user, report_number(number), now=now)
        return await detail(request, report_number(number), now)

    @put("/{number:str}/owner", summary="Give it to somebody of the team, or back")
    async def own(
        self, request: SignedIn, number: FromPath[str], data: JSONBody[Owned], now: Now
    ) -> ReportDetail:
        """null gives it back to its module's owner, or where that has none to a captain."""
        await owning.set_owner(request.user, report_number(number), data.owner, now=now)
        return await detail(request, report_number(number), now)

    @put("/{number:str}/labels/{label:str}", summary="Label it. The team's, hidden from testers")
    async def label(
        self, request: SignedIn, number: FromPath[str], label: FromPath[str], now: Now
    ) -> ReportDetail:
        form = read_form(Labelled, {"label": label})
        await labelling.put_label(request.user, report_number(number), form.label, now=now)
        return await detail(request, report_number(number), now)

    @delete("/{number:str}/labels/{label:str}", status_code=200, summary="Take the label off")
    async def unlabel(
        self, request: SignedIn, number: FromPath[str], label: FromPath[str], now: Now
    ) -> ReportDetail:
        await labelling.remove_label(request.user, report_number(number), label, now=now)
        return await detail(request, report_number(number), now)
