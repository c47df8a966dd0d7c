"""The engineers' work: proposals, the reports they gather, fixes, and the builds that ship them."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import BigSerial, Boolean, ForeignKey, Text, Timestamptz, Varchar
from piccolo.table import Table

from tracker.devices.tables import Build, DeviceModel, Module, Ring
from tracker.people.tables import Person
from tracker.reports.tables import Report


class ProposalKind(StrEnum):
    """In the order in which a changelog shows them: 新增, 优化, 修复."""

    NEW = "new"
    OPTIMIZATION = "optimization"
    FIX = "fix"


class State(StrEnum):
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DECLINED = "declined"


class Proposal(Table, tablename="proposals"):
    id = BigSerial(primary_key=True)
    title = Varchar(length=200)
    module = ForeignKey(Module, null=False)
    kind = Varchar(length=14, choices=ProposalKind, default=ProposalKind.FIX)
    state = Varchar(length=12, choices=State, default=State.OPEN)
    owner = ForeignKey(Person, null=True, default=None)
    changelog_zh = Text(default="", help_text="the changelog line; empty: the title serves")
    changelog_en = Text(default="")
    declined_text = Text(default="")
    created_by = ForeignKey(Person, null=True, default=None)
    created_at = Timestamptz()
    updated_at = Timestamptz()


class Fix(Table, tablename="fixes"):
    """The proposal is done for a model, or for all (`model` null), and waits for a build."""

    id = BigSerial(primary_key=True)
    proposal = ForeignKey(Proposal, null=False)
    model = ForeignKey(DeviceModel, null=True, default=None)
    change = Varchar(length=200, default="", help_text="a commit, a change number, a link")
    by = ForeignKey(Person, null=True, default=None)
    at = Timestamptz()


class Ending(StrEnum):
    """Why a shipment no longer counts."""

    REVERTED = "reverted"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class Shipment(Table, tablename="shipments"):
    """The proposal is in this build. `shipped_at` is null until the build is published.

    `model` and `ring` repeat the build's, so that "is it fixed for my phone?" is one look-up.
    """

    id = BigSerial(primary_key=True)
    proposal = ForeignKey(Proposal, null=False)
    build = ForeignKey(Build, null=False)
    model = ForeignKey(DeviceModel, null=False)
    ring = Varchar(length=10, choices=Ring)
    taken_over = Boolean(default=False, help_text="an earlier build that had it was withdrawn")
    shipped_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    ended = Varchar(length=10, choices=Ending, null=True, default=None)
    reason_zh = Text(default="")
    reason_en = Text(default="")


class Credit(Table, tablename="credits"):
    """A tester whose evidence helped though it came late: an engineer says so.

    Those whose reports were there before the fix need no row: they led to it.
    """

    id = BigSerial(primary_key=True)
    proposal = ForeignKey(Proposal, null=False)
    person = ForeignKey(Person, null=False)
    report = ForeignKey(Report, null=False, help_text="where the evidence is")
    by = ForeignKey(Person, null=False)
    at = Timestamptz()


class Verdict(StrEnum):
    FIXED = "fixed"
    BROKEN = "broken"
    UNSURE = "unsure"


class Verification(Table, tablename="verifications"):
    """A tester's answer on a build. The latest of a person on a build counts."""

    id = BigSerial(primary_key=True)
    report = ForeignKey(Report, null=False)
    person = ForeignKey(Person, null=False)
    build = ForeignKey(Build, null=False)
    verdict = Varchar(length=8, choices=Verdict)
    text = Text(default="")
    at = Timestamptz()
