"""What programs are told of acts and of taking them back."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tracker.devices.forms import Words


class ActOut(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody of the team did in one go. `things` names the first of them: R-12, P-3,
    `fuxi 26.11.27`, 2026-11-27."""

    id: str
    at: datetime
    by: str
    text: Words
    things: list[str]
    count: int
    undoes: str | None
    undone_by: str | None


class Step(msgspec.Struct, frozen=True):
    """One thing, and a sentence about it."""

    thing: str
    text: Words


class Undoing(msgspec.Struct, frozen=True):
    """What taking an act back does, or why it cannot be done.

    `told` counts the people who have heard of it already: they get a correction.
    """

    possible: bool
    steps: list[Step]
    obstacles: list[Step]
    told: int


class ActDetail(ActOut, frozen=True, kw_only=True):
    undoing: Undoing
