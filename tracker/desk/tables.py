"""What the team keeps at hand for answering."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import (
    Array,
    Boolean,
    ForeignKey,
    Integer,
    OnDelete,
    Serial,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from tracker.devices.tables import DeviceModel, Module
from tracker.people.tables import Person


class ReplyKind(StrEnum):
    """What a saved reply is sent as."""

    REPLY = "reply"
    QUESTION = "question"
    CLOSURE = "closure"


class SavedReply(Table, tablename="saved_replies"):
    """Words for what has to be said again and again, in both languages, with fields to fill in.

    One that is removed is gone; the record keeps its words.
    """

    id: Serial
    name = Varchar(length=40, unique=True, help_text="how the command line calls it")
    kind = Varchar(length=10, choices=ReplyKind)
    reason = Varchar(length=20, default="", help_text="of a closure: reports.tables.Reason")
    zh = Text()
    en = Text()
    kept_by = ForeignKey(Person, null=True, default=None, help_text="who last changed it")
    kept_at = Timestamptz()


class RoutingRule(Table, tablename="routing_rules"):
    """What a newly filed report must be like, and who gets it, under which labels.

    The conditions that are given must all hold; the words are matched as the search does, by the
    column `query` (a tsquery made of them, made in the migrations). `position` counts from 1 without gaps.
    """

    id: Serial
    name = Varchar(length=40, unique=True, help_text="how the history and the command line call it")
    position = Integer()
    enabled = Boolean(default=True)
    words = Array(base_column=Text(), default=list, help_text="any of these phrases")
    module = ForeignKey(Module, null=True, default=None)
    model = ForeignKey(DeviceModel, null=True, default=None)
    severities = Array(base_column=Text(), default=list, help_text="any of these; empty: all")
    owner = ForeignKey(Person, null=True, default=None)
    labels = Array(base_column=Text(), default=list)
    reply = ForeignKey(
        SavedReply,
        on_delete=OnDelete.restrict,
        null=True,
        default=None,
        help_text="to be suggested",
    )
    kept_by = ForeignKey(Person, null=True, default=None, help_text="who last changed it")
    kept_at = Timestamptz()
