"""For whoever watches the server: does the process live, and can it work?"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from litestar import Response, get

from tracker import database
from tracker.web.guards import ANONYMOUS

log = structlog.stdlib.get_logger(__name__)

PATIENCE = 2.0
"""Seconds the database has to answer in."""


@get("/healthz", opt=ANONYMOUS, sync_to_thread=False)
def alive() -> dict[str, str]:
    """The process answers. Asks nobody else."""
    return {"status": "alive"}


@get("/readyz", opt=ANONYMOUS)
async def ready() -> Response[dict[str, Any]]:
    """The database answers too. 503 where it does not, with the reason in the log alone."""
    try:
        await asyncio.wait_for(database.ping(), PATIENCE)
    except Exception as problem:
        log.warning("database away", problem=repr(problem))
        return Response({"status": "the database does not answer"}, status_code=503)
    return Response({"status": "ready"})
