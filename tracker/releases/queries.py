"""Reading trains: what is on them, what stands in their way."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from asyncpg import Record
from piccolo.querystring import QueryString

from tracker import database
from tracker.devices.forms import BuildOut, Words
from tracker.devices.queries import BUILD_COLUMNS, build_out, builds_of_release
from tracker.devices.tables import Ring
from tracker.errors import NotFound
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals.tables import ProposalKind
from tracker.releases.access import may_see_unpublished
from tracker.releases.contents import aboard, contents
from tracker.releases.forms import EntryOut, ErratumOut, Finding
from tracker.timetable import Timetable


class Train(msgspec.Struct, frozen=True, kw_only=True):
    """A release with its times, all UTC. `freeze_at` and `publish_at` are the timetable's."""

    id: int
    date: date
    state: str
    freeze_at: datetime
    publish_at: datetime
    frozen_at: datetime | None
    published_at: datetime | None
    published_by: str | None
    notes: Text
    noted_at: datetime | None


TRAIN_COLUMNS = (
    "r.id, r.date, r.frozen_at, r.held_at, r.published_at, r.notes_zh, r.notes_en,"
    " r.noted_at, p.display_name AS published_by"
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
    x.ended_at, x.ended_models, x.reason_zh, x.reason_en{more}
FROM entries e JOIN releases r ON r.id = e.release JOIN modules m ON m.id = e.module
CROSS JOIN LATERAL (
    SELECT max(s.ended_at) AS ended_at, array_agg(DISTINCT d.codename) AS ended_models,
        max(s.reason_zh) AS reason_zh, max(s.reason_en) AS reason_en
    FROM shipments s JOIN builds b ON b.id = s.build JOIN device_models d ON d.id = s.model
    WHERE s.proposal = e.proposal AND s.ended = 'reverted' AND b.release = r.date) x
WHERE e.release = ANY ($1) ORDER BY e.release, e.position, e.id
"""


async def published_entries(release: int) -> list[EntryOut]:
    rows = await database.fetch(ENTRIES.replace("{more}", ""), [release])
    return [entry_out(row) for row in rows]


async def draft_entries(day: date, *, cutoff: datetime) -> list[EntryOut]:
    """The lines that a train would leave with, worked out from what its builds carry."""
    rows = await database.rows(
        QueryString(
            "SELECT NULL::bigint AS id, NULL::timestamptz AS ended_at, p.id AS proposal, m.slug, m.name_zh, m.name_en, p.kind,"
            " coalesce(nullif(p.changelog_zh, ''), p.title) AS zh,"
            " coalesce(nullif(p.changelog_en, ''), p.title) AS en,"
            " CASE WHEN count(DISTINCT c.model) <"
            "  (SELECT count(DISTINCT b.model) FROM builds b WHERE {})"
            "  THEN array_agg(DISTINCT d.codename) END AS codenames"
            " FROM ({}) AS c JOIN proposals p ON p.id = c.proposal JOIN modules m ON m.id = p.module"
            " JOIN device_models d ON d.id = c.model GROUP BY p.id, m.id"
            " ORDER BY m.position, m.slug,"
            " array_position(ARRAY['new', 'optimization', 'fix'], p.kind::text), p.id",
            aboard(day),
            contents(aboard(day), cutoff=cutoff),
        )
    )
    return [entry_out(row) for row in rows]


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
    )


async def model_names(codenames: set[str]) -> dict[str, Text]:
    """Market names, for the brackets behind a line."""
    rows = await database.fetch(
        "SELECT codename, name_zh, name_en FROM device_models WHERE codename = ANY ($1)",
        sorted(codenames),
    )
    return {row["codename"]: Text(row["name_zh"], row["name_en"]) for row in rows}


async def findings(train: Train, *, now: datetime) -> tuple[list[Finding], list[Finding]]:
    """What blocks a publication, and what the captain should know before it."""
    blockers: list[Finding] = []
    warnings: list[Finding] = []
    builds = await builds_of_release(train.date)
    on_time = [row for row in builds if not (row["delayed_zh"] or row["delayed_en"])]
    if not on_time and train.published_at is None:
        blockers.append(
            Finding(
                "no_build",
                Words("这一期还没有可以发布的版本", "No build can leave with this train"),
            )
        )
    unworded = await _unworded(train, now=now)
    warnings.extend(
        Finding(
            "no_wording",
            Words(
                f"P-{row['id']} 没有{'中文' if not row['changelog_zh'] else '英文'}更新说明，将使用标题",
                f"P-{row['id']} has no {'Chinese' if not row['changelog_zh'] else 'English'}"
                " wording: its title will serve",
            ),
        )
        for row in unworded
    )
    warnings.extend(
        Finding(
            "late",
            Words(
                f"{row['name_zh']} {row['version']} 延迟：{row['delayed_zh']}",
                f"{row['name_en']} {row['version']} is late: {row['delayed_en']}",
            ),
        )
        for row in builds
        if row["delayed_zh"] or row["delayed_en"]
    )
    missing = await database.fetch(
        "SELECT d.name_zh, d.name_en, count(DISTINCT pd.person) AS testers FROM person_devices pd"
        " JOIN device_models d ON d.id = pd.model WHERE NOT EXISTS"
        " (SELECT 1 FROM builds b WHERE b.model = d.id AND b.release = $1)"
        " GROUP BY d.id ORDER BY count(DISTINCT pd.person) DESC, d.name_en LIMIT 20",
        train.date,
    )
    warnings.extend(
        Finding(
            "no_build_for_model",
            Words(
                f"{row['name_zh']} 有 {row['testers']} 位内测用户，但这一期没有版本",
                f"{row['name_en']} has {row['testers']} tester"
                f"{'s' if row['testers'] != 1 else ''} but no build in this release",
            ),
        )
        for row in missing
    )
    return blockers, warnings


async def _unworded(train: Train, *, now: datetime) -> list[Any]:
    entries = await entries_of(train, now=now)
    return await database.fetch(
        "SELECT id, changelog_zh FROM proposals WHERE id = ANY ($1)"
        " AND (changelog_zh = '' OR changelog_en = '') ORDER BY id",
        [int(entry.proposal.removeprefix("P-")) for entry in entries],
    )


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


_BUILDS = (
    f"SELECT {BUILD_COLUMNS}, CASE WHEN b.listed THEN ARRAY(SELECT s.proposal FROM shipments s"
    " WHERE s.build = b.id ORDER BY s.proposal) END AS listed_proposals"
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
