"""What surrounds every request, found or not: its line in the log, and the security headers."""

from __future__ import annotations

from time import perf_counter

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.stdlib.get_logger("tracker.requests")

# Pages load nothing from anywhere else and hold no script of their own, so a message that slips
# through the cleaning still cannot run. `data:` is for the small pictures in the style sheet.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = [
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]
# With the query and the values in the path left out: they hold codes and words of people.
_UNKNOWN = "-"
# Asked every few seconds by machines.
_QUIET = {"/healthz", "/readyz"}


_HAS_FORM = "has_form"


def keep_form_cookie(scope: Scope) -> None:
    """The answer holds a form, so the browser has to keep the cookie that goes with it."""
    scope["state"][_HAS_FORM] = True


def without_idle_cookie(app: ASGIApp, *, form_cookie: str) -> ASGIApp:
    """Set `form_cookie` where a form needs it and nowhere else, so that public pages without one
    are the same for everybody and may be kept, here and on the way."""
    mark = f"{form_cookie}=".encode()

    async def sparing(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_without(message: Message) -> None:
            if message["type"] == "http.response.start" and not scope["state"].get(_HAS_FORM):
                message["headers"] = [
                    (name, value)
                    for name, value in message["headers"]
                    if not (name.lower() == b"set-cookie" and value.startswith(mark))
                ]
            await send(message)

        await app(scope, receive, send_without)

    return sparing


def surround(app: ASGIApp, *, https: bool) -> ASGIApp:
    """Wrap the whole application: headers on every answer, one line in the log for each.

    A route that says one of the headers itself knows better.
    """
    headers = [*_HEADERS]
    if https:
        headers.append((b"strict-transport-security", b"max-age=31536000"))

    async def surrounded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        began = perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name for name, _ in message["headers"]}
                ours = (one for one in headers if one[0] not in given)
                message["headers"] = [*message["headers"], *ours]
            await send(message)

        try:
            await app(scope, receive, send_with_headers)
        finally:
            path = scope.get("path_template") or _UNKNOWN
            if path not in _QUIET:
                log.info(
                    "request",
                    method=scope.get("method"),
                    path=path,
                    status=status,
                    ms=round((perf_counter() - began) * 1000, 1),
                )

    return surrounded
