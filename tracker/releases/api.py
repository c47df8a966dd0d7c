"""Builds and trains for programs: what a CI server sends, what a captain does."""

from __future__ import annotations

from datetime import date

import msgspec
from litestar import Controller, delete, get, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.response import Response

from tracker.advice.forms import BuildDetail
from tracker.advice.one_build import get_one
from tracker.advice.out import advice_out
from tracker.advice.queries import advice_on
from tracker.devices.forms import BuildOut
from tracker.devices.tables import Ring
from tracker.notices.rehearsal import rehearse
from tracker.people.authentication import SignedIn, testers_only
from tracker.posts.markdown import markdown_post
from tracker.posts.out import post_in_markdown
from tracker.releases import (
    actions,
    arranging,
    arriving,
    builds,
    manifests,
    preparing,
    queries,
    withdrawing,
)
from tracker.releases.correcting import put_erratum
from tracker.releases.entries import model_names, named_models
from tracker.releases.forms import (
    Hold,
    Order,
    PreviewOut,
    PutBuild,
    PutBuilds,
    PutErratum,
    ReleaseOut,
    ReleaseSummary,
    WithdrawBuild,
)
from tracker.releases.out import release_out, summary_out
from tracker.releases.queries import Train
from tracker.timetable import Timetable, train_day
from tracker.web.addresses import base_url
from tracker.web.openapi import AlsoMarkdown
from tracker.web.pagination import DEFAULT_LIMIT, Listing, check_limit, decode_cursor, encode_cursor
from tracker.web.requests import Now, language_of


def timetable(request: SignedIn) -> Timetable:
    return Timetable.of(request.app.state.settings)


def summary(request: SignedIn, train: Train) -> ReleaseSummary:
    return summary_out(train, base_url=base_url(request))


async def whole(request: SignedIn, day: date, now: Now) -> ReleaseOut:
    train = await queries.get_train(request.user, day, timetable(request))
    return await release_out(train, base_url=base_url(request), now=now)


class BuildApi(Controller):
    path = "/builds"
    tags = ("Builds",)
    guards = (testers_only,)

    @get(summary="Builds, the latest added first")
    async def list(
        self,
        request: SignedIn,
        device: FromQuery[str] = "",
        ring: FromQuery[Ring | None] = None,
        limit: FromQuery[int] = DEFAULT_LIMIT,
        after: FromQuery[str] = "",
    ) -> Listing[BuildOut]:
        before = int(decode_cursor(after, int)[0]) if after else None
        found = await builds.list_builds(
            device=device, ring=ring, limit=check_limit(limit) + 1, before=before
        )
        more = encode_cursor(found[limit - 1][0]) if len(found) > limit else None
        return Listing([build for _, build in found[:limit]], more)

    @put(summary="Add or change many builds, all or none")
    async def put_many(
        self, request: SignedIn, data: JSONBody[PutBuilds], now: Now
    ) -> Listing[BuildOut]:
        """Each as by its own PUT. What is wrong with one is said with its place in the list, and
        then none is added."""
        numbers = await manifests.put_builds(
            request.user, data.builds, now=now, timetable=timetable(request)
        )
        return Listing([await builds.get_build(number) for number in numbers], None)

    @get("/{codename:str}/{version:str}", summary="One build, with what to know before updating")
    async def show(
        self, request: SignedIn, codename: FromPath[str], version: FromPath[str]
    ) -> BuildDetail:
        one = await get_one(request.user, codename, version)
        advice = await advice_on(request.user, one)
        return BuildDetail(
            **msgspec.structs.asdict(await builds.get_build(one.line.id)),
            advice=advice_out(advice) if advice else None,
        )

    @put("/{codename:str}/{version:str}/withdrawal", summary="Withdraw a build")
    async def withdraw(
        self,
        request: SignedIn,
        codename: FromPath[str],
        version: FromPath[str],
        data: JSONBody[WithdrawBuild],
        now: Now,
    ) -> BuildOut:
        """Nobody should install it any more. What it brought is in the next build of its line,
        or waits for one; whoever was told so is told. Again is the same as once."""
        number = await withdrawing.withdraw(
            request.user, codename, version, data, now=now, timetable=timetable(request)
        )
        return await builds.get_build(number)

    @delete(
        "/{codename:str}/{version:str}/withdrawal",
        status_code=200,
        summary="Take the withdrawal of a build back",
    )
    async def restore(
        self, request: SignedIn, codename: FromPath[str], version: FromPath[str], now: Now
    ) -> BuildOut:
        number = await withdrawing.restore(
            request.user, codename, version, now=now, timetable=timetable(request)
        )
        return await builds.get_build(number)

    @put("/{codename:str}/{version:str}", summary="Add or change a build")
    async def put(
        self,
        request: SignedIn,
        codename: FromPath[str],
        version: FromPath[str],
        data: JSONBody[PutBuild],
        now: Now,
    ) -> BuildOut:
        """What a CI server sends. Without `release` the build goes out at once."""
        number = await arriving.put_build(
            request.user, codename, version, data, now=now, timetable=timetable(request)
        )
        return await builds.get_build(number)


class ReleaseApi(Controller):
    path = "/releases"
    tags = ("Releases",)

    @get(summary="Releases, newest first; those in the making for the team alone")
    async def list(
        self, request: SignedIn, limit: FromQuery[int] = DEFAULT_LIMIT, after: FromQuery[str] = ""
    ) -> Listing[ReleaseSummary]:
        before = train_day(str(decode_cursor(after, str)[0])) if after else None
        trains = await queries.list_trains(
            request.user, timetable(request), limit=check_limit(limit) + 1, before=before
        )
        more = encode_cursor(trains[limit - 1].date.isoformat()) if len(trains) > limit else None
        return Listing([summary(request, train) for train in trains[:limit]], more)

    @get(
        "/{day:str}",
        summary="One release; `Accept: text/markdown` gives the post",
        operation_class=AlsoMarkdown,
        responses={200: ResponseSpec(ReleaseOut, description="The release, or its post")},
    )
    async def show(
        self, request: SignedIn, day: FromPath[str], now: Now
    ) -> ReleaseOut | Response[str]:
        release = await whole(request, train_day(day), now)
        if "text/markdown" not in request.headers.get("accept", ""):
            return release
        train = await queries.get_train(request.user, release.date, timetable(request))
        language = language_of(request)
        if train.published_at is not None:
            written = await post_in_markdown(release.date, timetable(request), language)
        else:
            names = await model_names(named_models(release.entries, release.builds))
            written = markdown_post(train, release.entries, release.builds, names, language)
        return Response(
            written,
            media_type="text/markdown",
            headers={"Vary": "Accept, Accept-Language"},
        )

    @get("/{day:str}/preview", summary="A rehearsal: what a publication now would say, and to whom")
    async def preview(self, request: SignedIn, day: FromPath[str], now: Now) -> PreviewOut:
        return await rehearse(request.user, train_day(day), now=now, timetable=timetable(request))

    @put("/{day:str}/freeze", summary="Later fixes take the next train")
    async def freeze(self, request: SignedIn, day: FromPath[str], now: Now) -> ReleaseOut:
        await preparing.freeze(request.user, train_day(day), now=now, timetable=timetable(request))
        return await whole(request, train_day(day), now)

    @delete("/{day:str}/freeze", status_code=200, summary="Let fixes in again")
    async def thaw(self, request: SignedIn, day: FromPath[str], now: Now) -> ReleaseOut:
        await preparing.unfreeze(request.user, train_day(day), now=now)
        return await whole(request, train_day(day), now)

    @put(
        "/{day:str}/hold",
        summary="Keep the train from leaving, until DELETE",
        guards=[testers_only],
    )
    async def hold(
        self, request: SignedIn, day: FromPath[str], data: JSONBody[Hold], now: Now
    ) -> ReleaseOut:
        train = train_day(day)
        await preparing.hold(request.user, train, data, now=now, timetable=timetable(request))
        return await whole(request, train, now)

    @delete("/{day:str}/hold", status_code=200, summary="Let it go")
    async def let_go(self, request: SignedIn, day: FromPath[str], now: Now) -> ReleaseOut:
        """Where its time has passed it leaves at the clock's next look."""
        await preparing.let_go(request.user, train_day(day), now=now)
        return await whole(request, train_day(day), now)

    @put(
        "/{day:str}/order",
        summary="Put the lines into this order, each within its module",
        guards=[testers_only],
    )
    async def arrange(
        self, request: SignedIn, day: FromPath[str], data: JSONBody[Order], now: Now
    ) -> ReleaseOut:
        """The words of a line are its proposal's: PATCH /proposals/P-3."""
        await arranging.arrange(request.user, train_day(day), data, now=now)
        return await whole(request, train_day(day), now)

    @put(
        "/{day:str}/entries/{entry:int}/erratum",
        summary="Take a published line back",
        guards=[testers_only],
    )
    async def erratum(
        self,
        request: SignedIn,
        day: FromPath[str],
        entry: FromPath[int],
        data: JSONBody[PutErratum],
        now: Now,
    ) -> ReleaseOut:
        """It stays in its place, struck, with the reason. Its fix is reverted for the models that
        it was for, and those who were told "fixed" are told once."""
        await put_erratum(
            request.user, train_day(day), entry, data, now=now, timetable=timetable(request)
        )
        return await whole(request, train_day(day), now)

    @put("/{day:str}/publication", summary="Publish; again is the same as once")
    async def publish(self, request: SignedIn, day: FromPath[str], now: Now) -> ReleaseOut:
        await actions.publish(request.user, train_day(day), now=now, timetable=timetable(request))
        return await whole(request, train_day(day), now)
