"""For those who work on the pages; only where TRACKER_DEBUG is on."""

from __future__ import annotations

from typing import Any

from litestar import Request, get

from tracker.web.guards import PUBLIC
from tracker.web.templating import Page, page


@get("/dev/patterns", opt=PUBLIC)
async def patterns(request: Request[Any, Any, Any]) -> Page:
    """Every building block of the pages in every state."""
    return await page(request, "dev/patterns.html")
