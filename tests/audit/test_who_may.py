"""Who may do what: each line of the audit sheet (who_may.txt) asked of the real application."""

from __future__ import annotations

import httpx
from litestar import Litestar

from tests.audit import sheet
from tests.audit.bodies import body_for
from tests.audit.programme import TEAM_ONLY, Names
from tests.audit.sheet import COLUMNS, Line
from tests.cast import ApiOf, BrowserOf
from tracker import database as door


class _Undone(Exception):
    """Takes back what an answer changed, so that every question meets the same programme."""


async def test_every_route_is_in_the_sheet(app: Litestar) -> None:
    routes = sheet.routes_of(app)
    lines = sheet.read()
    nowhere = [str(line) for line in lines if sheet.route_of(line, routes) is None]
    assert nowhere == [], "these lines of who_may.txt are about no route"
    covered = {sheet.route_of(line, routes) for line in lines}
    assert [route for route in routes if route not in covered] == [], (
        "these routes have no line in who_may.txt"
    )


async def test_everybody_may_what_the_sheet_says_and_no_more(
    api_of: ApiOf, browser_of: BrowserOf, names: Names
) -> None:
    said = [str(line) for line in sheet.read()]
    found = []
    for line in sheet.read():
        answers = [await _ask(line, who, api_of, browser_of, names) for who in COLUMNS.values()]
        found.append(sheet.row(line.method, f"{line.path} {line.body}".strip(), answers))
    assert found == said


async def test_outside_the_closed_beta_nobody_learns_what_a_route_takes(
    api_of: ApiOf, browser_of: BrowserOf, names: Names
) -> None:
    """Who is refused is refused before the body is looked at."""
    told = []
    for line in sheet.read():
        for who, answer in zip(COLUMNS.values(), line.answers, strict=True):
            if line.method == "GET" or who not in (None, "charlie") or answer[0] not in "4i":
                continue
            if answer == "409":
                # That is about the state of things, and theirs to be told.
                continue
            found = await _ask(line, who, api_of, browser_of, names, nonsense=True)
            if found != answer:
                told.append(f"{line.method} {line.path} as {who}: {found} instead of {answer}")
    assert told == []


async def test_no_page_shows_what_is_for_the_team_alone(
    api_of: ApiOf, browser_of: BrowserOf, names: Names
) -> None:
    """Wherever one gets to: the title of a private report, the words of an internal note."""
    shown, seen_by_the_team = [], 0
    for line in sheet.read():
        if line.method != "GET":
            continue
        for who in ("bob", "charlie", "erin", None):
            path = line.path.format_map(names)
            if path.startswith("/api/v1/"):
                response = await api_of(who).get(path.removeprefix("/api/v1/"))
            else:
                response = await browser_of(who).get(path)
            if TEAM_ONLY not in response.text:
                continue
            if who == "erin":
                seen_by_the_team += 1
            else:
                shown.append(f"{path} to {who}")
    assert shown == []
    assert seen_by_the_team > 3


async def _ask(
    line: Line,
    handle: str | None,
    api_of: ApiOf,
    browser_of: BrowserOf,
    names: Names,
    *,
    nonsense: bool = False,
) -> str:
    body = {"?": "?"} if nonsense else body_for(line.method, line.path, line.body, names)
    path = line.path.format_map(names)
    answer = ""
    try:
        async with door.transaction():
            if path.startswith("/api/v1/"):
                async with api_of(handle) as client:
                    there = path.removeprefix("/api/v1/")
                    response = await client.request(line.method, there, json=body)
            else:
                async with browser_of(handle) as browser:
                    if line.method == "POST":
                        response = await browser.submit(path, body)
                    else:
                        response = await browser.get(path)
            answer = _said(response)
            raise _Undone
    except _Undone:
        return answer


def _said(response: httpx.Response) -> str:
    """The status; `in` for being sent to sign in."""
    if response.headers.get("location", "").startswith("/signin"):
        return "in"
    return str(response.status_code)
