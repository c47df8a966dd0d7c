"""The desk for programs."""

from __future__ import annotations

import msgspec
from litestar import Controller, delete, get, put
from litestar.params import FromPath, JSONBody

from tracker.desk import actions, queries
from tracker.desk.forms import FilledReply, KeepReply, NewReply, ReplyOut
from tracker.numbers import report_number
from tracker.people.authentication import SignedIn, testers_only
from tracker.web.forms import read_form
from tracker.web.pagination import Listing
from tracker.web.requests import Now


class SavedReplyApi(Controller):
    path = "/saved-replies"
    tags = ("Desk",)
    guards = (testers_only,)

    @get(summary="What the team keeps to say again, in both languages")
    async def list(self, request: SignedIn) -> Listing[ReplyOut]:
        """`{reporter}`, `{report}`, `{title}`, `{device}`, `{build}` and `{module}` are filled in
        for each report: `GET /reports/R-12/saved-replies`."""
        return Listing(await queries.saved_replies(request.user), None)

    @get("/{name:str}", summary="One saved reply")
    async def show(self, request: SignedIn, name: FromPath[str]) -> ReplyOut:
        return await queries.get_reply(request.user, name)

    @put("/{name:str}", summary="Save a reply under this name. Captains only")
    async def keep(
        self, request: SignedIn, name: FromPath[str], data: JSONBody[KeepReply], now: Now
    ) -> ReplyOut:
        """Over one that has the name."""
        read_form(NewReply, {"name": name, **msgspec.to_builtins(data)})
        await actions.keep_reply(request.user, name, data, now=now)
        return await queries.get_reply(request.user, name)

    @delete("/{name:str}", status_code=200, summary="Remove it. Captains only")
    async def remove(self, request: SignedIn, name: FromPath[str], now: Now) -> Listing[ReplyOut]:
        """Answers with those that are left."""
        await actions.remove_reply(request.user, name, now=now)
        return Listing(await queries.saved_replies(request.user), None)


class ReportReplyApi(Controller):
    path = "/reports/{number:str}/saved-replies"
    tags = ("Desk",)
    guards = (testers_only,)

    @get(summary="Every saved reply as it would be said under this report")
    async def list(self, request: SignedIn, number: FromPath[str]) -> Listing[FilledReply]:
        """Filled in, in the reporter's language; those that a rule suggests come first."""
        return Listing(await queries.filled_replies(request.user, report_number(number)), None)
