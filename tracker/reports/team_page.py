"""What the team alone sends from the page of a report: whose it is, and its labels."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from tracker.history.acting import Terms, on_terms
from tracker.numbers import report_number
from tracker.people.authentication import SignedIn, testers_only
from tracker.reports import labelling, owning
from tracker.reports.forms import Labelled
from tracker.reports.report_page import Sent, take
from tracker.web.forms import read_form
from tracker.web.redirects import go_to
from tracker.web.requests import Now

LONGEST = 19
"""Digits, from which on it is no number of an event."""


class TeamReport(Controller):
    path = "/reports/{name:str}"
    guards = (testers_only,)

    @get(["/owner", "/labels", "/labels/removal"], sync_to_thread=False)
    def only_sent(self, name: FromPath[str]) -> Response[Any]:
        return go_to(f"/reports/R-{report_number(name)}")

    @post("/owner")
    async def own(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        """To whom the team gives it, unless somebody changed it since the page was read."""

        async def act(sent: Sent) -> str:
            back = sent.get("to") == "module"
            handle = None if back else str(sent.get("owner", ""))
            with on_terms(Terms(seen=_seen(name, sent))):
                await owning.set_owner(request.user, report_number(name), handle, now=now)
            return "owned"

        return await take(request, name, act, {}, now=now)

    @post("/labels")
    async def label(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        async def act(sent: Sent) -> str:
            # A phone begins words with a capital.
            form = read_form(Labelled, {"label": str(sent.get("label", "")).lower()})
            await labelling.put_label(request.user, report_number(name), form.label, now=now)
            return "labelled"

        return await take(request, name, act, {}, now=now)

    @post("/labels/removal")
    async def unlabel(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        async def act(sent: Sent) -> str:
            label = str(sent.get("label", ""))
            await labelling.remove_label(request.user, report_number(name), label, now=now)
            return "unlabelled"

        return await take(request, name, act, {}, now=now)


def _seen(name: str, sent: Sent) -> dict[str, int]:
    """The revision that the page showed; none where it says none."""
    revision = str(sent.get("seen", ""))
    known = revision.isascii() and revision.isdigit() and len(revision) < LONGEST
    return {name: int(revision)} if known else {}
