"""A plan: many acts on reports, written down first, done at once or not at all."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracker.devices.forms import Words
from tracker.proposals.forms import OpenProposal
from tracker.reports.forms import Body, Until
from tracker.reports.tables import Reason
from tracker.web.forms import says

MOST_LINES = 20_000

Deed = Literal[
    "link", "unlink", "ask", "reply", "note", "close", "reopen", "own", "snooze", "label", "unlabel"
]


class PlannedProposal(OpenProposal, frozen=True):
    """A proposal to be opened first; lines link to it by `name`, such as `=a`."""

    name: Annotated[
        str,
        says(
            "名字以 = 开头，例如 =a",
            "A name begins with =, such as =a",
            pattern=r"^=[A-Za-z0-9_-]{1,40}$",
        ),
    ] = "="


class PlannedLine(msgspec.Struct, frozen=True):
    """One deed on one report. `seen` is the revision that it was decided on; null: any.

    `proposal` is of `link`: P-3, or the name of a planned one; `reason` of `close`; `owner` of
    `own`, null for whoever its module falls to; `until` of `snooze`, null: back into the queue;
    `label` of `label` and `unlabel`; `text` of whatever says something. `line` is where it is
    written.
    """

    line: int
    report: str
    do: Deed
    seen: int | None = None
    proposal: str = ""
    text: Body = ""
    reason: Reason | None = None
    owner: str | None = None
    until: Until | None = None
    label: str = ""


class Plan(msgspec.Struct, frozen=True):
    """`dry_run`: everything is tried, every problem named, and nothing kept."""

    lines: list[PlannedLine]
    proposals: list[PlannedProposal] = []
    dry_run: bool = False


class Effect(msgspec.Struct, frozen=True):
    """What becomes of one report."""

    report: str
    before: str
    after: str
    proposal: str | None


class PlanProblem(msgspec.Struct, frozen=True):
    """Why a line cannot be done; line 0 is the plan as a whole."""

    line: int
    report: str
    message: Words


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """How many lines are done so far; none of it is kept before the end."""

    done: int
    of: int


class PlanResult(msgspec.Struct, frozen=True, tag="result"):
    """The end of it. `applied`: all of it is kept, as the act `act`; else nothing is. `repeated`:
    it was kept before, and nothing has been done now."""

    applied: bool
    repeated: bool
    act: str | None
    lines: int
    opened: dict[str, str]
    effects: list[Effect]
    problems: list[PlanProblem]
