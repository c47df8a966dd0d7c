"""Turns at a host that bears so many calls a minute, whoever makes them: a robot in a team's chat
counts those of all workers."""

from __future__ import annotations

from datetime import timedelta

from tracker import database

# By the database's clock, which all share.
_TAKE = """
INSERT INTO delivery_turns AS t (host, next_at) VALUES ($1, clock_timestamp() + $2::interval)
ON CONFLICT (host) DO UPDATE SET next_at = greatest(t.next_at, clock_timestamp()) + $2::interval
RETURNING extract(epoch FROM next_at - $2::interval - clock_timestamp())::double precision AS wait
"""


async def take_turn(host: str, seconds: float) -> float:
    """How long to wait before the next call there may begin, so many `seconds` after the one before
    it. Whoever asks has taken that turn."""
    row = await database.fetch_row(_TAKE, host, timedelta(seconds=seconds))
    assert row is not None
    return max(0.0, float(row["wait"]))
