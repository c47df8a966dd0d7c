"""The lines of a train in the making, put into words and into order by its captain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from tracker import database
from tracker.devices.forms import Words
from tracker.errors import NotFound
from tracker.history.acting import acting
from tracker.history.actions import record
from tracker.people.tables import Person
from tracker.proposals.actions import change_proposal
from tracker.proposals.forms import ChangeProposal
from tracker.proposals.queries import named_proposal
from tracker.releases import access, queries
from tracker.releases.entries import draft_entries
from tracker.releases.forms import EntryOut, Order, Wording
from tracker.releases.preparing import cutoff_of, waiting
from tracker.releases.tables import Release
from tracker.timetable import Timetable


async def word(
    captain: Person,
    day: date,
    number: int,
    form: Wording,
    *,
    now: datetime,
    timetable: Timetable,
) -> None:
    """Say what a line will say. The words are the proposal's, on whichever train it leaves."""
    access.require_can_publish(captain)
    async with acting(captain, now=now):
        release = await waiting(day)
        if number not in _numbers(await _lines(release, now)):
            raise NotFound
        change = ChangeProposal(changelog=Words(form.zh.strip(), form.en.strip()))
        train = await queries.boarding(timetable, now)
        await change_proposal(captain, number, change, now=now, train=train)


async def arrange(captain: Person, day: date, form: Order, *, now: datetime) -> None:
    """Put lines into this order, each within its module; those not named follow behind.

    Lines that come aboard later go behind as well.
    """
    access.require_can_publish(captain)
    numbers = [await named_proposal(captain, name) for name in form.proposals]
    async with acting(captain, now=now):
        await _place(captain, await waiting(day), numbers, now=now)


async def shift(captain: Person, day: date, number: int, *, up: bool, now: datetime) -> None:
    """Move a line one place up or down among those of its module; at the end it stays."""
    access.require_can_publish(captain)
    async with acting(captain, now=now):
        release = await waiting(day)
        lines = await _lines(release, now)
        mine = next((line for line in lines if line.proposal == f"P-{number}"), None)
        if mine is None:
            raise NotFound
        numbers = _numbers([line for line in lines if line.module == mine.module])
        here = numbers.index(number)
        there = max(here - 1, 0) if up else min(here + 1, len(numbers) - 1)
        if there == here:
            return
        numbers.insert(there, numbers.pop(here))
        others = [other for other in _numbers(lines) if other not in numbers]
        await _place(captain, release, [*others, *numbers], now=now)


async def _lines(release: Release, now: datetime) -> list[EntryOut]:
    return await draft_entries(release.date, cutoff=cutoff_of(release, now))


def _numbers(lines: Sequence[EntryOut]) -> list[int]:
    return [int(line.proposal.removeprefix("P-")) for line in lines]


async def _place(
    captain: Person, release: Release, numbers: Sequence[int], *, now: datetime
) -> None:
    await database.execute("DELETE FROM entry_places WHERE release = $1", release.id)
    await database.execute(
        "INSERT INTO entry_places (release, proposal, position)"
        " SELECT $1, proposal, min(place) FROM unnest($2::bigint[]) WITH ORDINALITY"
        " AS placed (proposal, place) GROUP BY proposal",
        release.id,
        list(numbers),
    )
    data = {"date": release.date.isoformat(), "proposals": [f"P-{number}" for number in numbers]}
    await record(captain, "release.arranged", now=now, release=release.id, internal=True, data=data)
