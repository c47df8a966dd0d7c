"""The list of reports, and filing one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Response, get, post

from tracker.devices import queries as devices
from tracker.devices.choosing import OTHER, at_their_fields, chosen_phone, model_called
from tracker.devices.queries import Phone
from tracker.errors import Invalid
from tracker.language import Text
from tracker.people.authentication import SignedIn, testers_only
from tracker.reports import listing
from tracker.reports.filing import file_report
from tracker.reports.filters import Filters
from tracker.reports.forms import FileReport, compose_body
from tracker.reports.queries import Summary, list_reports
from tracker.reports.tables import Frequency, Kind, Severity
from tracker.reports.words import FREQUENCIES, KINDS, SEVERITIES, STATUSES
from tracker.web.forms import read_form
from tracker.web.pagination import DEFAULT_LIMIT
from tracker.web.redirects import go_to
from tracker.web.requests import Now, current_time, language_of
from tracker.web.templating import Page, page


class Reports(Controller):
    path = "/reports"
    guards = (testers_only,)

    @get()
    async def show(self, request: SignedIn) -> Response[Any]:
        """Two queries, the one for the session among them, whatever is asked for."""
        query = request.query_params
        filters = listing.filters_of(query)
        after = query.get("after", "")
        quick = "hx-request" in request.headers
        if not quick and (number := listing.named_report(filters.q)):
            return go_to(f"/reports/{number}")
        problems: dict[str, Text] = {}
        if filters.device and not listing.is_codename(filters.device):
            try:
                codename = await model_called(filters.device, field="device")
                return go_to(listing.address(filters, device=codename))
            except Invalid as invalid:
                problems = invalid.problems
        elif listing.is_untidy(query):
            return go_to(listing.address(filters, after=after))
        return await _list(request, filters, after=after, problems=problems)

    @get("/filters")
    async def choose(self, request: SignedIn) -> Page:
        filters = listing.filters_of(request.query_params)
        statuses = [one for one in filters.status.split(",") if one]
        return await page(
            request,
            "reports/filters.html",
            filters=filters,
            back=listing.address(filters),
            statuses=statuses,
            status_words=[("open", dict(listing.TABS)["open"]), *STATUSES.items()],
            modules=[(one.slug, one.name) for one in await devices.modules()],
            severity_words=list(SEVERITIES.items()),
            kind_words=list(KINDS.items()),
            sorts=listing.SORTS_OF_STAFF if request.user.is_staff else listing.SORTS,
        )

    @get("/new")
    async def start(self, request: SignedIn) -> Response[Any]:
        """Without a phone of one's own, that comes first; `other` goes on without."""
        phones = await devices.phones_of(request.user)
        query = request.query_params
        if not phones and "other" not in query:
            return go_to("/settings/devices?next=/reports/new")
        device = query.get("device", "")
        known = {phone.codename for phone in phones}
        values = {"device": device} if device in known else {OTHER: device}
        return await _form(request, phones, values=values)

    @post()
    async def file(self, request: SignedIn, now: Now) -> Response[Any]:
        sent = await request.form()
        phones = await devices.phones_of(request.user)
        try:
            report = await _read(sent, phones, language=language_of(request))
            filed = await file_report(request.user, report, now=now)
        except Invalid as invalid:
            problems = _in_order(at_their_fields(invalid.problems, sent, phones))
            return await _form(request, phones, status=422, values=dict(sent), problems=problems)
        return go_to(f"/reports/{filed.name}?told=filed")


async def _list(
    request: SignedIn, filters: Filters, *, after: str, problems: dict[str, Text]
) -> Page:
    rows: list[Summary] = []
    cursor = None
    if not problems:
        try:
            rows, cursor = await list_reports(
                request.user,
                filters,
                limit=DEFAULT_LIMIT,
                after=after,
                now=current_time(request.app.state),
            )
        except Invalid as invalid:
            problems = invalid.problems
    own = filters.reporter == request.user.handle
    narrowing = listing.narrowing(filters)
    return await page(
        request,
        "reports/list.html",
        status=422 if problems else 200,
        problems={field if field == "q" else "": words for field, words in problems.items()},
        filters=filters,
        kept={name: value for name, value in narrowing.items() if name != "q"},
        rows=[
            listing.row(one, by_news=filters.sort == "updated", team=request.user.is_staff)
            for one in rows
        ],
        tabs=[
            {
                "href": listing.address(filters, status=status),
                "text": words.within(language_of(request)),
                "here": filters.status == status,
            }
            for status, words in listing.TABS
        ],
        tags=listing.tags(filters, rows),
        asked=bool(narrowing),
        whose_own=own and narrowing.keys() <= {"reporter", "sort"},
        mine=None if filters.reporter else listing.address(filters, reporter=request.user.handle),
        waiting=listing.address(filters, waiting="true", sort="waiting"),
        more=listing.address(filters, path="/reports/filters"),
        start=listing.address(filters) if after else None,
        cursor=listing.address(filters, after=cursor) if cursor else None,
    )


async def _read(sent: Mapping[str, Any], phones: list[Phone], *, language: str) -> FileReport:
    """The form as a report: the phone that is meant, and one text from the three boxes."""
    parts = {name: str(sent.get(name, "")) for name in ("steps", "expected", "actual")}
    values = {**dict(sent), "body": compose_body(parts, language), "build": ""}
    if values.get("kind") == Kind.SUGGESTION:
        # Not asked about a suggestion, whatever was ticked before it became one.
        values |= {"severity": "", "frequency": ""}
    problems: dict[str, Text] = {}
    try:
        values["device"], build = await chosen_phone(sent, phones)
        values["build"] = build or ""
    except Invalid as invalid:
        problems = invalid.problems
        # Its own problem is known already; the other fields are looked at all the same.
        values["device"] = "?"
    try:
        report = read_form(FileReport, values)
    except Invalid as invalid:
        raise Invalid(problems | invalid.problems) from None
    if problems:
        raise Invalid(problems)
    return report


_ORDER = ("device", OTHER, "build", "kind", "module", "title", "actual", "frequency", "severity")


def _in_order(problems: dict[str, Text]) -> dict[str, Text]:
    """Problems in the order of the page, the text's at its last box."""
    found = {"actual" if field == "body" else field: words for field, words in problems.items()}
    return dict(sorted(found.items(), key=lambda one: (*_ORDER, one[0]).index(one[0])))


async def _form(
    request: SignedIn,
    phones: list[Phone],
    *,
    values: dict[str, Any],
    status: int = 200,
    problems: dict[str, Text] | None = None,
) -> Page:
    return await page(
        request,
        "reports/new.html",
        status=status,
        phones=phones,
        modules=[(one.slug, one.name) for one in await devices.modules()],
        kinds=[(kind, KINDS[kind]) for kind in Kind],
        # From the slight to the bad, as one thinks of it.
        severities=[(one, SEVERITIES[one]) for one in reversed(Severity)],
        frequencies=[(one, FREQUENCIES[one]) for one in Frequency],
        values={
            "kind": Kind.BUG,
            "severity": Severity.NORMAL,
            "frequency": Frequency.SOMETIMES,
            **values,
        },
        problems=problems or {},
    )
