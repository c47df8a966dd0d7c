"""Why did I get this, how did it get to me, and why didn't I hear?"""

from __future__ import annotations

from litestar import Controller, get
from litestar.params import FromPath

from tracker.deliveries.silence import reasons
from tracker.deliveries.ways import ledger, told_about
from tracker.errors import Invalid, NotFound
from tracker.language import Text
from tracker.notices.making import LISTENERS
from tracker.numbers import report_number
from tracker.people.authentication import SignedIn
from tracker.reports import listing
from tracker.reports.filters import Filters
from tracker.reports.queries import Summary, get_full, list_reports
from tracker.subscriptions.choices import CALLED
from tracker.subscriptions.words import NAMES
from tracker.web.requests import Now
from tracker.web.templating import Page, page

OWN_REPORTS = 10
MAKING = sorted(LISTENERS.keys() - {"report.filed"})
"""Events that make notices, but for the first of all: nobody waits for news of that."""
_UNKNOWN = Text(
    "没有找到这个反馈。编号写成 R-12 这样", "There is no such report. Its number is like R-12"
)


class Ledgers(Controller):
    path = "/notices"

    @get("/{number:int}/deliveries")
    async def show(self, request: SignedIn, number: FromPath[int], now: Now) -> Page:
        found = await ledger(request.user, number, now=now)
        return await page(
            request,
            "notices/deliveries.html",
            headers={"Cache-Control": "private, no-cache"},
            ledger=found,
            words=found.notice.words,
            channels=NAMES,
            kind=CALLED[found.notice.kind],
        )

    @get("/why")
    async def why(self, request: SignedIn) -> Page:
        """Of all of one's own reports, or of the one that is asked for."""
        asked = request.query_params.get("report", "").strip()
        if not asked:
            return await _choose(request)
        try:
            named = f"R-{asked}" if asked.isdigit() else listing.named_report(asked) or asked
            number = report_number(named)
            report = await get_full(request.user, number)
        except (NotFound, Invalid):
            return await _choose(request, asked)
        told = await told_about(request.user, report.id, making=MAKING)
        return await page(
            request,
            "notices/silence.html",
            headers={"Cache-Control": "private, no-cache"},
            report=report,
            found=told.notices,
            reasons=reasons(request.user, report, told),
        )


async def _choose(request: SignedIn, asked: str = "") -> Page:
    rows: list[Summary] = []
    if request.user.is_tester:
        mine = Filters(reporter=request.user.handle, sort="updated")
        rows, _ = await list_reports(request.user, mine, limit=OWN_REPORTS)
    return await page(
        request,
        "notices/why.html",
        status=404 if asked else 200,
        headers={"Cache-Control": "private, no-cache"},
        reports=rows,
        problems={"report": _UNKNOWN} if asked else {},
        values={"report": asked},
    )
