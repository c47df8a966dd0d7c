"""The discussion as a page of its own: what a post has no room for, and what was refused there."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from tracker.comments import actions, queries
from tracker.comments.forms import Say
from tracker.errors import Invalid, NotFound, TooMany
from tracker.language import Text
from tracker.numbers import BIGGEST
from tracker.people.authentication import Anybody, SignedIn
from tracker.web.caching import public_page
from tracker.web.errors import retry_after
from tracker.web.forms import read_form
from tracker.web.guards import PUBLIC
from tracker.web.keeping import kept
from tracker.web.redirects import go_to, local
from tracker.web.requests import Now
from tracker.web.templating import page


class Discussions(Controller):
    @get("/releases/{day:str}/comments", opt=PUBLIC | kept("before"))
    async def show(self, request: Anybody, day: FromPath[str]) -> Response[Any]:
        """Newest first; `before` leads on to older ones."""
        release, date = await queries.published_on(day)
        before = request.query_params.get("before", "")
        if before and not (before.isascii() and before.isdigit() and int(before[:20]) <= BIGGEST):
            raise NotFound
        discussion = await queries.discussion_of(
            release, date, request.user, before=int(before) if before else None
        )
        return await public_page(
            request,
            "comments/page.html",
            discussion=discussion,
            newest=not before,
            problems={},
            values={},
        )

    @post("/releases/{day:str}/comments")
    async def say(self, request: SignedIn, day: FromPath[str], now: Now) -> Response[Any]:
        """Back to the post; what cannot be taken is shown here again, with all that was typed."""
        release, date = await queries.published_on(day)
        sent = dict(await request.form())
        status, headers = 422, {"Cache-Control": "no-store"}
        problems: dict[str, Text]
        try:
            form = read_form(Say, {"text": sent.get("comment")})
            number = await actions.post_comment(request.user, release, form, now=now)
            return go_to(f"/releases/{date}#message-{number}")
        except Invalid as invalid:
            problems = {"comment": invalid.reason}
        except TooMany as refusal:
            status, headers = 429, headers | retry_after(refusal)
            problems = {"comment": refusal.reason}
        return await page(
            request,
            "comments/page.html",
            status=status,
            headers=headers,
            discussion=await queries.discussion_of(release, date, request.user),
            newest=True,
            problems=problems,
            values=sent,
        )

    @post("/comments/{number:int}/hiding")
    async def hide(self, request: SignedIn, number: FromPath[int], now: Now) -> Response[Any]:
        await actions.hide_comment(request.user, number, now=now)
        return await _back(request, number)

    @post("/comments/{number:int}/showing")
    async def show_again(self, request: SignedIn, number: FromPath[int], now: Now) -> Response[Any]:
        await actions.show_comment(request.user, number, now=now)
        return await _back(request, number)


async def _back(request: SignedIn, number: int) -> Response[Any]:
    """To the page where the button was, at the comment."""
    said = await queries.get_said(request.user, number)
    came_from = str((await request.form()).get("next", ""))
    return go_to(f"{local(came_from, f'/releases/{said.release}')}#message-{number}")
