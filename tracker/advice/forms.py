"""What programs get of what to know before updating."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from tracker.devices.forms import BuildOut, Words
from tracker.reports.tables import Severity


class ProblemOut(msgspec.Struct, frozen=True):
    """A serious problem that a build brought and that is still open for its model.

    `module`, `proposal` and `report` are null where it is for the team alone. `testers` have it;
    `state`: new, asked, recorded, in_progress or fixed.
    """

    severity: Severity
    text: Words
    module: str | None
    proposal: str | None
    report: str | None
    reports: int
    testers: int
    state: str
    expected_on: date | None


class AdviceOut(msgspec.Struct, frozen=True):
    """Before you update: go, care (for some, or with a backup) or wait, and why."""

    verdict: Literal["go", "care", "wait"]
    heading: Words
    why: Words
    problems: list[ProblemOut]


class BuildDetail(BuildOut, frozen=True, kw_only=True):
    """A build with what to know before updating to it; null while it is not out."""

    advice: AdviceOut | None
