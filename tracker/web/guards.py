"""Coarse doors, before any row is looked at. Who may do what to a row is said in `access.py`."""

from __future__ import annotations

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from tracker.errors import NotSignedIn

Connection = ASGIConnection[Any, Any, Any, Any]


# Guards are coroutines although they wait for nothing: the framework runs others in a thread.


async def signed_in(connection: Connection, handler: BaseRouteHandler) -> None:
    """On the whole app: a route is for people who are signed in unless it says it is public."""
    if connection.scope.get("user") is None and not handler.opt.get("public"):
        raise NotSignedIn


PUBLIC = {"public": True}

ANONYMOUS = {"public": True, "anonymous": True, "csrf_exempt": True}
"""Public, and nobody even looks who is asking: works without the database, costs no query."""
