"""The append-only record of everything that was done."""

from __future__ import annotations

from piccolo.columns import JSONB, BigInt, BigSerial, Boolean, ForeignKey, Timestamptz, Varchar
from piccolo.table import Table

from tracker.people.tables import Person


class Event(Table, tablename="events"):
    """Audit trail, timeline and outbox at once. Written in the transaction of the change.

    Rows are never changed or removed; `heard_at` alone is filled in, once, by whoever
    tells people about it.

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
    internal = Boolean(default=False, help_text="never shown to testers")
    data = JSONB(default="{}")
    heard_at = Timestamptz(null=True, default=None)
