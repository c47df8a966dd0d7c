"""What a program says about its act in headers: what it belongs to, and what it has seen."""

from __future__ import annotations

import re

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from tracker.errors import Invalid
from tracker.history.acting import LONGEST_KEY, Terms, on_terms
from tracker.language import Text
from tracker.numbers import BIGGEST

_THING = re.compile(r"^/api/v1/(?:reports|proposals)/([RP]-[1-9][0-9]{0,18})(?:/|$)", re.ASCII)
_SEEN = re.compile(r"([RP]-[1-9][0-9]{0,18})@([0-9]{1,19})", re.ASCII)
_REVISION = re.compile(r'"([0-9]{1,19})"', re.ASCII)


class OnTerms(ASGIMiddleware):
    """`Act-Key`: requests of one person with the same key are one act, and are undone together.
    `If-Match`: the revision of the thing in the address, as it was read; where somebody else did
    anything to it since, 412 and nothing is done.
    `Seen`: the same of things that the body names, such as `R-12@123 R-15@140`."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if (
            scope["type"] != ScopeType.HTTP
            or scope["method"] == "GET"
            or not scope["path"].startswith("/api/")
        ):
            await next_app(scope, receive, send)
            return
        with on_terms(_terms_of(Headers.from_scope(scope), scope["path"])):
            await next_app(scope, receive, send)


def _terms_of(headers: Headers, path: str) -> Terms:
    key = headers.get("act-key")
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise Invalid(
            {
                "Act-Key": Text(
                    f"长度应为 1 到 {LONGEST_KEY}", f"Between 1 and {LONGEST_KEY} characters"
                )
            }
        )
    seen = _seen(headers.get("seen", ""))
    thing, match = _THING.match(path), headers.get("if-match")
    if match is None or match.strip() == "*" or thing is None:
        return Terms(key, seen)
    revision = _REVISION.fullmatch(match.strip())
    if revision is None or int(revision[1]) > BIGGEST:
        raise Invalid(
            {
                "If-Match": Text(
                    '应为带引号的 revision，例如 "123"', 'A revision in quotes, such as "123"'
                )
            }
        )
    return Terms(key, {**seen, thing[1]: int(revision[1])})


def _seen(header: str) -> dict[str, int]:
    found = [_SEEN.fullmatch(word) for word in header.split()]
    if not all(one and int(one[2]) <= BIGGEST for one in found):
        raise Invalid(
            {
                "Seen": Text(
                    "应为编号和 revision，例如 R-12@123",
                    "Numbers with their revisions, such as R-12@123",
                )
            }
        )
    return {one[1]: int(one[2]) for one in found if one}
