"""Acts: what somebody of the team does in one go, so that it can be taken back in one go.

An act is all that one request changes, or one command that makes several. It keeps how each thing
was before and how it was left; `undoing` puts things back from that. Nothing else is needed of an
action than to open `acting` where it would open a transaction, and to lock what it changes through
the door of its room (`get_report`, `get_proposal`), which says here what it hands out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from tracker import database
from tracker.errors import Superseded
from tracker.language import Text
from tracker.people.tables import Person

Facts = Mapping[str, Any]
"""What of a row an act may change, as JSON."""


@dataclass(frozen=True)
class Subject:
    """A kind of thing that acts change, as its room describes it."""

    name: str
    """`report`: also the column of events that has its number."""
    facts: str
    """A query of `id` and `facts` (jsonb, as text) of those with the numbers `$1`."""

    def named(self, number: int) -> str:
        return f"{self.name[0].upper()}-{number}"

    async def facts_of(self, numbers: Iterable[int]) -> dict[int, Facts]:
        rows = await database.fetch(self.facts, list(numbers))
        return {row["id"]: msgspec.json.decode(row["facts"]) for row in rows}


LONGEST_KEY = 64


@dataclass(frozen=True)
class Terms:
    """What a caller says about its act, from outside the action."""

    key: str | None = None
    """Requests of one person with the same key are one act: a command that makes several."""
    seen: Mapping[str, int] = field(default_factory=dict)
    """The latest event of each thing (`R-12`) that the caller has seen; to be changed only where
    nobody else did anything since. What is not named here is changed as it is found."""


_NO_TERMS = Terms()
_terms: ContextVar[Terms] = ContextVar("terms", default=_NO_TERMS)


@contextmanager
def on_terms(terms: Terms) -> Iterator[None]:
    """What is done inside is done on these terms."""
    before = _terms.set(terms)
    try:
        yield
    finally:
        _terms.reset(before)


@dataclass
class Act:
    """One that is under way. It has a number from its first event on."""

    person: Person
    now: datetime
    undoes: int | None = None
    id: int | None = None
    terms: Terms = field(default_factory=Terms)
    before: dict[Subject, dict[int, Facts]] = field(default_factory=dict)

    async def number(self) -> int:
        if self.id is None:
            row = await database.fetch_row(
                "INSERT INTO acts (person, key, at, undoes) VALUES ($1, $2, $3, $4)"
                " ON CONFLICT (person, key) DO UPDATE SET key = excluded.key RETURNING id",
                self.person.id,
                self.terms.key,
                self.now,
                self.undoes,
            )
            assert row is not None
            self.id = row["id"]
        return self.id


_current: ContextVar[Act | None] = ContextVar("act", default=None)


async def current() -> int | None:
    """The number of the act under way, for an event of it."""
    act = _current.get()
    return await act.number() if act else None


@asynccontextmanager
async def acting(
    person: Person | None, *, now: datetime, undoes: int | None = None
) -> AsyncIterator[Act | None]:
    """A transaction whose changes are one act of `person`. Inside another act: part of that one.

    Only the team's acts are kept: what testers do has its own ways back, and the clock (null)
    takes nothing back. Costs a statement for
    the act, and two at the end where something that it locked was changed, whatever the number.
    """
    under_way = _current.get()
    if under_way is not None:
        yield under_way
        return
    async with database.transaction():
        if person is None or not person.is_staff:
            yield None
            return
        act = Act(person, now, undoes, terms=_terms.get())
        token = _current.set(act)
        try:
            yield act
            await _keep(act)
        finally:
            _current.reset(token)


async def about_to_change(subject: Subject, *numbers: int) -> None:
    """Called with what has just been locked: keeps how it is, and refuses what somebody else
    changed since the caller last looked. Without an act under way, nothing."""
    act = _current.get()
    if act is None:
        return
    known = act.before.setdefault(subject, {})
    new = [number for number in numbers if number not in known]
    if not new:
        return
    for number in new:
        seen = act.terms.seen.get(subject.named(number))
        if seen is not None:
            await _unchanged_since(act, subject, number, seen)
    known.update(await subject.facts_of(new))


async def made(subject: Subject, number: int) -> None:
    """Called with what an act has just made: before, there was nothing."""
    act = _current.get()
    if act is not None:
        act.before.setdefault(subject, {})[number] = {}


BY_SOMEBODY = "(e.actor IS NOT NULL OR NOT e.internal)"
"""The condition on an event `e` that it may change what somebody decides: people did it, or a
release. What the clock notes for the team alone, such as whose a report is, decides nothing."""


async def _unchanged_since(act: Act, subject: Subject, number: int, seen: int) -> None:
    rows = await database.fetch(
        "SELECT p.display_name FROM events e"
        " LEFT JOIN people p ON p.id = e.actor"
        f" WHERE e.{subject.name} = $1 AND e.id > $2 AND e.actor IS DISTINCT FROM $3"
        f" AND {BY_SOMEBODY}"
        " ORDER BY e.id",
        number,
        seen,
        act.person.id,
    )
    if rows:
        name = subject.named(number)
        who = ", ".join(dict.fromkeys(row["display_name"] for row in rows if row["display_name"]))
        raise Superseded(
            Text(
                f"{name} 在你看过之后有变化（{who or '发布'}），请再看一眼再决定",
                f"{name} changed since you looked at it ({who or 'a release'}):"
                " look again, then decide",
            )
        )


async def _keep(act: Act) -> None:
    """Write what the act changed, and how it left it."""
    for subject, before in act.before.items():
        if not before:
            continue
        after = await subject.facts_of(before)
        changed = [number for number, was in before.items() if after.get(number, {}) != was]
        if not changed:
            continue
        await database.execute(
            "INSERT INTO changes (act, subject, number, before, after)"
            " SELECT $1, $2, number, was, is_now FROM"
            " unnest($3::bigint[], $4::jsonb[], $5::jsonb[]) AS changed (number, was, is_now)"
            # A command that makes several requests: as it was at first, as it was left at last.
            " ON CONFLICT (act, subject, number) DO UPDATE SET after = excluded.after",
            await act.number(),
            subject.name,
            changed,
            [msgspec.json.encode(before[number]).decode() for number in changed],
            [msgspec.json.encode(after.get(number, {})).decode() for number in changed],
        )
