"""What happened in a simulated programme, in plain Python: nothing here knows the tracker.

A `Line` is what a phone gets its builds from: (model, ring). Its builds stand in a list in their
order, and that order is the only one there is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
WEEK = timedelta(days=7)

Line = tuple[str, str]
EVERY_MODEL = "*"


def leaves_at(train: date) -> datetime:
    """Friday, 17:00."""
    return datetime(train.year, train.month, train.day, 17, tzinfo=SHANGHAI)


def freezes_at(train: date) -> datetime:
    """Thursday, 18:00."""
    return leaves_at(train) - timedelta(hours=23)


def coming(now: datetime) -> date:
    """The Friday that has not passed its time."""
    day = now.astimezone(SHANGHAI).date()
    while day.weekday() != 4 or leaves_at(day) <= now:
        day += timedelta(days=1)
    return day


@dataclass(eq=False)
class Build:
    """`listed` is what its maker says it holds; None: whatever waits. `struck`: what of the list
    was taken back while the build waited, when and how. `left_with`: what the post says of it."""

    model: str
    ring: str
    version: str
    train: date | None = None
    listed: set[int] | None = None
    struck: dict[int, tuple[datetime, str]] = field(default_factory=dict)
    late: bool = False
    left_at: datetime | None = None
    left_with: set[int] = field(default_factory=set)
    withdrawn: bool = False


@dataclass(eq=False)
class Carried:
    """A proposal that is in a build which is out. `ended`: reverted, broken or withdrawn."""

    build: Build
    since: datetime
    ended: str = ""


@dataclass(eq=False)
class Proposal:
    """`fixes`: for which models (or EVERY_MODEL) it was said to be done, and when."""

    number: int
    module: str
    kind: str
    owner: str
    started: bool = False
    worded: bool = True
    fixes: dict[str, datetime] = field(default_factory=dict)
    carried: list[Carried] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"P-{self.number}"

    def fixed_for(self, model: str, by: datetime | None = None) -> bool:
        """Whether it is done for a model; `by`: and was by then."""
        made = [at for name, at in self.fixes.items() if name in (EVERY_MODEL, model)]
        return any(by is None or at <= by for at in made)


@dataclass(eq=False)
class Report:
    """`confirmed`: the tester said "fixed". `promised` and `missed` are trains."""

    number: int
    reporter: str
    line: Line
    build: Build | None
    proposal: Proposal | None = None
    standing: str = "new"
    solved_in: Build | None = None
    confirmed: bool = False
    promised: date | None = None
    missed: date | None = None

    @property
    def name(self) -> str:
        return f"R-{self.number}"


@dataclass(eq=False)
class MeToo:
    person: str
    report: Report
    line: Line
    build: Build | None


@dataclass(eq=False)
class Answer:
    """A verification: what a person said of a report on a build; the last word counts."""

    person: str
    report: Report
    build: Build
    verdict: str
    at: datetime


@dataclass(eq=False)
class Train:
    day: date
    frozen_at: datetime | None = None
    thawed: bool = False
    held: bool = False
    alarmed: bool = False
    left_at: datetime | None = None


Item = tuple[int, int, str, str]
"""What a notice says is fixed: a report, by which proposal, in a model's build of this version."""


@dataclass(frozen=True)
class Notice:
    """`items` are what it says is fixed, or is not after all (`instead`: but in this build).
    `slipped`: (report, train, next train). `confirmed`: (report, by how many, themself among
    them). `corrected`: (report, but in this build)."""

    person: str
    kind: str
    about: str
    items: frozenset[Item] = frozenset()
    slipped: frozenset[tuple[int, date, date]] = frozenset()
    instead: str = ""
    confirmed: frozenset[tuple[int, int, bool]] = frozenset()
    corrected: frozenset[tuple[int, str]] = frozenset()
