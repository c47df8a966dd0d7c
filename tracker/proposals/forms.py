"""What goes in and out about proposals, fixes and verifications."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from tracker.devices.forms import Words
from tracker.devices.tables import Ring
from tracker.proposals.tables import Ending, ProposalKind, State, Verdict
from tracker.reports.forms import Body, Title
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


class PutFix(msgspec.Struct, frozen=True):
class GiveCredit(msgspec.Struct, frozen=True):
    """`person` by handle; left out: whoever filed the report."""

    person: str | None = None


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
    model: str
    fixed: int
    broken: int
    unsure: int


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
    report_ids: list[str]
    fixes: list[FixOut]
    shipments: list[ShipmentOut]
    verdicts: list[VerdictCount]
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


