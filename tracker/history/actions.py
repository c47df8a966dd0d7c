"""The one door to the record of what was done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from tracker import database
from tracker.history.acting import current
from tracker.people.tables import Person

CHANGES = "orange_friday_changes"
"""The channel on which every process hears that what is public may have changed.

It is announced in the transaction of the change: so when that is done, and only if it is. Here
rather than by triggers on the tables that posts are made of: what changes a post has an event, and
that has one door, while `pg_dump` of tables leaves out the function that triggers would need.
"""
_ANNOUNCED = f"pg_notify('{CHANGES}', '')"


async def announce() -> None:
    """For the rare change of something public that has no event. Several count as one."""
    await database.execute(f"SELECT {_ANNOUNCED}")


async def record(
    actor: Person | None,
    kind: str,
    *,
    now: datetime,
    report: int | None = None,
    proposal: int | None = None,
    build: int | None = None,
    release: int | None = None,
    internal: bool = False,
    data: dict[str, Any] | None = None,
) -> int:
    """Write one event and return its number. Call it inside the transaction of the change.

    `actor` is null for what the clock does. What is not about a report alone is announced.
    """
    public = report is None and (proposal or build or release) is not None
    row = await database.fetch_row(
        "INSERT INTO events"
        " (at, actor, kind, report, proposal, build, release, internal, data, act)"
        f" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id"
        f"{f', {_ANNOUNCED}' if public else ''}",
        now,
        actor.id if actor else None,
        kind,
        report,
        proposal,
        build,
        release,
        internal,
        msgspec.json.encode(data or {}).decode(),
        await current(),
    )
    assert row is not None
    number: int = row["id"]
    return number


async def record_each(
    actor: Person | None,
    changed: QueryString,
    *,
    now: datetime,
    proposal: int | None = None,
    build: int | None = None,
    release: int | None = None,
    internal: bool = False,
) -> list[int]:
    """Write one event for each row of `changed`, in one statement, whatever their number.

    `changed` is a query, often an `UPDATE … RETURNING`, that yields `report`, `kind` and
    `data` (jsonb). Returns the reports' numbers.
    """
    rows = await database.rows(
        QueryString(
            "WITH changed AS ({}) "
            "INSERT INTO events"
            " (at, actor, kind, report, proposal, build, release, internal, data, act) "
            "SELECT {}::timestamptz, {}::integer, kind, report, {}::bigint, {}::bigint, {}::bigint,"
            " {}::boolean, data, {}::bigint FROM changed RETURNING report",
            changed,
            now,
            actor.id if actor else None,
            proposal,
            build,
            release,
            internal,
            await current(),
        )
    )
    return [row["report"] for row in rows]


def recorded_each(changed: str, *, internal: bool = False) -> str:
    """One event for each row of `changed`, as a piece of a statement that makes the change too.

    For an action that is one statement, and so one transaction. `changed` is a query that yields
    `at`, `actor`, `kind`, `report` and `data` (jsonb).
    """
    return (
        "INSERT INTO events (at, actor, kind, report, internal, data)"
        f" SELECT at, actor, kind, report, {internal}, data FROM ({changed}) changed"
    )


async def record_imported(changed: QueryString, *, now: datetime, internal: bool) -> int:
    """Write one event for each row of `changed`, already heard: an import tells nobody anything.

    `changed` is a query, often an `INSERT … RETURNING`, that yields `kind`, `report`, `build`
    and `data` (jsonb). Returns how many there were.
    """
    rows = await database.rows(
        QueryString(
            "WITH changed AS ({}), recorded AS ("
            "INSERT INTO events (at, actor, kind, report, build, internal, data, heard_at) "
            "SELECT {}::timestamptz, NULL, kind, report, build, {}::boolean, data, {}::timestamptz"
            " FROM changed RETURNING id)"
            f" SELECT count(*) AS n, {_ANNOUNCED} FROM recorded",
            changed,
            now,
            internal,
            now,
        )
    )
    number: int = rows[0]["n"]
    return number
