"""A train in the making, for the team, and what its captain does with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from tracker.devices.forms import Words
from tracker.errors import Invalid
from tracker.language import Text
from tracker.notices.rehearsal import rehearse
from tracker.numbers import proposal_number
from tracker.people.authentication import SignedIn
from tracker.posts import board
from tracker.releases import actions, arranging, preparing, queries
from tracker.releases.access import may_publish, require_can_publish
from tracker.releases.correcting import put_erratum
from tracker.releases.entries import by_module, model_names, named_models
from tracker.releases.forms import Correction, Hold, PutErratum, PutNotes, Wording
from tracker.timetable import Timetable, train_day
from tracker.web.forms import read_form
from tracker.web.redirects import go_to
from tracker.web.requests import Now
from tracker.web.templating import Page, page, zone_of

Sent = Mapping[str, Any]


class Rehearsals(Controller):
    """A train in the making, as the team sees it, and what its captain does with it."""

    path = "/releases/{day:str}"

    @get("/rehearsal")
    async def show(self, request: SignedIn, day: FromPath[str], now: Now) -> Response[Any]:
        return await _rehearsal(request, train_day(day), now)

    @get(
        [
            *("/freeze", "/thaw", "/hold", "/go", "/notes", "/publication"),
            *("/lines/{name:str}", "/lines/{name:str}/place", "/entries/{entry:int}/erratum"),
        ],
        sync_to_thread=False,
    )
    def only_sent(self, day: FromPath[str]) -> Response[Any]:
        """What is asked back or refused stands at these addresses; loading one again is the page."""
        return go_to(f"/releases/{train_day(day)}/rehearsal")

    @post("/freeze")
    async def freeze(self, request: SignedIn, day: FromPath[str], now: Now) -> Response[Any]:
        train, timetable = train_day(day), Timetable.of(request.app.state.settings)
        await preparing.freeze(request.user, train, now=now, timetable=timetable)
        return go_to(f"/releases/{train}/rehearsal")

    @post("/thaw")
    async def thaw(self, request: SignedIn, day: FromPath[str], now: Now) -> Response[Any]:
        train = train_day(day)
        await preparing.unfreeze(request.user, train, now=now)
        return go_to(f"/releases/{train}/rehearsal")

    @post("/notes")
    async def write_notes(self, request: SignedIn, day: FromPath[str], now: Now) -> Response[Any]:
        train = train_day(day)

        async def act(sent: Sent) -> None:
            form = read_form(PutNotes, sent)
            await preparing.write_notes(request.user, train, form, now=now)

        return await _take(request, train, act, now=now, then="?saved=notes")

    @post("/hold")
    async def hold(self, request: SignedIn, day: FromPath[str], now: Now) -> Response[Any]:
        train, timetable = train_day(day), Timetable.of(request.app.state.settings)

        async def act(sent: Sent) -> None:
            form = read_form(Hold, sent)
            await preparing.hold(request.user, train, form, now=now, timetable=timetable)

        return await _take(request, train, act, now=now)

    @post("/go")
    async def let_go(self, request: SignedIn, day: FromPath[str], now: Now) -> Response[Any]:
        train = train_day(day)
        await preparing.let_go(request.user, train, now=now)
        return go_to(f"/releases/{train}/rehearsal")

    @post("/lines/{name:str}")
    async def write_line(
        self, request: SignedIn, day: FromPath[str], name: FromPath[str], now: Now
    ) -> Response[Any]:
        train, number = train_day(day), proposal_number(name)
        timetable = Timetable.of(request.app.state.settings)

        async def act(sent: Sent) -> None:
            form = read_form(Wording, sent)
            await arranging.word(request.user, train, number, form, now=now, timetable=timetable)

        return await _take(request, train, act, now=now, line=name, then=f"?saved=line#{name}")

    @post("/lines/{name:str}/place")
    async def move_line(
        self, request: SignedIn, day: FromPath[str], name: FromPath[str], now: Now
    ) -> Response[Any]:
        train, number = train_day(day), proposal_number(name)
        up = (await request.form()).get("to") == "up"
        await arranging.shift(request.user, train, number, up=up, now=now)
        return go_to(f"/releases/{train}/rehearsal#{name}")

    @post("/entries/{entry:int}/erratum")
    async def take_back(
        self, request: SignedIn, day: FromPath[str], entry: FromPath[int], now: Now
    ) -> Response[Any]:
        """A published line, withdrawn with its reason in both languages."""
        train, timetable = train_day(day), Timetable.of(request.app.state.settings)

        async def act(sent: Sent) -> None:
            words = read_form(Correction, sent)
            form = PutErratum(Words(words.zh, words.en))
            await put_erratum(request.user, train, entry, form, now=now, timetable=timetable)

        then = f"?saved=erratum#entry-{entry}"
        return await _take(request, train, act, now=now, line=str(entry), then=then)

    @post("/publication")
    async def publish(self, request: SignedIn, day: FromPath[str], now: Now) -> Response[Any]:
        """In two steps: what it will do is said first, and done when that has been confirmed."""
        train, timetable = train_day(day), Timetable.of(request.app.state.settings)
        require_can_publish(request.user)
        if (await request.form()).get("confirmed") != "true":
            return await _rehearsal(request, train, now, confirming=True)
        await actions.publish(request.user, train, now=now, timetable=timetable)
        return go_to(f"/releases/{train}")


async def _take(
    request: SignedIn,
    day: date,
    act: Callable[[Sent], Awaitable[None]],
    *,
    now: Now,
    line: str = "",
    then: str = "",
) -> Response[Any]:
    """Do it and go back to the rehearsal, or show it again with all that was typed.

    `line`: the form is that of one line of many, whose name stands in front of its fields'.
    """
    sent = dict(await request.form())
    front = f"{line}-" if line else ""
    fields = {
        name.removeprefix(front): value for name, value in sent.items() if name.startswith(front)
    }
    try:
        await act(fields)
    except Invalid as invalid:
        problems = {f"{front}{field}": text for field, text in invalid.problems.items()}
        return await _rehearsal(request, day, now, problems=problems, values=sent)
    return go_to(f"/releases/{day}/rehearsal{then}")


async def _rehearsal(
    request: SignedIn,
    day: date,
    now: Now,
    *,
    confirming: bool = False,
    problems: dict[str, Text] | None = None,
    values: dict[str, Any] | None = None,
) -> Page:
    timetable = Timetable.of(request.app.state.settings)
    preview = await rehearse(request.user, day, now=now, timetable=timetable)
    train = await queries.get_train(request.user, day, timetable)
    names = await model_names(named_models(preview.entries, preview.builds))
    return await page(
        request,
        "releases/rehearsal.html",
        status=422 if problems else 200,
        headers={"Cache-Control": "no-store"},
        train=train,
        following=timetable.following(day),
        preview=preview,
        board=board.rows(
            train,
            ((build, names[build.device], False) for build in preview.builds),
            zone=zone_of(request),
            links=True,
        ),
        modules=by_module(preview.entries),
        names=names,
        leaving=sum(
            1
            for build in preview.builds
            if not (build.delayed or build.withdrawn or build.published_at)
        ),
        may_publish=may_publish(request.user),
        confirming=confirming and not preview.blockers and train.published_at is None,
        saved=request.query_params.get("saved", ""),
        problems=problems or {},
        values={"notes_zh": train.notes.zh, "notes_en": train.notes.en, "reason": ""}
        | (values or {}),
    )
