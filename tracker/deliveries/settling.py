"""What has become of deliveries, kept until the database has it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import asyncpg
import msgspec
import structlog

from tracker.channels.base import Outcome, Verdict
from tracker.deliveries import claiming
from tracker.deliveries.claiming import Settled
from tracker.deliveries.patience import Patience
from tracker.notices.tables import DeliveryState

log = structlog.stdlib.get_logger(__name__)

UNREACHABLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
GIVEN_UP = "given up: "


class Settling:
    """Those of one worker. A claim is named by its delivery, its `attempts`, this one counted, and
    the end of its lease."""

    def __init__(self, patience: Patience, *, clock: Callable[[], datetime]) -> None:
        self._patience = patience
        self._clock = clock
        self._settled: list[Settled] = []

    @property
    def waiting(self) -> int:
        return len(self._settled)

    def add(
        self,
        number: int,
        attempts: int,
        leased_until: datetime,
        outcome: Outcome,
        *,
        made_at: datetime,
    ) -> None:
        """One that was tried; `made_at` is when its notice was."""
        now = self._clock()
        state, detail, due_at = DeliveryState.SENT, outcome.detail, None
        if outcome.verdict in (Verdict.GONE, Verdict.REFUSED):
            state = DeliveryState.DEAD
        elif outcome.verdict == Verdict.LATER:
            wait = self._patience.again(attempts)
            wait = max(wait, timedelta(seconds=outcome.retry_after or 0.0))
            if self._patience.is_over(made_at, now):
                state, detail = DeliveryState.DEAD, GIVEN_UP + outcome.detail
            else:
                state, due_at = DeliveryState.FAILED, now + wait
        self._settled.append(Settled(number, attempts, leased_until, state, detail, due_at))

    def give_back(
        self, number: int, attempts: int, leased_until: datetime, due_at: datetime
    ) -> None:
        """One that was not tried: others can send it from `due_at` on."""
        back = Settled(number, attempts, leased_until, "", "", due_at, tried=False)
        self._settled.append(back)

    async def write(self) -> None:
        """Kept in memory until the database has it: else it would be sent again."""
        settled, self._settled = self._settled, []
        if settled:
            try:
                await claiming.settle(settled, now=self._clock())
            except BaseException:
                self._settled += settled
                raise


def writable(outcome: Outcome) -> Outcome:
    """As the database can keep it, whatever a far side has said: one that it cannot would keep
    all that are settled with it from being written down."""
    detail = outcome.detail.replace("\0", "").encode("utf-8", "replace").decode()
    return msgspec.structs.replace(outcome, detail=detail[:500])


async def until_reached(
    write: Callable[..., Awaitable[None]], *given: object, tries: int = 60, **named: object
) -> None:
    """Write to a database that may be away for a while; after a minute it is left."""
    for left in range(tries - 1, -1, -1):
        try:
            await write(*given, **named)
        except UNREACHABLE as problem:
            if not left:
                log.warning("not written down", problem=repr(problem))
                return
            await asyncio.sleep(1)
        else:
            return
