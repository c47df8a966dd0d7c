"""What the team keeps at hand for answering."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import ForeignKey, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

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
