"""Reading repositories and what came from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from asyncpg import Record

from tracker import database
from tracker.errors import NotFound
from tracker.people.tables import Person
from tracker.repositories.access import require_can_keep_repositories
from tracker.repositories.forms import Act
from tracker.repositories.tables import HostKind

SHOWN = 30
"""Deliveries of a repository."""


class Kept(msgspec.Struct, frozen=True):
    """A repository at work. `models` by codename; null: all. `secret` is for checking, and for
    nobody's eyes."""

    id: int
    host: HostKind
    name: str
    branch: str
    models: list[str] | None
    secret: str
    added_at: datetime
    added_by: str | None
    heard_at: datetime | None


class Delivery(msgspec.Struct, frozen=True):
    at: datetime
    event: str
    project: str
    branch: str
    commits: int
    left_out: int
    why: str
    acts: list[Act]


_KEPT = (
    "SELECT r.*, p.display_name AS adder,"
    " (SELECT max(at) FROM repository_deliveries d WHERE d.repository = r.id) AS heard_at"
    " FROM repositories r LEFT JOIN people p ON p.id = r.added_by WHERE r.removed_at IS NULL"
)


async def repositories(captain: Person) -> Sequence[Kept]:
    require_can_keep_repositories(captain)
    return [_kept(row) for row in await database.fetch(f"{_KEPT} ORDER BY r.name, r.id")]


async def get_repository(captain: Person, number: int) -> Kept:
    require_can_keep_repositories(captain)
    return await addressed(number)


async def addressed(number: int) -> Kept:
    """The repository of a webhook's address: whoever sends it still has to prove who they are."""
    row = None
    # No column holds more, and an address may.
    if number < 2**31:
        row = await database.fetch_row(f"{_KEPT} AND r.id = $1", number)
    if row is None:
        raise NotFound
    return _kept(row)


def _kept(row: Record) -> Kept:
    return Kept(
        id=row["id"],
        host=HostKind(row["host"]),
        name=row["name"],
        branch=row["branch"],
        models=row["codenames"],
        secret=row["secret"],
        added_at=row["added_at"],
        added_by=row["adder"],
        heard_at=row["heard_at"],
    )


async def deliveries(captain: Person, number: int) -> list[Delivery]:
    """The last ones, newest first."""
    require_can_keep_repositories(captain)
    rows = await database.fetch(
        "SELECT at, event, project, branch, commits, left_out, why, acts"
        " FROM repository_deliveries WHERE repository = $1 ORDER BY id DESC LIMIT $2",
        number,
        SHOWN,
    )
    return [
        Delivery(**{**dict(row), "acts": msgspec.json.decode(row["acts"], type=list[Act])})
        for row in rows
    ]
