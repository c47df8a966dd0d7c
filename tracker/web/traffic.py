"""What surrounds every request, found or not: its line in the log, and the security headers."""

from __future__ import annotations

from time import perf_counter

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

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


def _drop_cookie(message: HTTPResponseStartEvent, mark: bytes) -> None:
    message["headers"] = [
        (name, value)
        for name, value in message["headers"]
        if not (name.lower() == b"set-cookie" and value.startswith(mark))
    ]


def surround(app: ASGIApp, *, https: bool, form_cookie: str) -> ASGIApp:
    """Wrap the whole application: headers on every answer, one line in the log for each.

    `form_cookie` is set where a form needs it and nowhere else, so that public pages without
    one are the same for everybody and may be kept on the way.
    """
    mark = f"{form_cookie}=".encode()
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
                if not scope.get("state", {}).get(_HAS_FORM):
                    _drop_cookie(message, mark)
                message["headers"] = [*message["headers"], *headers]
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
