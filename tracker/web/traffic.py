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


def surround(app: ASGIApp, *, https: bool) -> ASGIApp:
    """Wrap the whole application: headers on every answer, one line in the log for each."""
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
