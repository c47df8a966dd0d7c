"""The posts, for everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from litestar import Controller, Response, get
from litestar.params import FromPath

from tracker.comments.queries import discussion_of
from tracker.errors import NotFound
from tracker.language import Language, negotiate
from tracker.people.authentication import Anybody
from tracker.posts import board, queries
from tracker.posts.confirmed import confirmed_before
from tracker.posts.feed import JSON_MEDIA_TYPE, MEDIA_TYPE, atom, json_feed
from tracker.posts.known import issues_of
from tracker.posts.one_model import for_model, picker
from tracker.posts.out import post_in_markdown, post_out
from tracker.posts.queries import Post
from tracker.posts.view import shown
from tracker.releases.access import may_see_unpublished
from tracker.releases.queries import Train, get_train, list_trains
from tracker.timetable import Timetable, train_day
from tracker.web.addresses import base_url
from tracker.web.caching import PRIVATE, public_page
from tracker.web.guards import ANONYMOUS, PUBLIC
from tracker.web.keeping import kept
from tracker.web.redirects import go_to
from tracker.web.requests import Now, language_of, wants_markdown
from tracker.web.shelf import Shelf
from tracker.web.templating import fragment, zone_of

ON_A_PAGE = 12
IN_THE_FEED = 10

VARIES = "Accept, Accept-Language, Cookie"


class Posts(Controller):
    path = "/releases"
    opt = PUBLIC

    @get(opt=kept("before"))
    async def show_all(self, request: Anybody, now: Now) -> Response[Any]:
        """Newest first; at their head the train that leaves next, and for the team what waits."""
        timetable = Timetable.of(request.app.state.settings)
        before = request.query_params.get("before", "")
        found = await queries.headlines(
            timetable, limit=ON_A_PAGE + 1, before=train_day(before) if before else None
        )
        coming = timetable.coming(now)
        if found and found[0].train.date == coming:
            coming = timetable.following(coming)
        waiting: list[Train] = []
        if may_see_unpublished(request.user) and not before:
            trains = await list_trains(request.user, timetable, limit=4)
            waiting = [train for train in trains if train.published_at is None]
        return await public_page(
            request,
            "posts/list.html",
            coming=None if before else coming,
            freeze_at=timetable.freeze_at(coming),
            publish_at=timetable.publish_at(coming),
            waiting=waiting,
            found=found[:ON_A_PAGE],
            older=found[ON_A_PAGE - 1].train.date if len(found) > ON_A_PAGE else None,
        )

    @get("/feed.atom", opt=ANONYMOUS | kept("lang"))
    async def feed(self, request: Anybody) -> Response[Any]:
        """The last ten, whole. Nobody looks who is asking: feed readers do not sign in."""
        return await _feed(request, atom, MEDIA_TYPE)

    @get("/feed.json", opt=ANONYMOUS | kept("lang"))
    async def feed_as_json(self, request: Anybody) -> Response[Any]:
        """The same for programs that read no XML."""
        return await _feed(request, json_feed, JSON_MEDIA_TYPE)

    @get("/{day:str}", opt=kept("lang", "model"))
    async def show(self, request: Anybody, day: FromPath[str], now: Now) -> Response[Any]:
        """The post as a page, or as Markdown under `.md` and for those who accept that alone, or as
        JSON. `?model=` is for the owners of one model."""
        if day.endswith(".json"):
            return await _json(request, train_day(day.removesuffix(".json")))
        if day.endswith(".md"):
            return await _markdown(request, train_day(day.removesuffix(".md")))
        if wants_markdown(request.headers.get("accept", "")):
            return await _markdown(request, train_day(day))
        return await _page(request, train_day(day), now)


async def _feed(
    request: Anybody, write: Callable[..., str | bytes], media_type: str
) -> Response[Any]:
    language = asked_language(request) or negotiate(request.headers.get("accept-language", ""))
    timetable = Timetable.of(request.app.state.settings)
    found = await queries.latest_posts(timetable, limit=IN_THE_FEED)

    def content(post: Post) -> str:
        return fragment(request, "posts/feed.html", language=language, **shown(post))

    written = write(found, language, base_url=base_url(request), content=content)
    return Response(written, media_type=media_type, headers={"Vary": "Accept-Language"})


async def _page(request: Anybody, day: date, now: Now) -> Response[Any]:
    """What is the same for everybody is looked up once, as long as it stays so."""
    reader, timetable = request.user, Timetable.of(request.app.state.settings)
    shelf: Shelf = request.app.state.shelf
    inside = reader is not None and reader.is_tester
    try:
        post = await shelf.fact(("post", day), lambda: queries.get_post(day, timetable), now)
    except NotFound:
        # One in the making is the team's business, and theirs alone.
        if not may_see_unpublished(reader):
            raise
        train = await get_train(reader, day, timetable)
        return go_to(f"/releases/{train.date}/rehearsal")
    issues = None
    if reader is not None and inside:
        issues = await shelf.fact(("issues", day), lambda: issues_of(reader, day), now)
    confirmed = await shelf.fact(("confirmed", day), lambda: confirmed_before(post.train), now)
    if reader is not None:
        post = await queries.for_reader(post, reader)
    model = request.query_params.get("model", "")
    choices = picker(post, model)
    if model:
        post = for_model(post, model)
    return await public_page(
        request,
        "posts/show.html",
        varies=VARIES,
        board=board.rows(
            post.train,
            ((one.build, one.name, one.mine) for one in post.departures),
            zone=zone_of(request),
            links=inside,
        ),
        issues=issues,
        confirmed=confirmed,
        discussion=await discussion_of(post.train.id, post.train.date, request.user),
        **choices,
        **shown(post, links=inside),
    )


def asked_language(request: Anybody) -> Language | None:
    asked = request.query_params.get("lang", "")
    return asked if asked in ("zh", "en") else None  # type: ignore[return-value]


async def _markdown(request: Anybody, day: date) -> Response[Any]:
    language = asked_language(request) or language_of(request)
    return Response(
        await post_in_markdown(day, Timetable.of(request.app.state.settings), language),
        media_type="text/markdown",
        headers={"Cache-Control": PRIVATE, "Vary": VARIES},
    )


async def _json(request: Anybody, day: date) -> Response[Any]:
    post = await queries.get_post(day, Timetable.of(request.app.state.settings))
    url = f"{base_url(request)}/releases/{day}"
    out = post_out(post, url, await confirmed_before(post.train))
    return Response(out, headers={"Cache-Control": PRIVATE, "Vary": VARIES})
