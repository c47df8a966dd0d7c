"""What workers know of the far sides, and share."""

from __future__ import annotations

from piccolo.columns import BigInt, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table


class Host(Table, tablename="delivery_hosts"):
    """A host in trouble: a breaker that all workers see. Hosts that are well have no row."""

    host = Varchar(length=255, primary_key=True)
    failures = Integer(default=0, help_text="times in a row that it was left alone")
    paused_until = Timestamptz()
    detail = Text(default="")


class Turn(Table, tablename="delivery_turns"):
    """When the next call to a host may begin, where all workers together keep to a pace."""

    host = Varchar(length=255, primary_key=True)
    next_at = Timestamptz()


class Total(Table, tablename="delivery_totals"):
    """How many tries ended how, ever: for Prometheus, which wants numbers that only grow."""

    channel = Varchar(length=12, primary_key=True)
    sent = BigInt(default=0)
    failed = BigInt(default=0)
    dead = BigInt(default=0)
