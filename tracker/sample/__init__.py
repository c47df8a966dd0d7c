"""The sample programme: what somebody sees who opens the tracker for the first time.

Four weeks in the life of a closed beta, up to the present minute, played through the actions
that people's clicks call.
"""

from __future__ import annotations

from datetime import datetime

from tracker import database
from tracker.errors import Conflict
from tracker.language import Text
from tracker.notices.making import make_notices
from tracker.reports.jobs import renew_answer_times
from tracker.sample import people, stories, trains
from tracker.sample.cast import CAST, PASSWORD, Player, add_cast, cast_signs_in
from tracker.sample.models import add_models_and_modules
from tracker.sample.script import Script
from tracker.sample.weeks import Weeks
from tracker.settings import Settings
from tracker.timetable import Timetable

__all__ = ["CAST", "INVITATION", "PASSWORD", "Player", "cast_signs_in", "is_empty", "load"]

INVITATION = "ORANGE-FRIDAY"
"""An F-code for visitors: with it they come in as somebody new."""

NOT_EMPTY = Text(
    "示例只能装进空的数据库",
    "The sample programme goes into an empty database, and this one is in use",
)


async def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return await database.fetch_row("SELECT 1 FROM people LIMIT 1") is None


async def load(now: datetime, settings: Settings) -> tuple[Player, ...]:
    """Fill an empty database, whole or not at all; returns who can sign in, with PASSWORD.

    Raises Conflict where it is not empty. Two at once load it once: the second waits, and is
    refused. Takes some two seconds.
    """
    weeks = Weeks(Timetable.of(settings), now)
    async with database.transaction():
        await database.execute("LOCK TABLE people IN EXCLUSIVE MODE")
        if not await is_empty():
            raise Conflict(NOT_EMPTY)
        everybody = await add_cast(now)
        await people.add_others(everybody, now=now)
        await add_models_and_modules(everybody)
        script = Script(everybody, weeks)
        trains.run(script)
        people.come_in(script, password=PASSWORD)
        stories.tell(script)
        await script.play()
        await people.open_the_door(INVITATION, now=now)
        await make_notices(now=now)
        await renew_answer_times(now=now)
    return CAST
