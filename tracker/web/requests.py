"""What every handler is given: who asks, and what time it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Protocol

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.types import Scope

from tracker.language import Language, negotiate

LANGUAGE_COOKIE = "lang"


_SUPPOSED = "supposed_language"
_UNREAD = "unread_notices"


class Viewer(Protocol):
    """As much of a signed-in person as the web layer needs to know."""

    @property
    def id(self) -> int: ...
    @property
    def language(self) -> str: ...
    @property
    def timezone(self) -> str: ...


Now = NamedDependency[datetime]


def keep_unread(scope: Scope, count: int) -> None:
    """How many notices the one who asks has not read, as it was found with their session."""
    scope["state"][_UNREAD] = count


def unread_of(request: Request[Any, Any, Any]) -> int:
    count: int = request.scope["state"].get(_UNREAD, 0)
    return count


def current_time(state: State) -> datetime:
    """The one place where a request learns the time; tests give the app another clock."""
    clock = state.get("clock")
    return clock() if clock else datetime.now(UTC)


def language_of(request: Request[Any, Any, Any]) -> Language:
    """The person's own choice, else this browser's cookie, else what the browser asks for.

    The API answers in the language asked for, and in English where none is: its readers are
    programs and engineers.
    """
    asked = request.headers.get("accept-language", "")
    if request.url.path.startswith("/api/"):
        return negotiate(asked) if asked and asked != "*" else "en"
    viewer: Viewer | None = request.scope.get("user")
    chosen = viewer.language if viewer else request.cookies.get(LANGUAGE_COOKIE, "")
    chosen = chosen or request.scope.get("state", {}).get(_SUPPOSED, "")
    if chosen in ("zh", "en"):
        return chosen  # type: ignore[return-value]
    return negotiate(asked)


def suppose_language(request: Request[Any, Any, Any], language: str) -> None:
    """Take whoever asks for a reader of `language`, unless they chose another in this browser."""
    request.scope["state"][_SUPPOSED] = language


def wants_markdown(accept: str) -> bool:
    """Whether an `Accept` header asks for Markdown rather than a page."""
    return "text/markdown" in accept and "text/html" not in accept
