"""What somebody wants to hear, where, and when not."""

from __future__ import annotations

from datetime import datetime, time

import msgspec
from asyncpg import Record

from tracker import database
from tracker.channels.base import ChannelName
from tracker.errors import Invalid
from tracker.language import Text
from tracker.people.tables import Person
from tracker.subscriptions.defaults import DEFAULT_KINDS
from tracker.subscriptions.forms import Preferences


class Chosen(msgspec.Struct, frozen=True):
    """As it holds now: what was chosen, and what is usual where nothing was."""

    kinds: dict[ChannelName, list[str]]
    quiet_from: time | None = None
    quiet_to: time | None = None
    fridays_only: bool = False
    inbox_only: bool = False
    changed_at: datetime | None = None
    """None where nothing was ever chosen."""


USUAL = Chosen(DEFAULT_KINDS)
_SELECT = (
    "SELECT kinds, quiet_from, quiet_to, fridays_only, inbox_only, changed_at FROM preferences"
    " WHERE person = $1"
)


async def preferences_of(person: Person) -> Chosen:
    row = await database.fetch_row(_SELECT, person.id)
    return USUAL if row is None else chosen(row)


def chosen(row: Record) -> Chosen:
    """From a row with the columns of `preferences`."""
    kinds: dict[str, list[str]] = msgspec.json.decode(row["kinds"])
    return Chosen(
        {name: kinds.get(name, usual) for name, usual in DEFAULT_KINDS.items()},
        row["quiet_from"],
        row["quiet_to"],
        row["fridays_only"],
        row["inbox_only"],
        row["changed_at"],
    )


async def choose(person: Person, wanted: Preferences, *, now: datetime) -> None:
    """In place of all that was chosen before. What is under way already goes where it was to go."""
    _check_quiet(wanted)
    own = {
        name: sorted(set(kinds))
        for name, kinds in wanted.kinds.items()
        # What is usual may change, and is then changed for those who never asked for another.
        if set(kinds) != set(DEFAULT_KINDS[ChannelName(name)])
    }
    await database.execute(
        "INSERT INTO preferences"
        " (person, kinds, quiet_from, quiet_to, fridays_only, inbox_only, changed_at)"
        " VALUES ($1, $2::jsonb, $3, $4, $5, $6, $7) ON CONFLICT (person) DO UPDATE SET"
        " kinds = EXCLUDED.kinds, quiet_from = EXCLUDED.quiet_from, quiet_to = EXCLUDED.quiet_to,"
        " fridays_only = EXCLUDED.fridays_only, inbox_only = EXCLUDED.inbox_only,"
        " changed_at = EXCLUDED.changed_at",
        person.id,
        msgspec.json.encode(own).decode(),
        _time(wanted.quiet_from),
        _time(wanted.quiet_to),
        wanted.fridays_only,
        wanted.inbox_only,
        now,
    )


def _time(typed: str | None) -> time | None:
    return None if typed is None else time.fromisoformat(typed)


_BOTH = Text(
    "从几点到几点都要填；不需要就都空着", "Give both ends of the quiet hours, or leave both empty"
)
_SAME = Text(
    "结束和开始是同一个时间；不需要就都空着",
    "They end when they begin: give another time, or leave both empty",
)


def _check_quiet(wanted: Preferences) -> None:
    if (wanted.quiet_from is None) != (wanted.quiet_to is None):
        raise Invalid({"quiet_from" if wanted.quiet_from is None else "quiet_to": _BOTH})
    if wanted.quiet_from is not None and wanted.quiet_from == wanted.quiet_to:
        raise Invalid({"quiet_to": _SAME})
