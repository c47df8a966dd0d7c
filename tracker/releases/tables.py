"""The Friday train and the lines of its changelog."""

from __future__ import annotations

from piccolo.columns import (
    Array,
    BigSerial,
    Date,
    ForeignKey,
    Integer,
    Serial,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from tracker.devices.tables import Module
from tracker.people.tables import Person
from tracker.proposals.tables import Proposal, ProposalKind


class Release(Table, tablename="releases"):
    """One Friday. Before publication its lines are worked out anew at each look."""

    id: Serial
    date = Date(unique=True)
    frozen_at = Timestamptz(null=True, default=None, help_text="later fixes take the next train")
    thawed_at = Timestamptz(
        null=True, default=None, help_text="a captain let fixes in again: the clock leaves it so"
    )
    held_at = Timestamptz(null=True, default=None, help_text="the clock does not publish it")
    held_reason = Text(default="", help_text="for the team")
    alarmed_at = Timestamptz(
        null=True, default=None, help_text="the captains were told that something blocks it"
    )
    published_at = Timestamptz(null=True, default=None)
    published_by = ForeignKey(Person, null=True, default=None, help_text="null: the clock")
    notes_zh = Text(default="", help_text="important notes at the head of the post, Markdown")
    notes_en = Text(default="")
    noted_at = Timestamptz(null=True, default=None, help_text="the notes were last changed")


class EntryPlace(Table, tablename="entry_places"):
    """Where a captain put a line of a train in the making, among those of its module.

    Lines without a place follow behind: by kind, then by number.
    """

    id = BigSerial(primary_key=True)
    release = ForeignKey(Release, null=False)
    proposal = ForeignKey(Proposal, null=False)
    position = Integer()


class Entry(Table, tablename="entries"):
    """A published changelog line. Whether it was withdrawn later is told by its shipments."""

    id = BigSerial(primary_key=True)
    release = ForeignKey(Release, null=False)
    proposal = ForeignKey(Proposal, null=False)
    module = ForeignKey(Module, null=False)
    kind = Varchar(length=14, choices=ProposalKind)
    zh = Text()
    en = Text()
    codenames = Array(
        base_column=Varchar(),
        null=True,
        default=None,
        help_text="the models it is for; null: all of the release's",
    )
    position = Integer()
