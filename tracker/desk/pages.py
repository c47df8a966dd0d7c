"""The desk's pages: for the team to look at, for captains to keep."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from tracker.desk import actions, queries
from tracker.desk.access import require_can_keep_desk
from tracker.desk.filling import FIELDS
from tracker.desk.forms import NewReply
from tracker.desk.tables import ReplyKind
from tracker.desk.words import REPLY_KINDS, TOLD
from tracker.errors import Conflict, Invalid
from tracker.language import Text
from tracker.people.access import is_captain
from tracker.people.authentication import SignedIn, testers_only
from tracker.reports.tables import Reason
from tracker.reports.words import REASONS
from tracker.web.errors import STATUS_OF
from tracker.web.forms import read_form
from tracker.web.redirects import go_to
from tracker.web.requests import Now
from tracker.web.templating import Page, page


class SavedReplies(Controller):
    path = "/desk/replies"
    guards = (testers_only,)

    @get()
    async def show_all(self, request: SignedIn) -> Page:
        return await page(
            request,
            "desk/replies.html",
            replies=await queries.saved_replies(request.user),
            kinds=REPLY_KINDS,
            reasons=REASONS,
            keeper=is_captain(request.user),
            told=TOLD.get(request.query_params.get("told", "")),
        )

    @get("/new")
    async def new(self, request: SignedIn) -> Page:
        require_can_keep_desk(request.user)
        return await _reply_form(request, {"kind": ReplyKind.REPLY})

    @post()
    async def keep(self, request: SignedIn, now: Now) -> Response[Any]:
        """A new one, or one that is there: the name says which."""
        require_can_keep_desk(request.user)
        sent = dict(await request.form())
        if sent.get("kind") != ReplyKind.CLOSURE:
            # Not asked about anything else, whatever was chosen before.
            sent["reason"] = ""
        try:
            form = read_form(NewReply, sent)
            await actions.keep_reply(request.user, form.name, form, now=now)
        except (Invalid, Conflict) as refusal:
            problems = refusal.problems if isinstance(refusal, Invalid) else {"": refusal.reason}
            return await _reply_form(request, sent, STATUS_OF[type(refusal)], problems)
        return go_to("/desk/replies?told=kept")

    @get("/{name:str}")
    async def show(self, request: SignedIn, name: FromPath[str]) -> Page:
        require_can_keep_desk(request.user)
        found = await queries.get_reply(request.user, name)
        return await _reply_form(
            request,
            {
                "name": found.name,
                "kind": found.kind,
                "reason": found.reason or "",
                "zh": found.zh,
                "en": found.en,
            },
            there=True,
        )

    @post("/{name:str}/removal")
    async def remove(self, request: SignedIn, name: FromPath[str], now: Now) -> Response[Any]:
        await actions.remove_reply(request.user, name, now=now)
        return go_to("/desk/replies?told=removed")


async def _reply_form(
    request: SignedIn,
    values: dict[str, Any],
    status: int = 200,
    problems: dict[str, Text] | None = None,
    *,
    there: bool = False,
) -> Page:
    return await page(
        request,
        "desk/reply.html",
        status=status,
        values=values,
        problems=problems or {},
        kinds=list(REPLY_KINDS.items()),
        reasons=[(one, REASONS[one]) for one in Reason if one != Reason.WITHDRAWN],
        fields=FIELDS,
        there=there,
    )
