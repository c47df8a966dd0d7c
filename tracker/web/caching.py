"""What browsers, and whatever is between them and us, may keep of a public answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response

from tracker import __version__
from tracker.web.requests import current_time, language_of
from tracker.web.templating import Page, look, page

AnyRequest = Request[Any, Any, Any]

KEPT_SECONDS = 60
"""How long a public page may be shown without asking whether it is still so."""


def entity_tag(*made_of: object) -> str:
    """The name of one state of an answer: it changes with what the answer is made of."""
    content = msgspec.json.encode((__version__, look(), made_of), enc_hook=repr)
    return f'W/"{hashlib.sha256(content).hexdigest()[:24]}"'


def kept_headers(tag: str, *, varies: str) -> dict[str, str]:
    return {
        "ETag": tag,
        "Cache-Control": f"public, max-age={KEPT_SECONDS}",
        "Vary": varies,
    }


def has_it(request: AnyRequest, tag: str) -> bool:
    """Whether the asker holds this state already (RFC 9110, If-None-Match)."""
    held = request.headers.get("if-none-match", "")
    return tag.removeprefix("W/") in {part.strip().removeprefix("W/") for part in held.split(",")}


def not_modified(headers: Mapping[str, str]) -> Response[None]:
    return Response(None, status_code=304, headers=dict(headers))


async def public_page(
    request: AnyRequest, template: str, *, varies: str = "Cookie, Accept-Language", **context: Any
) -> Page | Response[None]:
    """A page that says the same to everybody who is not signed in, and may be kept for them.

    All that it shows has to be in `context`: an asker who has that already gets 304.
    """
    if request.user is not None:
        private = {"Cache-Control": "private, no-cache", "Vary": varies}
        return await page(request, template, headers=private, **context)
    # Dates of this year are written without it.
    year = current_time(request.app.state).year
    headers = kept_headers(
        entity_tag(request.url.path, language_of(request), year, context), varies=varies
    )
    if has_it(request, headers["ETag"]):
        return not_modified(headers)
    return await page(request, template, headers=headers, **context)
