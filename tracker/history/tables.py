"""The append-only record of everything that was done."""

from __future__ import annotations

from piccolo.columns import JSONB, BigInt, BigSerial, Boolean, ForeignKey, Timestamptz, Varchar
from piccolo.table import Table

from tracker.people.tables import Person


class Event(Table, tablename="events"):
    """Audit trail, timeline and outbox at once. Written in the transaction of the change.

    Rows are never changed or removed. Two marks are filled in, once each: `heard_at` by whoever
    tells people about it, `routed_at` by the desk, on `report.filed` alone.

    The things an event is about are kept as plain numbers: they live in later rooms.
    """

    id = BigSerial(primary_key=True)
    at = Timestamptz()
    actor = ForeignKey(Person, null=True, default=None, help_text="null: the clock")
    kind = Varchar(length=40, help_text="noun.verb in the past tense: report.filed")
    report = BigInt(null=True, default=None)
    proposal = BigInt(null=True, default=None)
    build = BigInt(null=True, default=None)
    release = BigInt(null=True, default=None)
    act = BigInt(null=True, default=None, help_text="what of the team's it was part of")
    internal = Boolean(default=False, help_text="never shown to testers")
    data = JSONB(default="{}")
    heard_at = Timestamptz(null=True, default=None)
    routed_at = Timestamptz(
        null=True, default=None, help_text="report.filed: the rules were asked about it"
    )


class Act(Table, tablename="acts"):
    """What somebody of the team did in one go, and can take back in one go (`acting`)."""

    id = BigSerial(primary_key=True)
    person = ForeignKey(Person, null=False)
    key = Varchar(length=64, null=True, default=None, help_text="of a command: (person, key)")
    at = Timestamptz()
    undoes = BigInt(null=True, default=None, help_text="the act that it takes back")
    undone_by = BigInt(null=True, default=None, help_text="the act that took it back")
    quiet = Boolean(default=False, help_text="undone, or undoing, before anybody was told")


class Change(Table, tablename="changes"):
    """How an act found a thing and how it left it: (act, subject, number) is unique.

    Of the facts that an act may change; before it is made, and after it is gone, a thing has none.
    """

    id = BigSerial(primary_key=True)
    act = BigInt()
    subject = Varchar(length=10)
    number = BigInt()
    before = JSONB()
    after = JSONB()
