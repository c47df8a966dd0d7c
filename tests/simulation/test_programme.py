"""Weeks of a closed beta, drawn from a seed, against a plain telling of the rules (model.py).

For a longer run: SIMULATION="seed fridays models reports", like SIMULATION="7 26 40 20000".
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable

import pytest
from litestar import Litestar

from tests.cast import Cast, Clock
from tests.simulation.comparing import Size
from tests.simulation.programme import Programme
from tests.simulation.stage import Stage
from tracker.app import create_app
from tracker.settings import Settings

SMALL = Size(fridays=10, models=6, reports=60, always=True)
LARGE = Size(fridays=12, models=40, reports=5000)

Play = Callable[[Size, int], Awaitable[Programme]]


@pytest.fixture(scope="module")
def processes(settings: Settings, _clock: Clock) -> list[Litestar]:
    """Two, to restart from the one into the other. Making one takes half a second."""
    return [create_app(settings, clock=_clock, schedule=False) for _ in range(2)]


@pytest.fixture
def play(cast: Cast, settings: Settings, clock: Clock, processes: list[Litestar]) -> Play:
    async def play(size: Size, seed: int) -> Programme:
        programme = Programme(Stage(settings, clock, processes), size, seed)
        await programme.run()
        return programme

    return play


@pytest.mark.parametrize("seed", range(1, 9))
async def test_small_programmes(play: Play, seed: int) -> None:
    """Everything is compared after every step."""
    programme = await play(SMALL, seed)
    assert programme.done["departed"] >= 3


@pytest.mark.slow
async def test_a_large_programme(play: Play) -> None:
    """12 Fridays, 40 models, 3 rings, 5,000 reports."""
    programme = await play(LARGE, 20261127)
    assert len(programme.model.reports) >= LARGE.reports
    assert programme.done["departed"] >= 8
    kinds = {notice.kind for told in programme.model.notices.values() for notice in told}
    assert kinds == {"friday", "build", "correction", "reopened", "blocked"}
    fridays = [
        notice
        for told in programme.model.notices.values()
        for notice in told
        if notice.kind == "friday"
    ]
    for beside in ("slipped", "confirmed", "corrected"):
        assert sum(bool(getattr(notice, beside)) for notice in fridays) >= 5, beside
    assert not {act.__name__ for act in programme.weights()} - programme.acted


@pytest.mark.skipif("SIMULATION" not in os.environ, reason="runs where SIMULATION is given")
async def test_a_programme_of_your_own(play: Play) -> None:
    seed, fridays, models, reports = map(int, os.environ["SIMULATION"].split())
    await play(Size(fridays, models, reports, always=reports < 500), seed)
