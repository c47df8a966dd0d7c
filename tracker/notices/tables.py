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

    `blocked` tells captains, an hour before, that a train cannot leave as it is. `changelog` is
    what a team's robot posts of a release.
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
    CHANGELOG = "changelog"


class Notice(Table, tablename="notices"):
    """One thing one person is told, once: (person, cause) is unique, and (robot, cause).

    It keeps facts, not sentences: the words are made for the reader's language when read.
    """

    id = BigSerial(primary_key=True)
    person = ForeignKey(Person, null=True, help_text="null: for a team's robot")
    robot = BigInt(null=True, default=None, help_text="its subscription")
    cause = Varchar(length=80, help_text="release:2026-11-27, build:7, event:123")
    kind = Varchar(length=12, choices=NoticeKind)
    event = BigInt(help_text="the event that it was made from")
    data = JSONB(default="{}")
    at = Timestamptz()
    read_at = Timestamptz(null=True, default=None)


class DeliveryState(StrEnum):
    """`failed` is tried again; `dead` never is, and says why."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"


class Delivery(Table, tablename="deliveries"):
    """One notice on its way to one subscription: (notice, subscription) is unique.

    The inbox has none: a notice has arrived there by being there. What a row is about is kept as
    plain numbers: a million of them are written at once, and neither notices nor subscriptions
    are ever removed.
    """

    id = BigSerial(primary_key=True)
    notice = BigInt()
    subscription = BigInt()
    channel = Varchar(length=12)
    host = Varchar(length=255)
    state = Varchar(length=8, choices=DeliveryState, default=DeliveryState.PENDING)
    attempts = Integer(default=0)
    due_at = Timestamptz(
        null=True,
        default=None,
        help_text="when to try next; while a worker is at it, when its lease ends; null: settled",
    )
    at = Timestamptz(help_text="of the last change")
    detail = Text(default="")
