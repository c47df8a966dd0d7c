"""Having deliveries made: by the clock, by a server, by a host of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from tracker.channels.registry import opened
from tracker.deliveries.worker import Worker
from tracker.settings import Settings


async def deliver_due(settings: Settings, *, now: datetime) -> None:
    """Try everything that is due, once; what fails is due again later."""
    async with opened(settings) as channels:
        await Worker(channels, settings, clock=lambda: now).drain()


async def deliver(
    settings: Settings, stop: asyncio.Event, *, clock: Callable[[], datetime]
) -> None:
    """Make deliveries until `stop` is set; then finish those under way."""
    async with opened(settings) as channels:
        await Worker(channels, settings, clock=clock).run(stop)


@asynccontextmanager
async def delivering(settings: Settings, *, clock: Callable[[], datetime]) -> AsyncIterator[None]:
    """Make deliveries for the block, beside its own work."""
    stop = asyncio.Event()
    task = asyncio.create_task(deliver(settings, stop, clock=clock))
    try:
        yield
    finally:
        stop.set()
        await task
