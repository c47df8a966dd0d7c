"""Reading builds, with the lists of those whose makers gave one."""

from __future__ import annotations

from asyncpg import Record

from tracker import database
from tracker.devices.forms import BuildOut
from tracker.devices.queries import BUILD_COLUMNS, build_out
from tracker.devices.tables import Ring
from tracker.releases.queries import Train

_BUILDS = (
    f"SELECT {BUILD_COLUMNS}, CASE WHEN b.listed THEN ARRAY(SELECT s.proposal FROM shipments s"
    " WHERE s.build = b.id AND NOT s.taken_over ORDER BY s.proposal) END AS listed_proposals"
    " FROM builds b JOIN device_models d ON d.id = b.model"
)


async def builds_of(train: Train) -> list[BuildOut]:
    """The release's builds by model and ring, with the list of those whose maker gave one."""
    rows = await database.fetch(
        f"{_BUILDS} WHERE b.release = $1 ORDER BY d.name_en, b.ring, b.position", train.date
    )
    return [_with_list(row) for row in rows]


async def list_builds(
    *, device: str, ring: Ring | None, limit: int, before: int | None = None
) -> list[tuple[int, BuildOut]]:
    """Builds with their ids, the latest added first."""
    rows = await database.fetch(
        f"{_BUILDS} WHERE ($1 = '' OR d.codename = $1) AND ($2::text IS NULL OR b.ring = $2)"
        " AND ($3::bigint IS NULL OR b.id < $3) ORDER BY b.id DESC LIMIT $4",
        device,
        ring,
        before,
        limit,
    )
    return [(row["id"], _with_list(row)) for row in rows]


async def get_build(number: int) -> BuildOut:
    rows = await database.fetch(f"{_BUILDS} WHERE b.id = $1", number)
    return _with_list(rows[0])


async def builds_in_line(model: int, ring: Ring) -> list[BuildOut]:
    """The builds of a model in a ring, in their order."""
    rows = await database.fetch(
        f"{_BUILDS} WHERE b.model = $1 AND b.ring = $2 ORDER BY b.position", model, ring
    )
    return [_with_list(row) for row in rows]


def _with_list(row: Record) -> BuildOut:
    listed = row["listed_proposals"]
    return build_out(row, None if listed is None else [f"P-{number}" for number in listed])
