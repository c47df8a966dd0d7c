"""The boards of the device models, and one's own phones."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath

from tracker.advice.rows import known_row
from tracker.devices import actions, queries
from tracker.devices.choosing import OTHER, model_called
from tracker.devices.forms import MyDevice
from tracker.devices.tables import Ring
from tracker.devices.words import RINGS
from tracker.errors import Invalid
from tracker.language import Text
from tracker.people.authentication import SignedIn, testers_only
from tracker.proposals.glimpses import known_issues
from tracker.reports import boards, listing
from tracker.reports.filters import Filters
from tracker.reports.queries import list_reports
from tracker.web.forms import read_form
from tracker.web.redirects import go_to, local
from tracker.web.requests import Now
from tracker.web.templating import Page, page

BOARDS = 50
"""Models on a page of the list."""


class Boards(Controller):
    path = "/devices"
    guards = (testers_only,)

    @get()
    async def show_all(self, request: SignedIn) -> Page:
        """One's own models, then all of them by name; `q` looks for one."""
        typed = request.query_params.get("q", "").strip()[:100]
        after = request.query_params.get("after", "")
        phones = await queries.phones_of(request.user)
        found, cursor = await queries.list_boards(typed, limit=BOARDS, after=after)
        codenames = {*(one.codename for one in found), *(one.codename for one in phones)}
        return await page(
            request,
            "devices/list.html",
            phones=phones,
            boards=found,
            counts=await boards.open_counts(request.user, sorted(codenames)),
            most=boards.MOST_IN_LIST,
            q=typed,
            after=after,
            cursor=cursor,
        )

    @get("/options")
    async def suggest(self, request: SignedIn) -> Page:
        """What a model's field suggests, fetched when it is first touched."""
        return await page(
            request,
            "devices/options.html",
            headers={"Cache-Control": "private, max-age=300"},
            models=await queries.models(),
        )

    @get("/{codename:str}")
    async def show(self, request: SignedIn, codename: FromPath[str]) -> Response[Any]:
        model = await queries.model_page(codename)
        if model.codename != codename:
            return go_to(f"/devices/{model.codename}")
        person = request.user
        builds = await queries.builds_of_model(model.id)
        own = next(
            (one for one in await queries.phones_of(person) if one.codename == codename), None
        )
        open_ones = Filters(status="open", device=codename)
        solved = Filters(status="released,verified", device=codename, sort="updated")
        waiting, more_waiting = await list_reports(person, open_ones, limit=8)
        lately, more_solved = await list_reports(person, solved, limit=5)
        return await page(
            request,
            "devices/board.html",
            model=model,
            name=Text(model.name_zh, model.name_en),
            own=own,
            rings=[
                (
                    ring,
                    RINGS[ring],
                    [_build(model.codename, row, own) for row in builds if row["ring"] == ring],
                )
                for ring in Ring
            ],
            counts=await boards.counts_of(person, model.id),
            most=boards.MOST,
            waiting=[listing.row(one, on_board=True) for one in waiting],
            all_waiting=listing.address(open_ones) if more_waiting else None,
            lately=[listing.row(one, by_news=True, on_board=True) for one in lately],
            all_solved=listing.address(solved) if more_solved else None,
            known=[known_row(one) for one in await known_issues(model.id)],
        )


def _build(codename: str, row: Any, own: queries.Phone | None) -> dict[str, Any]:
    late = row["delayed_zh"] or row["delayed_en"]
    withdrawn = queries.withdrawal_of(row)
    return {
        "version": row["version"],
        "built_on": row["built_on"],
        "published_at": row["published_at"],
        "url": f"/devices/{codename}/builds/{quote(row['version'], safe='')}",
        "why": Text(row["delayed_zh"], row["delayed_en"]) if late else None,
        "withdrawn": withdrawn and Text(*msgspec.structs.astuple(withdrawn.reason)),
        "mine": own is not None and own.version == row["version"],
    }


class Phones(Controller):
    path = "/settings/devices"
    guards = (testers_only,)

    @get()
    async def show(self, request: SignedIn) -> Page:
        return await _phones(request, added=request.query_params.get("added", ""))

    @post()
    async def put(self, request: SignedIn, now: Now) -> Response[Any]:
        """Add a phone, or change the ring and build of one that is there."""
        sent = await request.form()
        target = local(str(sent.get("next", "")), "")
        typed = str(sent.get(OTHER, "")).strip()
        try:
            values = dict(sent)
            if typed:
                values["device"] = await model_called(typed, field=OTHER)
            form = read_form(MyDevice, values)
            await actions.add_phone(request.user, form, now=now)
        except Invalid as invalid:
            problems = invalid.problems
            if "device" in problems and not sent.get("device"):
                problems = {OTHER: problems["device"]} | problems
                del problems["device"]
            return await _phones(request, status=422, problems=problems, values=dict(sent))
        return go_to(target or f"/settings/devices?added={form.device}")

    @post("/{number:int}/removal")
    async def remove(self, request: SignedIn, number: FromPath[int], now: Now) -> Response[Any]:
        await actions.remove_phone(request.user, number, now=now)
        return go_to("/settings/devices")


async def _phones(
    request: SignedIn,
    *,
    status: int = 200,
    problems: dict[str, Text] | None = None,
    values: dict[str, Any] | None = None,
    added: str = "",
) -> Page:
    phones = await queries.phones_of(request.user)
    query = request.query_params
    # Where a phone of one's own was refused, the words belong to its form, not to the new one's.
    changed = str((values or {}).get("device", ""))
    return await page(
        request,
        "devices/phones.html",
        status=status,
        problems=problems or {},
        values={} if changed else values or {OTHER: query.get("device", "")},
        changed={"device": changed, **(values or {})} if changed else {},
        phones=phones,
        choices=await queries.choices_for(request.user),
        rings=[(ring.value, RINGS[ring]) for ring in Ring],
        welcome=query.get("welcome") == "1",
        target=local(query.get("next", "") or str((values or {}).get("next", "")), ""),
        added=next((one for one in phones if one.codename == added), None),
    )
