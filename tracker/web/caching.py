"""Pages that say the same to everybody who is not signed in."""

from __future__ import annotations

from typing import Any

from litestar import Request

from tracker.web.templating import Page, page

PRIVATE = "private, no-cache"


async def public_page(
    request: Request[Any, Any, Any],
    template: str,
    *,
    varies: str = "Cookie, Accept-Language",
    **context: Any,
) -> Page:
    """Theirs alone as it leaves here: on a route that is `kept`, web/keeping.py says on the way
    out that others may keep it too."""
    headers = {"Cache-Control": PRIVATE, "Vary": varies}
    return await page(request, template, headers=headers, **context)
