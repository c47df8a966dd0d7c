"""What people are to be told, and how it got to them."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    BigInt,
    BigSerial,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from tracker.people.tables import Person


class NoticeKind(StrEnum):
    """`friday` and `build` bring news of fixes; `correction` takes such news back.

    `blocked` tells captains, an hour before, that a train cannot leave as it is.
    """

    FRIDAY = "friday"
    BUILD = "build"
    CORRECTION = "correction"
    QUESTION = "question"
    REPLY = "reply"
    CLOSURE = "closure"
    ANSWER = "answer"
    APPEAL = "appeal"
    REOPENED = "reopened"
    SEVERE = "severe"
    BLOCKED = "blocked"


class Notice(Table, tablename="notices"):
    """One thing one person is told, once: (person, cause) is unique.

    It keeps facts, not sentences: the words are made for the reader's language when read.
    """

    id = BigSerial(primary_key=True)
    person = ForeignKey(Person, null=False)
    cause = Varchar(length=80, help_text="release:2026-11-27, build:7, event:123")
    kind = Varchar(length=12, choices=NoticeKind)
    event = BigInt(help_text="the event that it was made from")
    data = JSONB(default="{}")
    at = Timestamptz()
    read_at = Timestamptz(null=True, default=None)


class DeliveryState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"


class Delivery(Table, tablename="deliveries"):
    """One notice over one channel."""

    id = BigSerial(primary_key=True)
    notice = ForeignKey(Notice, null=False)
    channel = Varchar(length=20)
    state = Varchar(length=8, choices=DeliveryState, default=DeliveryState.PENDING)
    attempts = Integer(default=0)
    at = Timestamptz()
    detail = Text(default="")
