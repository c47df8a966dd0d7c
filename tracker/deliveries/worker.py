"""A worker: takes deliveries that are due, sends them, and writes down what became of them.

Any number of them work on one database, on one machine or many. Each host has its lane: so many
calls at once, so many a second, and a breaker, so that one that is down or slow holds up nobody
else.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from asyncpg import Record

from tracker.channels.base import Outcome, Verdict, gone, later
from tracker.channels.registry import Channels
from tracker.deliveries import claiming
from tracker.deliveries.claiming import LEASE
from tracker.deliveries.composing import Claimed, calls, compose
from tracker.deliveries.lanes import FIRST, Lane, Way
from tracker.deliveries.learning import Learning
from tracker.deliveries.patience import Patience
from tracker.deliveries.settling import UNREACHABLE, Settling, until_reached, writable
from tracker.settings import Settings

log = structlog.stdlib.get_logger(__name__)

MOST = 1000
"""Deliveries that one claim takes; some four times as many are held in memory at most."""
LEFT = timedelta(seconds=20)
"""Of the lease, for a try: with less than that nothing is begun."""
POLL = 1.0
"""Seconds between looks when there is nothing to do."""
ANEW = 0.25
"""… for hosts that are not known yet, while those that are have enough to do."""
TOGETHER, SOON = 200, 0.05
"""Deliveries that one statement settles, and the seconds that it waits for as many."""

_OUR_FAULT = later("a fault of the tracker: see its log", host_failed=False)
PATIENCE = 20.0
"""Seconds that calls under way have to finish in when the worker stops."""


class Worker:
    """Give it open channels and the database. `clock` tells the time."""

    def __init__(
        self,
        channels: Channels,
        settings: Settings,
        *,
        clock: Callable[[], datetime],
        patience: Patience | None = None,
        lease: timedelta = LEASE,
    ) -> None:
        self._channels = channels
        self._settings = settings
        self._clock = clock
        patience = patience or Patience()
        self._settling = Settling(patience, clock=clock)
        self._learning = Learning(patience, clock=clock)
        self._lease = lease
        self._lanes: dict[str, Lane] = {}
        self._under_way: set[asyncio.Task[None]] = set()
        self._begun: set[object] = set()
        """Those that are past waiting for their turn."""
        self._progress = asyncio.Event()
        self._looked_at = 0.0
        self._stop = asyncio.Event()

    async def drain(self) -> None:
        """Send what is due now, until nothing is. For one tick of a clock that may stand still."""
        try:
            # What ended while a round looked for more has made room for it.
            while await self._round() or self._under_way or self._settling.waiting:
                if self._under_way:
                    await self._wait()
        finally:
            await self._finish()

    async def run(self, stop: asyncio.Event) -> None:
        """Go on until `stop` is set, then finish the calls under way. A database that is away is
        waited for: what was sent meanwhile is written down once it is back."""
        self._stop = stop
        stopping = asyncio.create_task(stop.wait())
        away = False
        try:
            while not stop.is_set():
                try:
                    claimed = await self._round()
                except UNREACHABLE as problem:
                    if not away:
                        log.warning("deliveries wait for the database", problem=repr(problem))
                    away, claimed = True, 0
                except Exception:
                    log.exception("a round of deliveries failed")
                    claimed = 0
                else:
                    if away:
                        log.info("the database is back")
                    away = False
                if not claimed:
                    await self._wait(stopping)
        finally:
            stop.set()
            stopping.cancel()
            await self._finish()

    async def _round(self) -> int:
        """Settle what is done and claim as much as there is room for; returns how many."""
        self._progress.clear()
        await self._settling.write()
        now = self._clock()
        for host in [host for host, lane in self._lanes.items() if lane.is_idle(now)]:
            del self._lanes[host]
        if sum(lane.held for lane in self._lanes.values()) >= 3 * MOST:
            return 0
        room = {host: lane.room(now) for host, lane in self._lanes.items()}
        # Where those that are known take no more, it is for the unknown that it is asked.
        if room and not any(room.values()) and time.monotonic() - self._looked_at < ANEW:
            return 0
        self._looked_at = time.monotonic()
        rows = await claiming.claim(now=now, most=MOST, each=FIRST, room=room, lease=self._lease)
        leased_until = now + self._lease
        claimed = await self._composed(rows, leased_until)
        troubles = {row["host"]: row["troubles"] for row in rows}
        for one in claimed:
            lane = self._lanes.setdefault(one.host, Lane())
            lane.troubles = troubles[one.host]
            lane.probe = leased_until if lane.troubles else None
            lane.hold(1)
        for group in calls(claimed, self._channels):
            task = asyncio.create_task(self._take(group, leased_until))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            task.add_done_callback(self._begun.discard)
        return len(rows)

    async def _composed(self, rows: list[Record], leased_until: datetime) -> list[Claimed]:
        """One that cannot be put into words, by a fault of ours or because a newer tracker wrote
        it, is tried again like any that fails, and holds up no other."""
        try:
            return await self._known(rows)
        except UNREACHABLE:
            for row in rows:
                self._settling.give_back(row["id"], row["attempts"], leased_until, self._clock())
            raise
        except Exception:
            log.exception("deliveries that cannot be put into words")
        claimed = []
        for row in rows:
            try:
                claimed += await self._known([row])
            except Exception as problem:
                log.warning("it is one of these", delivery=row["id"], problem=repr(problem))
                self._settling.add(
                    row["id"], row["attempts"], leased_until, _OUR_FAULT, made_at=row["at"]
                )
                self._progress.set()
                if row["troubles"]:
                    await self._learning.ask_again(row["host"], leased_until)
        return claimed

    async def _known(self, rows: list[Record]) -> list[Claimed]:
        claimed = await compose(rows, self._settings)
        for one in claimed:
            self._channels[one.channel]
        return claimed

    async def _take(self, group: list[Claimed], leased_until: datetime) -> None:
        """Send one call's worth when its turn comes. Never raises: a lane would stay taken."""
        lane, me = self._lanes[group[0].host], asyncio.current_task()
        way = lane.way(self._channels[group[0].channel])
        outcomes: Sequence[Outcome | None] = [None] * len(group)
        try:
            async with way.trying:
                if group[0].hopeless:
                    outcomes = [gone(group[0].hopeless)]
                elif await self._may_begin(lane, way, group, leased_until):
                    self._begun.add(me)
                    outcomes = tried = await self._try(group)
                    await self._learning.learn(lane, way, group, tried, leased_until)
                if lane.probe == leased_until:
                    lane.probe = None
                    await self._learning.ask_again(group[0].host, leased_until)
            for one, outcome in zip(group, outcomes, strict=True):
                if outcome is not None and outcome.verdict == Verdict.GONE and not one.hopeless:
                    await until_reached(
                        claiming.forget, one.subscription, outcome.detail, now=self._clock()
                    )
        except asyncio.CancelledError:
            if me in self._begun:
                raise
            # Told to stop before its turn came: it is given back.
        except Exception:
            log.exception("what became of deliveries is known in part", host=group[0].host)
        now = self._clock()
        for one, outcome in zip(group, outcomes, strict=True):
            claim = (one.id, one.attempts, leased_until)
            if outcome is None:
                self._settling.give_back(*claim, lane.free_at(one.subscription, now))
            else:
                self._settling.add(*claim, outcome, made_at=one.outgoing.at)
        lane.let_go(len(group))
        # The last one counts itself.
        if self._settling.waiting >= TOGETHER or len(self._under_way) <= 1:
            self._progress.set()

    async def _may_begin(
        self, lane: Lane, way: Way, group: Sequence[Claimed], leased_until: datetime
    ) -> bool:
        """Waits for its turn. A lease that runs out while it is sent would have somebody else send
        it too."""
        if self._stop.is_set() or lane.is_closed(self._clock()):
            return False
        await way.turn(group[0].host)
        now = self._clock()
        # A lease as short as in tests leaves half of it.
        late = now > leased_until - min(LEFT, self._lease / 2)
        left = any(lane.free_at(one.subscription, now) > now for one in group)
        return not (self._stop.is_set() or lane.is_closed(now) or late or left)

    async def _try(self, group: Sequence[Claimed]) -> Sequence[Outcome]:
        channel = self._channels[group[0].channel]
        problem = channel.problem()
        if problem is not None:
            return [later(problem.en)] * len(group)
        try:
            outcomes = await channel.send([one.outgoing for one in group])
            if len(outcomes) != len(group):
                raise ValueError(f"{len(outcomes)} outcomes of {len(group)} messages")
        except Exception:
            log.exception("a channel failed", channel=group[0].channel)
            return [_OUR_FAULT] * len(group)
        return [writable(outcome) for outcome in outcomes]

    async def _wait(self, *also: asyncio.Task[object]) -> None:
        """Until there is something to settle, or it is time to look again."""
        progress = asyncio.create_task(self._progress.wait())
        await asyncio.wait(
            {progress, *also},
            timeout=SOON if self._under_way else POLL,
            return_when=asyncio.FIRST_COMPLETED,
        )
        progress.cancel()

    async def _finish(self) -> None:
        for task in self._under_way - self._begun:
            task.cancel()
        end = time.monotonic() + PATIENCE
        while self._under_way and (left := end - time.monotonic()) > 0:
            # What has not been begun is given back at once: others can send it meanwhile.
            with contextlib.suppress(*UNREACHABLE):
                await self._settling.write()
            if self._under_way:
                await asyncio.wait(
                    self._under_way, timeout=min(left, POLL), return_when=asyncio.FIRST_COMPLETED
                )
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await until_reached(self._settling.write, tries=5)
