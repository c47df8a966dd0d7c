"""The way from one worker to one host."""

from __future__ import annotations

import asyncio
import contextlib
import time
from datetime import datetime, timedelta

from tracker.channels.base import Channel, ChannelName, Limits
from tracker.deliveries.settling import UNREACHABLE
from tracker.deliveries.turns import take_turn

FIRST, MOST = 16, 500
"""Deliveries that are claimed for a host that is new to this worker, and for one known as quick."""
_QUICK, _SLOW = 2.0, 10.0
"""Seconds in which half of them are sent: in less, more are claimed next time; in more, fewer."""
_REMEMBERED = 60.0
"""Seconds that an idle lane is kept for, with what it has learnt."""


class Way:
    """What one channel may do at a host. Another channel's limits are its own: a tester's webhook at
    a push service does not slow down everybody's pushes."""

    def __init__(self, limits: Limits) -> None:
        self.trying = asyncio.Semaphore(limits.at_once)
        self.longest_pause = timedelta(seconds=limits.longest_pause)
        self._between = limits.seconds_between
        self._together = limits.together
        self._next = 0.0

    async def turn(self, host: str) -> None:
        """Wait until the next call may begin."""
        if not self._between:
            return
        begin = max(self._next, time.monotonic())
        self._next = begin + self._between
        await asyncio.sleep(begin - time.monotonic())
        if self._together:
            # A database that is away leaves a worker with its own pace.
            with contextlib.suppress(*UNREACHABLE):
                await asyncio.sleep(await take_turn(host, self._between))


class Lane:
    """What a worker has on its way to one host, and what it knows of it.

    It claims no more than the host takes in seconds: what one worker holds, no other can send,
    and a host that is slow holds up nobody else.
    """

    def __init__(self) -> None:
        self.held = 0
        """Deliveries that are claimed and not settled."""
        self.failures = 0
        """Of the host, in a row, as seen by this worker."""
        self.troubles: int | None = None
        """Times in a row that it was left alone, as all workers know; None where it is well."""
        self.probe: datetime | None = None
        """Until when this worker has its one try, while it is in trouble; None where it has not."""
        self._ways: dict[ChannelName, Way] = {}
        self._closed_until: datetime | None = None
        self._places: dict[int, datetime] = {}
        self._window = FIRST
        self._claimed_at: float | None = None
        self._used_at = time.monotonic()

    def way(self, channel: Channel) -> Way:
        found = self._ways.get(channel.name)
        if found is None:
            found = self._ways[channel.name] = Way(channel.limits)
        return found

    def room(self, now: datetime) -> int:
        """How many more to claim. None until half are gone: a claim has its price."""
        if self.is_closed(now) or self.held > self._window // 2:
            return 0
        if self._claimed_at is not None:
            took, self._claimed_at = time.monotonic() - self._claimed_at, None
            if took < _QUICK:
                self._window = min(self._window * 2, MOST)
            elif took > _SLOW:
                self._window = max(self._window // 2, FIRST)
        return self._window - self.held

    def hold(self, claimed: int) -> None:
        self.held += claimed
        self._claimed_at = self._claimed_at or time.monotonic()

    def let_go(self, settled: int) -> None:
        self.held -= settled
        self._used_at = time.monotonic()

    def close(self, until: datetime) -> None:
        self._closed_until = max(until, self._closed_until or until)

    def is_closed(self, now: datetime) -> bool:
        return self._closed_until is not None and now < self._closed_until

    def leave(self, place: int, until: datetime) -> None:
        """Leave one place there alone for longer than its host."""
        self._places[place] = until

    def free_at(self, place: int, now: datetime) -> datetime:
        """When something may be sent there, as far as the place itself has said."""
        return max(now, self._places.get(place, now))

    def is_idle(self, now: datetime) -> bool:
        """Whether little is lost by forgetting it."""
        resting = time.monotonic() - self._used_at > _REMEMBERED
        self._places = {place: until for place, until in self._places.items() if until > now}
        return resting and not self.held and not self.is_closed(now) and not self._places
