"""Reading the audit sheet, and finding the route that each of its lines is about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from litestar import Litestar

SHEET = Path(__file__).with_name("who_may.txt")

COLUMNS: dict[str, str | None] = {
    "nobody": None,
    "fan": "charlie",
    "tester": "alice",
    "another": "bob",
    "engineer": "erin",
    "captain": "cai",
    "admin": "ada",
}
"""The columns of the sheet, and who of the cast speaks for each. The things are alice's."""

Route = tuple[str, str]
"""A method and a path template of the application."""

# The framework's own, for every path: which methods there are.
_OF_THE_FRAMEWORK = ("OPTIONS", "HEAD")


@dataclass(frozen=True)
class Line:
    method: str
    path: str
    body: str
    """Which of a route's bodies is sent, where there are several."""
    answers: tuple[str, ...]

    def __str__(self) -> str:
        return row(self.method, f"{self.path} {self.body}".strip(), self.answers)


def row(method: str, path: str, answers: Iterable[str]) -> str:
    return f"{method:6} {path:46} " + " ".join(f"{answer:>8}" for answer in answers)


def read() -> list[Line]:
    """The sheet's lines; `#` begins a remark."""
    lines = []
    for text in SHEET.read_text().splitlines():
        words = text.partition("#")[0].split()
        if words:
            method, path, *rest = words
            answers, body = rest[-len(COLUMNS) :], rest[: -len(COLUMNS)]
            lines.append(Line(method, path, " ".join(body), tuple(answers)))
    return lines


def routes_of(app: Litestar) -> list[Route]:
    """Every method and path that the application answers, but for its static files."""
    return sorted(
        (method, route.path)
        for route in app.routes
        for method in getattr(route, "methods", ())
        if method not in _OF_THE_FRAMEWORK and not route.path.startswith("/static/")
    )


def route_of(line: Line, routes: Iterable[Route]) -> Route | None:
    """The route that answers a line: of two that could, the one with fewer places to fill."""
    path = re.sub(r"\{\w+\}", "0", line.path.partition("?")[0])
    fitting = [
        (method, template)
        for method, template in routes
        if method == line.method
        and re.fullmatch(re.sub(r"\\\{\w+:\w+\\\}", "[^/]+", re.escape(template)), path)
    ]
    return min(fitting, key=lambda route: route[1].count("{"), default=None)
