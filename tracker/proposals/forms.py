"""What goes in and out about proposals, fixes and verifications."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from tracker.devices.forms import Words
from tracker.devices.tables import Ring
from tracker.proposals.tables import Ending, ProposalKind, State, Verdict
from tracker.reports.forms import Body, ReportDetail, Title
from tracker.web.forms import says

Reason = Annotated[
    str,
    says(
        "请用一句话说明原因，内测用户会看到",
        "Give the reason in a sentence: testers will read it",
        min_length=1,
        max_length=2000,
    ),
]


class OpenProposal(msgspec.Struct, frozen=True):
    """`module` may be left out where the reports agree on one; `owner` is the opener then."""

    title: Title
    kind: ProposalKind = ProposalKind.FIX
    module: str | None = None
    owner: str | None = None
    reports: list[str] = []
    changelog: Words | None = None


class ChangeProposal(msgspec.Struct, frozen=True):
    """What is left out stays. Declining takes a `reason`, which the reporters will read."""

    title: Title | UnsetType = UNSET
    module: str | UnsetType = UNSET
    kind: ProposalKind | UnsetType = UNSET
    owner: str | UnsetType | None = UNSET
    state: State | UnsetType = UNSET
    reason: str = ""
    changelog: Words | UnsetType = UNSET


class LinkReport(msgspec.Struct, frozen=True):
    proposal: str


class GiveCredit(msgspec.Struct, frozen=True):
    """`person` by handle; left out: whoever filed the report."""

    person: str | None = None


class PutFix(msgspec.Struct, frozen=True):
    """`models` by codename; null: all. `change` is a commit, a change number, a link."""

    models: list[str] | None = None
    change: Annotated[str, msgspec.Meta(max_length=200)] = ""


class RevertFix(msgspec.Struct, frozen=True):
    """`reason` in both languages, or one text that serves for both: testers read it."""

    reason: Reason | Words
    models: list[str] | None = None


class Verify(msgspec.Struct, frozen=True):
    """A tester's answer. `build` is the version on which they looked."""

    build: Annotated[str, says("选一下你在哪个版本上试的", "Choose the build", min_length=1)]
    verdict: Annotated[Verdict, says("选一个结果", "Choose an answer")]
    text: Body = ""


class Outcome(StrEnum):
    """What a tester's answer did."""

    CONFIRMED = "confirmed"
    REOPENED = "reopened"
    """It is still there in a build that has the fix: open again for that model."""
    KNOWN = "known"
    """Somebody said so before: it is open again already."""
    OLDER = "older"
    """Kept; the build does not have the fix yet."""
    REVERTED = "reverted"
    """Kept; that fix was taken back."""
    WITHDRAWN = "withdrawn"
    """Kept; that build was withdrawn."""
    NOTED = "noted"
    """They cannot tell."""


class VerificationOut(msgspec.Struct, frozen=True):
    """An answer as it was taken, and what it did, in words as well."""

    build: str
    verdict: Verdict
    outcome: Outcome
    explanation: Words


class Verified(ReportDetail, frozen=True, kw_only=True):
    """The report, as it stands after the answer."""

    verification: VerificationOut


class FixOut(msgspec.Struct, frozen=True):
    model: str | None
    change: str
    by: str | None
    at: datetime


class ShipmentOut(msgspec.Struct, frozen=True):
    """`shipped_at` is null while the build waits for its publication."""

    model: str
    ring: Ring
    build: str
    release: date | None
    shipped_at: datetime | None
    ended_at: datetime | None
    ended: Ending | None
    reason: Words | None


class VerdictCount(msgspec.Struct, frozen=True):
    """How many testers said what on builds of this model that have, or had, the fix."""

    model: str
    fixed: int
    broken: int
    unsure: int


class Confirmed(msgspec.Struct, frozen=True):
    """How many testers found it solved, on how many models."""

    testers: int
    models: int


class CreditOut(msgspec.Struct, frozen=True):
    """Somebody whose report led to the fix, or whom an engineer (`by`) credited for one.

    `name` is what changelogs call them; null: they do not want to be named.
    """

    person: str
    name: str | None
    report: str
    by: str | None


class ProposalOut(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal as lists show it."""

    id: str
    url: str
    title: str
    module: str
    kind: ProposalKind
    state: State
    owner: str | None
    changelog: Words
    declined_text: str
    reports: int
    testers: int
    created_at: datetime
    updated_at: datetime


class ProposalDetail(ProposalOut, frozen=True, kw_only=True):
    """`credits` are the names in its changelog line. `credited` is for the team alone: the first
    hundred to whom it owes something, named or not."""

    report_ids: list[str]
    fixes: list[FixOut]
    shipments: list[ShipmentOut]
    verdicts: list[VerdictCount]
    confirmed: Confirmed
    credits: list[str]
    credited: list[CreditOut]
