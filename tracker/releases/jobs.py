"""What the clock does to trains. Everything that is due is asked of the database at each tick."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from tracker.errors import Conflict
from tracker.releases import actions, findings, preparing, queries
from tracker.releases.queries import Train
from tracker.timetable import Timetable

log = structlog.get_logger()

NOTICE = timedelta(hours=1)
"""How long before its departure the captains hear of what blocks a train."""


async def run_trains(timetable: Timetable, *, now: datetime) -> None:
    """Plan the coming train, freeze and publish what is due, catching up after a pause.

    Any number of processes may do this at once: the release's row decides who publishes. A
    train without a build stays where it is and leaves when one arrives.
    """
    await preparing.plan(timetable.coming(now))
    for train in await queries.due(timetable, now):
        if train.frozen_at is None and not await queries.thawed(train.date):
            # Frozen as of the time it was due: a fix made while nobody was there to freeze
            # takes the next train, as it would have.
            await preparing.freeze(None, train.date, now=train.freeze_at, timetable=timetable)
        await _warn(train, now=now)
        if train.publish_at > now or train.held_at is not None:
            continue
        try:
            if await actions.publish(None, train.date, now=now, timetable=timetable):
                log.info("release.published", date=train.date.isoformat())
        except Conflict as reason:
            log.debug("release.waits", date=train.date.isoformat(), reason=reason.reason.en)


async def _warn(train: Train, *, now: datetime) -> None:
    """Tell the captains, once, that a train which is about to leave cannot. A hold is their own."""
    if train.alarmed or now < train.publish_at - NOTICE:
        return
    cutoff = train.frozen_at or now
    found = await findings.blockers(train.date, cutoff=cutoff, held_at=None, held_reason="")
    if found:
        await preparing.alarm(train.date, found, now=now)
