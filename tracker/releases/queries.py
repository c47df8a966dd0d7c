"""Reading trains: what is on them, what stands in their way."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from asyncpg import Record
from piccolo.querystring import QueryString

from tracker import database
from tracker.devices.forms import BuildOut, Words
from tracker.devices.queries import BUILD_COLUMNS, build_out
from tracker.devices.tables import Ring
from tracker.errors import NotFound
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals.credits import names_for
from tracker.proposals.tables import ProposalKind
from tracker.releases.access import may_see_unpublished
from tracker.releases.contents import aboard, contents
from tracker.releases.forms import EntryOut, ErratumOut
from tracker.timetable import Timetable


class Train(msgspec.Struct, frozen=True, kw_only=True):
    """A release with its times, all UTC. `freeze_at` and `publish_at` are the timetable's."""

    id: int
    date: date
    state: str
    freeze_at: datetime
    publish_at: datetime
    frozen_at: datetime | None
    held_at: datetime | None
    held_reason: str
    alarmed: bool
    published_at: datetime | None
    published_by: str | None
    notes: Text
    noted_at: datetime | None


TRAIN_COLUMNS = (
    "r.id, r.date, r.frozen_at, r.held_at, r.held_reason, r.alarmed_at, r.published_at, r.notes_zh,"
    " r.notes_en, r.noted_at, p.display_name AS published_by"
)
_SELECT = f"SELECT {TRAIN_COLUMNS} FROM releases r LEFT JOIN people p ON p.id = r.published_by"


def train_out(row: Record, timetable: Timetable) -> Train:
    state = "planned"
    if row["published_at"]:
        state = "published"
    elif row["held_at"]:
        state = "held"
    elif row["frozen_at"]:
        state = "frozen"
    return Train(
        id=row["id"],
        date=row["date"],
        state=state,
        freeze_at=timetable.freeze_at(row["date"]),
        publish_at=timetable.publish_at(row["date"]),
        frozen_at=row["frozen_at"],
        held_at=row["held_at"],
        held_reason=row["held_reason"],
        alarmed=row["alarmed_at"] is not None,
        published_at=row["published_at"],
        published_by=row["published_by"],
        notes=Text(row["notes_zh"], row["notes_en"]),
        noted_at=row["noted_at"],
    )


async def list_trains(
    person: Person | None, timetable: Timetable, *, limit: int, before: date | None = None
) -> list[Train]:
    """Newest first; those in the making for the team alone."""
    rows = await database.fetch(
        _SELECT + " WHERE (r.published_at IS NOT NULL OR $1)"
        " AND ($2::date IS NULL OR r.date < $2) ORDER BY r.date DESC LIMIT $3",
        may_see_unpublished(person),
        before,
        limit,
    )
    return [train_out(row, timetable) for row in rows]


async def get_train(person: Person | None, day: date, timetable: Timetable) -> Train:
    """The train of a date, or NotFound where it is none of theirs."""
    row = await database.fetch_row(_SELECT + " WHERE r.date = $1", day)
    if row is None or (row["published_at"] is None and not may_see_unpublished(person)):
        raise NotFound(Text(f"没有 {day} 这一期", f"There is no release {day}"))
    return train_out(row, timetable)


async def builds_of(train: Train) -> list[BuildOut]:
    """The release's builds by model and ring, with the list of those whose maker gave one."""
    rows = await database.fetch(
        f"{_BUILDS} WHERE b.release = $1 ORDER BY d.name_en, b.ring, b.position", train.date
    )
    return [_with_list(row) for row in rows]


async def entries_of(train: Train, *, now: datetime) -> list[EntryOut]:
    """The lines: as published, or for a train in the making as they would be now."""
    if train.published_at is not None:
        return await published_entries(train.id)
    return await draft_entries(train.date, cutoff=train.frozen_at or now)


# In the order of the post, withdrawn ones in their place: what was taken back after publication
# is told by the shipments themselves. `{more}` is for further columns.
ENTRIES = """
SELECT e.release, e.id, e.proposal, m.slug, m.name_zh, m.name_en, e.kind, e.zh, e.en, e.codenames,
    x.ended_at, x.ended_models, x.reason_zh, x.reason_en, {credits} AS credits{more}
FROM entries e JOIN releases r ON r.id = e.release JOIN modules m ON m.id = e.module
CROSS JOIN LATERAL (
    SELECT max(s.ended_at) AS ended_at, array_agg(DISTINCT d.codename) AS ended_models,
        max(s.reason_zh) AS reason_zh, max(s.reason_en) AS reason_en
    FROM shipments s JOIN builds b ON b.id = s.build JOIN device_models d ON d.id = s.model
    WHERE s.proposal = e.proposal AND s.ended = 'reverted' AND s.shipped_at IS NOT NULL
        AND NOT s.taken_over
        AND b.release = r.date) x
WHERE e.release = ANY ($1) ORDER BY e.release, e.position, e.id
""".replace("{credits}", names_for("e.proposal"))


async def published_entries(release: int) -> list[EntryOut]:
    rows = await database.fetch(ENTRIES.replace("{more}", ""), [release])
    return [entry_out(row) for row in rows]


# Lines of a module `m` stand as a captain put them (`ep`), the rest behind: 新增, 优化, 修复.
LINE_ORDER = (
    "m.position, m.slug, ep.position,"
    " array_position(ARRAY['new', 'optimization', 'fix'], p.kind::text), p.id"
)


_DRAFT = f"""
SELECT NULL::bigint AS id, NULL::timestamptz AS ended_at, p.id AS proposal, m.slug, m.name_zh,
    m.name_en, p.kind, coalesce(nullif(p.changelog_zh, ''), p.title) AS zh,
    coalesce(nullif(p.changelog_en, ''), p.title) AS en,
    array_remove(ARRAY[CASE p.changelog_zh WHEN '' THEN 'zh' END,
        CASE p.changelog_en WHEN '' THEN 'en' END], NULL) AS missing,
    CASE WHEN count(DISTINCT c.model) < (SELECT count(DISTINCT b.model) FROM builds b WHERE {{}})
        THEN array_agg(DISTINCT d.codename) END AS codenames,
    {names_for("p.id")} AS credits
FROM ({{}}) AS c JOIN proposals p ON p.id = c.proposal JOIN modules m ON m.id = p.module
JOIN device_models d ON d.id = c.model
LEFT JOIN entry_places ep ON ep.proposal = p.id
    AND ep.release = (SELECT id FROM releases WHERE date = {{}})
GROUP BY p.id, m.id, ep.position ORDER BY {LINE_ORDER}
"""


async def draft_entries(day: date, *, cutoff: datetime) -> list[EntryOut]:
    """The lines that a train would leave with, worked out from what its builds carry."""
    leaving = aboard(day)
    query = QueryString(_DRAFT, leaving, contents(leaving, cutoff=cutoff), day)
    return [entry_out(row) for row in await database.rows(query)]


def entry_out(row: Record) -> EntryOut:
    erratum = None
    if row["ended_at"] is not None:
        reason = Words(row["reason_zh"], row["reason_en"])
        erratum = ErratumOut(row["ended_at"], list(row["ended_models"]), reason)
    return EntryOut(
        id=row["id"],
        proposal=f"P-{row['proposal']}",
        module=row["slug"],
        module_name=Words(row["name_zh"], row["name_en"]),
        kind=ProposalKind(row["kind"]),
        zh=row["zh"],
        en=row["en"],
        models=list(row["codenames"]) if row["codenames"] is not None else None,
        erratum=erratum,
        missing=list(row.get("missing") or ()),
        credits=list(row["credits"]),
    )


async def model_names(codenames: set[str]) -> dict[str, Text]:
    """Market names, for the brackets behind a line."""
    rows = await database.fetch(
        "SELECT codename, name_zh, name_en FROM device_models WHERE codename = ANY ($1)",
        sorted(codenames),
    )
    return {row["codename"]: Text(row["name_zh"], row["name_en"]) for row in rows}


def by_module(entries: list[EntryOut]) -> list[tuple[Words, list[EntryOut]]]:
    """Lines under their modules, in the order in which they come."""
    sections: dict[str, tuple[Words, list[EntryOut]]] = {}
    for entry in entries:
        sections.setdefault(entry.module, (entry.module_name, []))[1].append(entry)
    return list(sections.values())


async def due(timetable: Timetable, now: datetime) -> list[Train]:
    """Trains that have not left and are past their freeze, oldest first."""
    rows = await database.fetch(
        _SELECT + " WHERE r.published_at IS NULL AND r.date <= $1 ORDER BY r.date",
        timetable.coming(now),
    )
    trains = [train_out(row, timetable) for row in rows]
    return [train for train in trains if train.freeze_at <= now]


async def boarding(timetable: Timetable, now: datetime) -> date:
    """The next train that still takes a fix made `now`: a captain may have closed one early, or
    opened it again after its freeze."""
    coming = timetable.coming(now)
    rows = await database.fetch(
        "SELECT date, frozen_at, thawed_at, published_at FROM releases WHERE date >= $1", coming
    )
    known = {row["date"]: row for row in rows}
    day = coming
    while True:
        row = known.get(day)
        gone = row is not None and (row["published_at"] or row["frozen_at"])
        thawed = row is not None and row["thawed_at"]
        if not gone and (thawed or timetable.freeze_at(day) > now):
            return day
        day = timetable.following(day)


async def thawed(day: date) -> bool:
    row = await database.fetch_row(
        "SELECT 1 FROM releases WHERE date = $1 AND thawed_at IS NOT NULL", day
    )
    return row is not None


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


_BUILDS = (
    f"SELECT {BUILD_COLUMNS}, CASE WHEN b.listed THEN ARRAY(SELECT s.proposal FROM shipments s"
    " WHERE s.build = b.id AND NOT s.taken_over ORDER BY s.proposal) END AS listed_proposals"
    " FROM builds b JOIN device_models d ON d.id = b.model"
)


def _with_list(row: Record) -> BuildOut:
    listed = row["listed_proposals"]
    return build_out(row, None if listed is None else [f"P-{number}" for number in listed])


def named_models(entries: list[EntryOut], builds: list[BuildOut]) -> set[str]:
    """The codenames that a post mentions: in brackets, in errata, and of its builds."""
    found = {build.device for build in builds}
    for entry in entries:
        found |= set(entry.models or ()) | set(entry.erratum.models if entry.erratum else ())
    return found
