"""What goes in and out about builds' contents and trains."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec

from tracker.devices.forms import BuildOut, Words
from tracker.devices.tables import Ring
from tracker.proposals.forms import Reason
from tracker.proposals.tables import ProposalKind
from tracker.web.forms import says


class PutBuild(msgspec.Struct, frozen=True):
    """What a CI server says of a build.

    `release` is the Friday it is meant for; without one it is a build out of band and goes out
    at once. `after` names the version it follows; left out, it goes to the end of its line.
    `proposals` is exactly what it holds; null: every fix that waits for this model. `delayed`
    says why it is late; a later PUT without it sends the build on its way.
    """

    ring: Ring
    built_on: date | None = None
    release: date | None = None
    after: str | None = None
    proposals: list[str] | None = None
    delayed: str | Words | None = None


class ManifestBuild(PutBuild, frozen=True, kw_only=True):
    """One of many: `device` by codename."""

    device: str
    version: str


class PutBuilds(msgspec.Struct, frozen=True):
    """What a CI server made, in the order in which builds of one line follow one another."""

    builds: list[ManifestBuild]


class WithdrawBuild(msgspec.Struct, frozen=True):
    """`reason` in both languages, or one text that serves for both: testers read it."""

    reason: Reason | Words


class MoveLine(msgspec.Struct, frozen=True):
    """All builds of a model in the ring `from` go to the ring `to`, behind `after`; left out, to
    the end."""

    origin: Ring = msgspec.field(name="from")
    to: Ring
    after: str | None = None


Line = Annotated[
    str,
    says(
        "这一条还空着，写一句话就行，最多 500 字",
        "Write a sentence, of 500 characters at most",
        min_length=1,
        max_length=500,
    ),
]
Notes = Annotated[
    str, says("太长了，最多 5000 字", "Too long: 5,000 characters at most", max_length=5000)
]


class Hold(msgspec.Struct, frozen=True):
    """`reason` is for the team: why the train waits."""

    reason: Annotated[
        str, says("太长了，最多 500 字", "Too long: 500 characters at most", max_length=500)
    ] = ""


class Order(msgspec.Struct, frozen=True):
    """The lines of a train, by proposal, as they are to follow one another within each module."""

    proposals: list[str]


class Wording(msgspec.Struct, frozen=True):
    """A changelog line in both languages."""

    zh: Line
    en: Line


class PutErratum(msgspec.Struct, frozen=True):
    """Why a published line is taken back, in both languages, or one text that serves for both."""

    reason: Reason | Words


class Correction(msgspec.Struct, frozen=True):
    """The same as a page sends it: everybody who reads the post reads this."""

    zh: Reason
    en: Reason


class PutNotes(msgspec.Struct, frozen=True):
    """The important notes of a post: what to know before updating."""

    notes_zh: Notes = ""
    notes_en: Notes = ""


class ErratumOut(msgspec.Struct, frozen=True):
    """A line that had to be taken back, for these models."""

    at: datetime
    models: list[str]
    reason: Words


class EntryOut(msgspec.Struct, frozen=True):
    """A changelog line. `models` null: all of the release's. `id` null: not published yet.

    `missing` are the languages that have no wording yet: the proposal's title stands in, and the
    train does not leave. `credits` names the testers whose reports led to it, as far as they agree.
    """

    id: int | None
    proposal: str
    module: str
    module_name: Words
    kind: ProposalKind
    zh: str
    en: str
    models: list[str] | None
    erratum: ErratumOut | None = None
    missing: list[str] = []
    credits: list[str] = []


class ReleaseSummary(msgspec.Struct, frozen=True, kw_only=True):
    """`state`: planned, frozen, held or published."""

    date: date
    url: str
    state: str
    freeze_at: datetime
    publish_at: datetime
    frozen_at: datetime | None
    published_at: datetime | None


class ReleaseOut(ReleaseSummary, frozen=True, kw_only=True):
    notes: Words
    builds: list[BuildOut]
    entries: list[EntryOut]


class Finding(msgspec.Struct, frozen=True):
    """Something that stands in the way of a publication, or that the captain should know."""

    code: str
    text: Words
    proposal: str = ""
    device: str = ""
    version: str = ""
    """What it is about, as far as it is about one."""


class LeftBehind(msgspec.Struct, frozen=True):
    """A model whose testers a fix does not reach with this train: `code` is no_build, late,
    not_listed or after_freeze."""

    device: str
    code: str
    text: Words


class Waiting(msgspec.Struct, frozen=True):
    """A proposal that testers wait for and that this train does not bring them. `stage` is fixed
    (for the models named, whose builds do not carry it) or in_progress."""

    proposal: str
    title: str
    module: str
    stage: str
    reports: int
    testers: int
    models: list[LeftBehind]


class PlannedMessage(msgspec.Struct, frozen=True):
    """A notice as it would go out, in the recipient's language."""

    person: str
    language: str
    title: str
    text: str
    reports: list[str]


class PreviewOut(msgspec.Struct, frozen=True):
    """`waiting`: what testers wait for and do not get with it. Empty once the train has left."""

    date: date
    state: str
    freeze_at: datetime
    publish_at: datetime
    builds: list[BuildOut]
    entries: list[EntryOut]
    recipients: int
    messages: list[PlannedMessage]
    blockers: list[Finding]
    warnings: list[Finding]
    waiting: list[Waiting]
