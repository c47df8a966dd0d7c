"""What the pages of reports and of device models show of proposals."""

from __future__ import annotations

from datetime import date

import msgspec

from tracker import database
from tracker.devices.tables import Ring
from tracker.language import Text
from tracker.proposals.credits import thanks_to


class Known(msgspec.Struct, frozen=True):
    """A known issue of a model: an unfinished proposal with reports from it.

    `line` is the changelog's wording where there is one, for `kind`; else the title.
    """

    id: int
    kind: str
    line: Text
    module: Text
    state: str
    reports: int
    expected_on: date | None


_KNOWN = """
SELECT p.id, p.kind, p.title, p.changelog_zh, p.changelog_en, m.name_zh, m.name_en, p.state,
    known.reports, known.expected_on
FROM (SELECT r.proposal, count(*) AS reports, min(r.expected_on) AS expected_on FROM reports r
    WHERE r.model = $1 AND r.proposal IS NOT NULL AND NOT r.private
        AND r.status IN ('accepted', 'in_progress', 'fixed', 'needs_info') {in_it}
    GROUP BY r.proposal ORDER BY count(*) DESC, r.proposal DESC LIMIT $2) known
JOIN proposals p ON p.id = known.proposal JOIN modules m ON m.id = p.module
ORDER BY known.reports DESC, p.id DESC
"""
# The builds of a model are few: what was met on a later one, or in another ring, is left out.
_KNOWN_IN = _KNOWN.format(
    in_it="AND (r.build IS NULL OR r.build = ANY (ARRAY(SELECT id FROM builds"
    " WHERE model = $1 AND ring = $3 AND position <= $4)))"
)
_KNOWN = _KNOWN.format(in_it="")


async def known_issues(
    model: int, *, build: tuple[str, int] | None = None, limit: int = 10
) -> list[Known]:
    """What is open on this model, most reported first.

    With `build`, a ring and a position in it, only what was met there or before.
    """
    rows = await (
        database.fetch(_KNOWN, model, limit)
        if build is None
        else database.fetch(_KNOWN_IN, model, limit, *build)
    )
    return [
        Known(
            row["id"],
            row["kind"],
            Text(row["changelog_zh"] or row["title"], row["changelog_en"] or row["title"]),
            Text(row["name_zh"], row["name_en"]),
            row["state"],
            row["reports"],
            row["expected_on"],
        )
        for row in rows
    ]


class Gathered(msgspec.Struct, frozen=True):
    """What the page of a report says about the proposal it is in."""

    name: str
    line: Text
    state: str
    others: int
    thanked: bool | None
    """Whether its changelog line, once it is out, names whoever filed the report; null: it owes
    them nothing."""


async def gathered_in(proposal: int, *, besides: int) -> Gathered:
    """The proposal, and how many testers besides this one have their reports or "me too" there."""
    row = await database.fetch_row(
        "SELECT p.title, p.changelog_zh, p.changelog_en, p.state, (SELECT count(DISTINCT person)"
        "  FROM (SELECT reporter AS person FROM reports WHERE proposal = $1 UNION ALL"
        "   SELECT a.person FROM affected a JOIN reports r ON r.id = a.report"
        "   WHERE r.proposal = $1) everybody WHERE person <> $2) AS others,"
        " CASE WHEN EXISTS (SELECT 1 FROM shipments s JOIN builds b ON b.id = s.build"
        "   WHERE s.proposal = $1 AND s.shipped_at IS NOT NULL AND b.release IS NOT NULL"
        "   AND s.ended IS DISTINCT FROM 'reverted')"
        f"  THEN {thanks_to('$1', '$2')} END AS thanked"
        " FROM proposals p WHERE p.id = $1",
        proposal,
        besides,
    )
    assert row is not None
    line = Text(row["changelog_zh"] or row["title"], row["changelog_en"] or row["title"])
    return Gathered(f"P-{proposal}", line, row["state"], row["others"], row["thanked"])


class Checkable(msgspec.Struct, frozen=True):
    """A build on which one can say whether the problem is gone."""

    version: str
    ring: Ring
    fixed: bool


async def checkable_builds(proposal: int, model: int) -> list[Checkable]:
    """The last 20 builds of each ring of a model that are out and not withdrawn, newest first, and
    which of them have the fix."""
    rows = await database.fetch(
        "SELECT version, ring, EXISTS (SELECT 1 FROM shipments s JOIN builds sb ON sb.id = s.build"
        "  WHERE s.proposal = $1 AND s.model = $2 AND s.ring = b.ring"
        "  AND s.shipped_at IS NOT NULL AND s.ended_at IS NULL AND sb.position <= b.position"
        " ) AS fixed FROM (SELECT version, ring, position,"
        "  row_number() OVER (PARTITION BY ring ORDER BY position DESC) AS place"
        "  FROM builds WHERE model = $2 AND published_at IS NOT NULL AND withdrawn_at IS NULL) b"
        " WHERE place <= 20"
        " ORDER BY array_position(ARRAY['closed','dev','stable'], ring::text), position DESC",
        proposal,
        model,
    )
    return [Checkable(row["version"], Ring(row["ring"]), row["fixed"]) for row in rows]
