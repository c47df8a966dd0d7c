"""Counting the reports of device models."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from piccolo.querystring import QueryString

from tracker import database
from tracker.people.tables import Person
from tracker.reports.access import visible_to
from tracker.reports.filters import OPEN

MOST = 1000
MOST_IN_LIST = 100
"""Counted no further than this: a number beyond it helps nobody, and takes time to find out."""


async def open_counts(person: Person, codenames: Sequence[str]) -> dict[str, int]:
    """How many open reports each of these models has, up to MOST_IN_LIST."""
    rows = await database.rows(
        QueryString(
            "SELECT d.codename, found.n FROM device_models d, LATERAL ("
            " SELECT count(*) AS n FROM (SELECT 1 FROM reports WHERE reports.model = d.id"
            "  AND reports.status = ANY({}) AND {} LIMIT {}) capped) found"
            " WHERE d.codename = ANY({})",
            list(OPEN),
            visible_to(person),
            MOST_IN_LIST,
            list(codenames),
        )
    )
    return {row["codename"]: row["n"] for row in rows}


class BoardCounts(msgspec.Struct, frozen=True):
    """Figures of one model. Reports are counted up to MOST."""

    open: int
    solved: int
    testers: int


async def counts_of(person: Person, model: int) -> BoardCounts:
    """Open and solved reports that this person may see, and how many phones are tested on."""
    some = (
        "(SELECT count(*) FROM (SELECT 1 FROM reports WHERE reports.model = {}"
        " AND reports.status = ANY({}) AND {} LIMIT {}) capped)"
    )
    rows = await database.rows(
        QueryString(
            f"SELECT {some} AS open, {some} AS solved,"
            " (SELECT count(*) FROM person_devices WHERE model = {}) AS testers",
            model,
            list(OPEN),
            visible_to(person),
            MOST,
            model,
            ["released", "verified"],
            visible_to(person),
            MOST,
            model,
        )
    )
    return BoardCounts(rows[0]["open"], rows[0]["solved"], rows[0]["testers"])
