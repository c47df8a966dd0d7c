"""The server dies at any moment of a Friday; after the restart everybody has been told once.

    TRACKER_TEST_SEED=… make test ARGS="tests/crash -n 0 -s" # the same kills again, and where

Kills are aimed: the row of the release, or the notices, are held from outside until the server
waits for them, then let go, and a random moment later the process is killed. So most of them land
in the tenth of a second in which something happens. Where each landed is read off the locks that
the server's transaction holds.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass

import pytest

from tests.crash.friday import FINISHED, PUBLISHED, Friday
from tests.crash.stage import NOTICES, RELEASE, WAITING, Stage, stage
from tracker.settings import Settings

KILLS = 20
"""At least; more where those did not land in everything that has to be tried."""
ENOUGH = 2
"""Kills in the middle of each."""
AT_MOST = 60
AT_A_TIME = 2
"""Databases on which the server is being killed at once."""
MOST_ON_ONE = 3
"""Kills before a database gets the peace to finish."""

HOLDS = (
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE relation = $1::text::regclass AND mode = $2"
    " AND granted AND pid <> pg_backend_pid()"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
)
# The first INSERT takes a RowExclusiveLock, SELECT … FOR UPDATE a RowShareLock, each to the end
# of the transaction.
PUBLISHING = ("shipments", "RowExclusiveLock")
TELLING = ("events", "RowShareLock")

MIDDLES = ("while publishing", "while telling")

# What a kill is aimed at, by what is held until the server waits for it.
EVENTS = "LOCK TABLE events IN EXCLUSIVE MODE"
NOTHING = "SELECT 1"

pytestmark = pytest.mark.slow


async def where(here: Stage, friday: Friday) -> str:
    """What the server, frozen, is in the middle of."""
    ask = here.connection.fetchval
    if not await ask(PUBLISHED, friday.day):
        return "while publishing" if await ask(HOLDS, *PUBLISHING) else "before"
    if await ask(FINISHED, friday.day):
        return "after"
    return "while telling" if await ask(HOLDS, *TELLING) else "between the two"


@dataclass(frozen=True)
class Durations:
    """Seconds that the server takes, when nobody kills it, from being let go to being done."""

    publishing: float
    telling: float
    altogether: float


async def undisturbed(here: Stage, friday: Friday) -> Durations:
    """One Friday without a kill, measured."""
    began = time.perf_counter()
    async with here.held(NOTICES):
        async with here.held(RELEASE):
            here.serve()
            await here.until(WAITING)
            ready = time.perf_counter()
        await here.until(PUBLISHED, friday.day)
        published = time.perf_counter()
        await here.until(WAITING)
        let_go = time.perf_counter()
    await here.until(FINISHED, friday.day)
    end = time.perf_counter()
    await friday.check(here.connection)
    return Durations(published - ready, end - let_go, end - began)


async def kill_once(here: Stage, friday: Friday, usual: Durations, chance: random.Random) -> str:
    """Start the server, kill it somewhere, and say where that was."""
    published = await here.connection.fetchval(PUBLISHED, friday.day)
    aims = [(EVENTS, usual.telling), (NOTICES, usual.telling)]
    if not published:
        aims = [(RELEASE, usual.publishing), (RELEASE, usual.publishing), (NOTICES, usual.telling)]
    hold, span = chance.choice([*aims, *aims, (NOTHING, usual.altogether)])
    # What was measured while something else kept the machine busy is too long: every other kill
    # comes early.
    span *= chance.choice((1, 0.2))
    async with here.held(hold):
        server = here.serve()
        if hold != NOTHING:
            await here.until(WAITING)
    # A little longer than it usually takes, so that some come too late.
    await asyncio.sleep(chance.uniform(0, 1.3 * span))
    server.freeze()
    place = await where(here, friday)
    await server.kill()
    await here.alone()
    return place


async def test_everybody_is_told_once(settings: Settings, friday: Friday, template: str) -> None:
    """Twenty kills or more; after each series of up to three on one database, peace, and all is
    right."""
    folder = settings.data
    async with stage(folder, like=template) as here:
        usual = await undisturbed(here, friday)
    places: Counter[str] = Counter()
    begun = 0

    def goes_on() -> bool:
        lacking = any(places[place] < ENOUGH for place in MIDDLES)
        return begun < KILLS or (lacking and begun < AT_MOST)

    async def series(chance: random.Random) -> None:
        nonlocal begun
        while goes_on():
            async with stage(folder, like=template) as here:
                for _ in range(chance.randint(1, MOST_ON_ONE)):
                    if not goes_on():
                        break
                    begun += 1
                    place = await kill_once(here, friday, usual, chance)
                    places[place] += 1
                    if place == "after":
                        break
                server = here.serve()
                await server.answers()
                await here.until(FINISHED, friday.day)
                # And a tick later nothing has come on top.
                await asyncio.sleep(1.2)
                await friday.check(here.connection)
                assert await server.stop() == 0, server.said

    async with asyncio.TaskGroup() as group:
        for n in range(AT_A_TIME):
            group.create_task(series(random.Random(f"{friday.seed}.{n}")))
    # Shown with a failure, or with -s.
    print(f"kills: {dict(places)}; usually {usual}")  # noqa: T201
    assert sum(places.values()) == begun >= KILLS
    assert all(places[place] >= ENOUGH for place in MIDDLES)
