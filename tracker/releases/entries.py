"""Reading the lines of a changelog, published or in the making."""

from __future__ import annotations

from datetime import date, datetime

from asyncpg import Record
from piccolo.querystring import QueryString

from tracker import database
from tracker.devices.forms import BuildOut, Words
from tracker.language import Text
from tracker.proposals.credits import names_for
from tracker.proposals.tables import ProposalKind
from tracker.releases.contents import aboard, contents
from tracker.releases.forms import EntryOut, ErratumOut
from tracker.releases.queries import Train


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


def named_models(entries: list[EntryOut], builds: list[BuildOut]) -> set[str]:
    """The codenames that a post mentions: in brackets, in errata, and of its builds."""
    found = {build.device for build in builds}
    for entry in entries:
        found |= set(entry.models or ()) | set(entry.erratum.models if entry.erratum else ())
    return found
