"""When to try again, and when to stop trying."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import msgspec


class Patience(msgspec.Struct, frozen=True):
    """Seconds, but for what says otherwise."""

    first: float = 30.0
    """Until the second try; twice as long each time after that."""
    longest: float = 6 * 3600.0
    give_up: timedelta = timedelta(days=3)
    """After the notice was made, a try that fails is the last: who hears on Tuesday of last
    Friday has read it long ago."""
    in_a_row: int = 5
    """Failures of a host, without a success between them, before it is left alone."""
    pause: float = 15.0
    """That a host is left alone for; twice as long each time that its next try fails."""
    longest_pause: float = 600.0

    def again(self, attempts: int) -> timedelta:
        """Until the next try, after so many. Somewhere between half and all of it, by chance:
        what failed together does not come back together."""
        full = min(self.first * 2 ** min(attempts - 1, 30), self.longest)
        return timedelta(seconds=full * random.uniform(0.5, 1.0))  # noqa: S311 (no secret)

    def leave_alone(self, failures: int) -> timedelta:
        """A host, once it has been left alone `failures` times in a row, this one included."""
        full = min(self.pause * 2 ** min(failures - 1, 30), self.longest_pause)
        return timedelta(seconds=full * random.uniform(0.75, 1.0))  # noqa: S311 (no secret)

    def is_over(self, made_at: datetime, now: datetime) -> bool:
        return now - made_at >= self.give_up
