"""Repositories whose commits count: for captains, what is registered and what came from it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import msgspec
from litestar import Controller, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath

from tracker.devices.queries import names_of
from tracker.errors import Conflict, Invalid
from tracker.language import Text
from tracker.people.authentication import SignedIn
from tracker.repositories import actions, queries
from tracker.repositories.access import require_can_keep_repositories
from tracker.repositories.forms import Act, AddRepository
from tracker.repositories.tables import HostKind
from tracker.repositories.words import DONE, HOSTS, IGNORED, NOTHING, TOLD, text_of
from tracker.web.addresses import base_url
from tracker.web.errors import STATUS_OF
from tracker.web.forms import read_form
from tracker.web.redirects import go_to
from tracker.web.requests import Now
from tracker.web.templating import Page, page

_UNKEPT = {"Cache-Control": "no-store"}


class Repositories(Controller):
    path = "/repositories"

    @get()
    async def show_all(self, request: SignedIn) -> Page:
        found = await queries.repositories(request.user)
        return await page(
            request,
            "repositories/list.html",
            repositories=found,
            hosts=HOSTS,
            names=await names_of({name for one in found for name in one.models or ()}),
            told=TOLD.get(request.query_params.get("told", "")),
        )

    @get("/new")
    async def new(self, request: SignedIn) -> Page:
        require_can_keep_repositories(request.user)
        return await _new(request)

    @post()
    async def add(self, request: SignedIn, now: Now) -> Page:
        """Shows the secret on the answer itself: nothing shows it again."""
        require_can_keep_repositories(request.user)
        sent = await request.form()
        try:
            form = read_form(AddRepository, sent)
            number, secret = await actions.add_repository(request.user, form, now=now)
        except (Invalid, Conflict) as refusal:
            problems = refusal.problems if isinstance(refusal, Invalid) else {"": refusal.reason}
            return await _new(request, STATUS_OF[type(refusal)], problems, sent)
        return await _one(request, number, status=201, secret=secret)

    @get("/{number:int}")
    async def show(self, request: SignedIn, number: FromPath[int]) -> Page:
        return await _one(request, number)

    @post("/{number:int}/secret")
    async def renew(self, request: SignedIn, number: FromPath[int], now: Now) -> Page:
        secret = await actions.renew_secret(request.user, number, now=now)
        return await _one(request, number, status=201, secret=secret)

    @get("/{number:int}/secret", sync_to_thread=False)
    def only_once(self, request: SignedIn, number: FromPath[int]) -> Response[Any]:
        """A new secret stands at this address; loading it again is the repository itself."""
        return go_to(f"/repositories/{number}")

    @post("/{number:int}/removal")
    async def remove(self, request: SignedIn, number: FromPath[int], now: Now) -> Response[Any]:
        await actions.remove_repository(request.user, number, now=now)
        return go_to("/repositories?told=removed")


async def _new(
    request: SignedIn,
    status: int = 200,
    problems: dict[str, Text] | None = None,
    sent: FormMultiDict | None = None,
) -> Page:
    typed = {} if sent is None else dict(sent.items())
    return await page(
        request,
        "repositories/new.html",
        status=status,
        headers=_UNKEPT,
        hosts=list(HOSTS.items()),
        problems=problems or {},
        values={"host": HostKind.GITHUB, "branch": "main", **typed},
    )


async def _one(request: SignedIn, number: int, *, status: int = 200, secret: str = "") -> Page:
    """`secret` where it is new: this once, it is shown."""
    found = await queries.get_repository(request.user, number)
    address = f"{base_url(request)}/api/hooks/{number}"
    in_address = found.host == HostKind.GERRIT
    return await page(
        request,
        "repositories/show.html",
        status=status,
        headers=_UNKEPT,
        repository=found,
        host=HOSTS[found.host],
        names=await names_of(set(found.models or ())),
        address=f"{address}/{secret}" if in_address and secret else address,
        in_address=in_address,
        secret="" if in_address else secret,
        shown=bool(secret),
        deliveries=[
            (one, _by_commit(one.acts)) for one in await queries.deliveries(request.user, number)
        ],
        ignored=IGNORED,
        nothing=NOTHING,
    )


def _by_commit(acts: Sequence[Act]) -> list[list[dict[str, Any]]]:
    """In the order of the push."""
    return [[_told(act) for act in group] for _, group in groupby(acts, lambda act: act.commit)]


def _told(act: Act) -> dict[str, Any]:
    words = text_of(act.outcome, act.about)
    return {**msgspec.structs.asdict(act), "words": words, "done": act.outcome in DONE}
