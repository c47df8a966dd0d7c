"""The page of a build: before you update, what it brings, where it stands in its line."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from litestar import Controller, Response, get
from litestar.params import FromPath

from tracker.advice.one_build import Brought, brought_by, get_one
from tracker.advice.queries import advice_on
from tracker.advice.rows import known_row, problem_row
from tracker.devices.words import RINGS
from tracker.people.authentication import SignedIn, testers_only
from tracker.proposals.glimpses import known_issues
from tracker.web.requests import Now
from tracker.web.templating import page, zone_of

KNOWN = 10


class Builds(Controller):
    path = "/devices/{codename:str}/builds"
    guards = (testers_only,)

    @get("/{version:str}")
    async def show(
        self, request: SignedIn, codename: FromPath[str], version: FromPath[str], now: Now
    ) -> Response[Any]:
        person = request.user
        build = await get_one(person, codename, version)
        advice = await advice_on(person, build)
        line = build.line
        out = build.published_at is not None
        brought = await brought_by(person, line) if out else []
        # What is known of one that is not out yet is what it may be about to solve.
        place = (line.ring, line.position)
        known = await known_issues(line.model, build=place, limit=KNOWN) if out else []
        told = {problem.proposal for problem in advice.problems} if advice else set()
        return await page(
            request,
            "advice/build.html",
            build=build,
            ring=RINGS[build.ring],
            advice=advice,
            then=advice and advice.then(now.astimezone(zone_of(request)).date()),
            problems=[problem_row(one) for one in advice.problems] if advice else [],
            lines=[
                (module, [_line(one) for one in found])
                for module, found in groupby(brought, key=lambda one: one.module)
            ],
            many=len(brought),
            known=[known_row(one) for one in known if one.id not in told],
        )


def _line(one: Brought) -> dict[str, Any]:
    """A line as the changelog's picture takes it."""
    return {
        "kind": one.kind.value,
        "text": one.line,
        "url": f"/proposals/P-{one.proposal}",
        "own": [f"R-{number}" for number in one.own],
        "erratum": {"at": one.ended_at, "reason": one.reason} if one.ended_at else None,
    }
