"""`tracker work`: a process that delivers, until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime

import structlog

from tracker.deliveries.jobs import deliver
from tracker.settings import Settings

log = structlog.stdlib.get_logger(__name__)


async def until_stopped(settings: Settings) -> None:
    """Needs the database started. What is under way when it is told to stop is finished."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    log.info("delivering")
    await deliver(settings, stop, clock=lambda: datetime.now(UTC))
    log.info("stopped")
