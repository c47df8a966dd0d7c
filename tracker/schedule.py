"""All timed work, on one page.

Nothing is remembered between ticks: each asks the database what is due and takes it there, so
a pause is caught up with once, and ten processes do each thing once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from litestar import Litestar

from tracker.deliveries.jobs import deliver_due, delivering
from tracker.desk.routing import route_filed
from tracker.notices.making import make_notices
from tracker.people.jobs import sweep
from tracker.releases.jobs import run_trains
from tracker.reports.jobs import renew_answer_times
from tracker.reports.owning import look_after_all
from tracker.settings import Settings
from tracker.timetable import Timetable

log = structlog.get_logger()

Job = Callable[[Settings, datetime], Awaitable[None]]


async def trains(settings: Settings, now: datetime) -> None:
    await run_trains(Timetable.of(settings), now=now)


async def routing(settings: Settings, now: datetime) -> None:
    await route_filed(now=now)


async def notices(settings: Settings, now: datetime) -> None:
    await make_notices(now=now, window=settings.undo_window)


async def answer_times(settings: Settings, now: datetime) -> None:
    await renew_answer_times(now=now)


async def owners(settings: Settings, now: datetime) -> None:
    await look_after_all(now=now)


async def sweeping(settings: Settings, now: datetime) -> None:
    await sweep(now=now)


JOBS: tuple[tuple[Job, int], ...] = (
    (trains, 5),
    (routing, 1),
    (notices, 1),
    (answer_times, 900),
    (owners, 900),
    (sweeping, 3600),
)
"""Each job and its seconds between ticks, in the order in which one follows from another."""


PATIENCE = 20
"""Seconds that a job under way has to finish in when the server stops."""


async def tick(settings: Settings, now: datetime) -> None:
    """Do once whatever is due at `now`, deliveries included."""
    for job, _ in JOBS:
        await job(settings, now)
    await deliver_due(settings, now=now)


@asynccontextmanager
async def running(app: Litestar) -> AsyncIterator[None]:
    """Tick and deliver while the application runs; at the end what is under way is finished."""
    settings: Settings = app.state.settings
    clock = app.state.get("clock") or (lambda: datetime.now(UTC))
    scheduler = AsyncIOScheduler(timezone=UTC)
    under_way: set[asyncio.Task[None]] = set()
    for job, seconds in JOBS:
        scheduler.add_job(
            _watched(job, settings, clock, under_way),
            IntervalTrigger(seconds=seconds, timezone=UTC),
            next_run_time=datetime.now(UTC),
            id=job.__name__,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        async with delivering(settings, clock=clock):
            yield
    finally:
        scheduler.pause()
        if under_way:
            await asyncio.wait(under_way, timeout=PATIENCE)
        for task in under_way:
            # Its transaction is rolled back; whoever ticks next finds the work still due.
            task.cancel()
        # Its own way of waiting would cancel at once.
        scheduler.shutdown(wait=False)


def _watched(
    job: Job,
    settings: Settings,
    clock: Callable[[], datetime],
    under_way: set[asyncio.Task[None]],
) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        task = asyncio.current_task()
        assert task is not None
        under_way.add(task)
        try:
            await job(settings, clock())
        except Exception:
            # The database may be away for a while; the next tick finds the work still due.
            log.exception("schedule.failed", job=job.__name__)
        finally:
            under_way.discard(task)

    return run
