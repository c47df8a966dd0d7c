"""What outcomes say about the host that they came from: a breaker that all workers share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from tracker.channels.base import Outcome
from tracker.deliveries import claiming
from tracker.deliveries.composing import Claimed
from tracker.deliveries.lanes import Lane, Way
from tracker.deliveries.patience import Patience
from tracker.deliveries.settling import GIVEN_UP, until_reached

log = structlog.stdlib.get_logger(__name__)


class Learning:
    """That of one worker, which tells all others by the database."""

    def __init__(self, patience: Patience, *, clock: Callable[[], datetime]) -> None:
        self._patience = patience
        self._clock = clock

    async def learn(
        self,
        lane: Lane,
        way: Way,
        group: Sequence[Claimed],
        outcomes: Sequence[Outcome],
        leased_until: datetime,
    ) -> None:
        """What these outcomes say about their host, for every worker to know."""
        now, host, detail = self._clock(), group[0].host, outcomes[0].detail
        probe = None
        if lane.probe == leased_until:
            probe, lane.probe = lane.probe, None
        asked = max((one.retry_after or 0.0 for one in outcomes), default=0.0)
        if asked:
            wanted = now + timedelta(seconds=asked)
            until = min(wanted, now + way.longest_pause)
            lane.close(until)
            if wanted > until:
                for one, outcome in zip(group, outcomes, strict=True):
                    if outcome.retry_after:
                        lane.leave(one.subscription, wanted)
            await until_reached(
                claiming.pause,
                host,
                until=until,
                failures=lane.troubles or 0,
                detail=detail,
                probe=probe,
            )
        if not all(one.host_failed for one in outcomes):
            lane.failures = 0
            if lane.troubles is not None and not asked:
                lane.troubles = None
                await until_reached(claiming.resume, host, probe=probe, now=now)
            return
        lane.failures += 1
        # A host that has been left alone before has had its one try.
        if (lane.failures >= self._patience.in_a_row or lane.troubles) and not lane.is_closed(now):
            troubles = (lane.troubles or 0) + 1
            until = now + self._patience.leave_alone(troubles)
            lane.close(until)
            lane.failures = 0
            await until_reached(
                claiming.pause, host, until=until, failures=troubles, detail=detail, probe=probe
            )
            log.warning("a host is left alone", host=host, until=until.isoformat(), why=detail)
            if any(self._patience.is_over(one.outgoing.at, now) for one in group):
                before = now - self._patience.give_up
                told = GIVEN_UP + detail
                await until_reached(
                    claiming.give_up, host, made_before=before, detail=told, now=now
                )

    async def ask_again(self, host: str, probe: datetime) -> None:
        """The one try of a host in doubt was not made: another delivery may be claimed for it."""
        await until_reached(claiming.ask_again, host, probe=probe, now=self._clock())
