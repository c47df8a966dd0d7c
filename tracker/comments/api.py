"""The discussion of a release for programs."""

from __future__ import annotations

from litestar import Controller, Response, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from tracker.comments import actions, queries
from tracker.comments.forms import CommentOut, Say
from tracker.comments.queries import Said
from tracker.people.authentication import SignedIn
from tracker.people.tables import Person
from tracker.web.idempotency import once
from tracker.web.pagination import DEFAULT_LIMIT, Listing, check_limit, decode_cursor, encode_cursor
from tracker.web.requests import Now


def comment_out(said: Said, reader: Person) -> CommentOut:
    return CommentOut(
        said.id,
        said.release,
        said.handle if reader.is_staff else None,
        said.author,
        said.official,
        said.body,
        said.at,
        said.hidden,
    )


class CommentApi(Controller):
    tags = ("Releases",)

    @get("/releases/{day:str}/comments", summary="What is said about a release, newest first")
    async def list(
        self,
        request: SignedIn,
        day: FromPath[str],
        limit: FromQuery[int] = DEFAULT_LIMIT,
        after: FromQuery[str] = "",
    ) -> Listing[CommentOut]:
        release, date = await queries.published_on(day)
        before = int(decode_cursor(after, int)[0]) if after else None
        found = await queries.discussion_of(
            release, date, request.user, limit=check_limit(limit), before=before
        )
        return Listing(
            [comment_out(one, request.user) for one in found.said],
            encode_cursor(found.older) if found.older else None,
        )

    @post("/releases/{day:str}/comments", summary="Say something about a release")
    async def say(
        self, request: SignedIn, day: FromPath[str], data: JSONBody[Say], now: Now
    ) -> Response[CommentOut]:
        """In Markdown; six a minute at most."""

        async def act() -> CommentOut:
            release, _ = await queries.published_on(day)
            number = await actions.post_comment(request.user, release, data, now=now)
            return comment_out(await queries.get_said(request.user, number), request.user)

        return await once(request, act, now=now)

    @put("/comments/{number:int}/hidden", summary="Leave it to the team and its author")
    async def hide(self, request: SignedIn, number: FromPath[int], now: Now) -> CommentOut:
        """The team may hide any, everybody their own."""
        await actions.hide_comment(request.user, number, now=now)
        return comment_out(await queries.get_said(request.user, number), request.user)

    @delete("/comments/{number:int}/hidden", status_code=200, summary="Show it again")
    async def show(self, request: SignedIn, number: FromPath[int], now: Now) -> CommentOut:
        """Authors show what they took back themselves, the team what it hid."""
        await actions.show_comment(request.user, number, now=now)
        return comment_out(await queries.get_said(request.user, number), request.user)
