"""Addresses of things, absolute where programs and feeds need them."""

from __future__ import annotations

from typing import Any

from litestar import Request


def base_url(request: Request[Any, Any, Any]) -> str:
    """TRACKER_BASE_URL without a slash at its end: what the outside calls us."""
    url: str = request.app.state.settings.base_url
    return url.rstrip("/")
