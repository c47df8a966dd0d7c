"""One build: what it is, what stands before and behind it in its line, and what it brought."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

import msgspec

from tracker import database
from tracker.devices.tables import Ring
from tracker.errors import NotFound
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals.access import require_can_see
from tracker.proposals.tables import ProposalKind
from tracker.releases.words import behind_tag


class Line(NamedTuple):
    """A build's place: its number, and where it stands in the line of its model and ring."""

    id: int
    model: int
    ring: str
    position: int


class Neighbour(NamedTuple):
    version: str
    published_at: datetime


class OneBuild(msgspec.Struct, frozen=True, kw_only=True):
    """`before` and `behind` are the nearest published builds of its line; `instead` the one to have
    where this one was withdrawn: the next that holds, else the last before it. `own` is the build
    of the reader's phone of that model, `has_phone` whether there is one."""

    line: Line
    codename: str
    name: Text
    version: str
    built_on: date | None
    release: date | None
    published_at: datetime | None
    delayed: Text | None
    withdrawn_at: datetime | None
    withdrawn: Text
    before: Neighbour | None
    behind: Neighbour | None
    instead: str | None
    has_phone: bool
    own: str | None

    @property
    def ring(self) -> Ring:
        return Ring(self.line.ring)


_NEAREST = (
    "LEFT JOIN LATERAL (SELECT n.version, n.published_at FROM builds n WHERE n.model = b.model"
    " AND n.ring = b.ring AND n.published_at IS NOT NULL AND n.position {sign} b.position"
    " ORDER BY n.position {order} LIMIT 1) {name} ON true "
)
_ONE = (
    "SELECT b.id, b.model, b.ring, b.position, b.version, b.built_on, b.release, b.published_at,"
    " b.delayed_zh, b.delayed_en, b.withdrawn_at, b.withdrawn_zh, b.withdrawn_en, d.codename,"
    " d.name_zh, d.name_en, before.version AS before, before.published_at AS before_at,"
    " behind.version AS behind, behind.published_at AS behind_at, instead.version AS instead,"
    " pd.id IS NOT NULL AS has_phone, own.version AS own"
    " FROM device_models d JOIN builds b ON b.model = d.id "
    + _NEAREST.format(name="before", sign="<", order="DESC")
    + _NEAREST.format(name="behind", sign=">", order="ASC")
    + "LEFT JOIN LATERAL (SELECT n.version FROM builds n WHERE n.model = b.model"
    " AND n.ring = b.ring AND n.published_at IS NOT NULL AND n.withdrawn_at IS NULL"
    " AND n.id <> b.id AND b.withdrawn_at IS NOT NULL"
    " ORDER BY n.position < b.position, abs(n.position - b.position) LIMIT 1) instead ON true"
    " LEFT JOIN person_devices pd ON pd.person = $3 AND pd.model = d.id"
    " LEFT JOIN builds own ON own.id = pd.build"
    " WHERE d.codename = $1 AND b.version = $2"
)


async def get_one(reader: Person, codename: str, version: str) -> OneBuild:
    """A build by its address, or NotFound. One query."""
    require_can_see(reader)
    row = await database.fetch_row(_ONE, codename, version, reader.id)
    if row is None:
        raise NotFound(
            Text(f"{codename} 没有「{version}」这个版本", f"{codename} has no build “{version}”")
        )
    late = row["delayed_zh"] or row["delayed_en"]
    return OneBuild(
        line=Line(row["id"], row["model"], row["ring"], row["position"]),
        codename=row["codename"],
        name=Text(row["name_zh"], row["name_en"]),
        version=row["version"],
        built_on=row["built_on"],
        release=row["release"],
        published_at=row["published_at"],
        delayed=Text(row["delayed_zh"] or late, row["delayed_en"] or late) if late else None,
        withdrawn_at=row["withdrawn_at"],
        withdrawn=Text(
            row["withdrawn_zh"] or row["withdrawn_en"], row["withdrawn_en"] or row["withdrawn_zh"]
        ),
        before=Neighbour(row["before"], row["before_at"]) if row["before"] else None,
        behind=Neighbour(row["behind"], row["behind_at"]) if row["behind"] else None,
        instead=row["instead"],
        has_phone=row["has_phone"],
        own=row["own"],
    )


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """A changelog line as it is for this build's model. `ended_at` and `reason`: it no longer
    holds there, because the fix was taken back or the problem was seen on it still."""

    proposal: int
    module: Text
    kind: ProposalKind
    line: Text
    own: list[int]
    ended_at: datetime | None
    reason: Text


# A build's own shipments, in the words of its release where that has a line of them.
_BROUGHT = """
SELECT p.id, m.name_zh, m.name_en, coalesce(e.kind, p.kind) AS kind,
    coalesce(e.zh, nullif(p.changelog_zh, ''), p.title) AS zh,
    coalesce(e.en, nullif(p.changelog_en, ''), p.title) AS en,
    CASE WHEN s.ended IN ('reverted', 'broken') THEN s.ended_at END AS ended_at,
    s.reason_zh, s.reason_en, ARRAY(SELECT own.id FROM reports own
        WHERE own.reporter = $2 AND own.released_in = s.build AND own.proposal = p.id
        ORDER BY own.id) AS own
FROM shipments s JOIN builds b ON b.id = s.build JOIN proposals p ON p.id = s.proposal
LEFT JOIN releases rel ON rel.date = b.release
LEFT JOIN entries e ON e.release = rel.id AND e.proposal = p.id
JOIN modules m ON m.id = coalesce(e.module, p.module)
WHERE s.build = $1 AND s.shipped_at IS NOT NULL
ORDER BY m.position, m.slug, e.position,
    array_position(ARRAY['new', 'optimization', 'fix'], p.kind::text), p.id
"""


async def brought_by(reader: Person, build: Line) -> list[Brought]:
    """In the order of a changelog. One query."""
    require_can_see(reader)
    return [
        Brought(
            proposal=row["id"],
            module=Text(row["name_zh"], row["name_en"]),
            kind=ProposalKind(row["kind"]),
            line=behind_tag(row["kind"], Text(row["zh"], row["en"])),
            own=list(row["own"]),
            ended_at=row["ended_at"],
            reason=Text(row["reason_zh"], row["reason_en"]),
        )
        for row in await database.fetch(_BROUGHT, build.id, reader.id)
    ]
