"""The serious problems that a build brought: for those inside the closed beta."""

from __future__ import annotations

from asyncpg import Record

from tracker import database
from tracker.advice.one_build import Line, OneBuild
from tracker.advice.rule import Advice, Problem, Verdict, weigh
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals.access import require_can_see
from tracker.reports.tables import Severity

# A problem is a proposal, or a report that is in none. It is seen wherever a report or a "me too"
# of this model was made, closed ones aside; the build on which it was seen first brought it. Each
# step leaves fewer, and what costs most is asked of the few that are left.
#
# $1 is the model, $2 the ring, $3 the position in that line, $4 the build. `first` asks in LIMIT,
# and not with EXISTS, which the planner turns into a look at every report there is.
_PROBLEMS = """
WITH here AS MATERIALIZED (
    SELECT DISTINCT r.proposal, CASE WHEN r.proposal IS NULL THEN r.id END AS alone
    FROM (SELECT id FROM reports WHERE build = $4
        UNION ALL SELECT report FROM affected WHERE build = $4) seen
    JOIN reports r ON r.id = seen.id AND r.model = $1
    WHERE r.status IN ('new', 'needs_info', 'accepted', 'in_progress', 'fixed')
        AND (r.proposal IS NOT NULL OR r.severity IN ('brick', 'data_loss', 'security', 'major'))
), fresh AS MATERIALIZED (
    SELECT * FROM here WHERE (
        SELECT 1 FROM reports r JOIN builds b ON b.id = r.build
        WHERE r.proposal = here.proposal AND r.model = $1 AND r.status <> 'closed'
            AND b.ring = $2 AND b.position < $3 LIMIT 1) IS NULL
    AND (SELECT 1 FROM reports r JOIN builds b ON b.id = r.build
        WHERE r.id = here.alone AND b.ring = $2 AND b.position < $3) IS NULL
), serious AS MATERIALIZED (
    SELECT fresh.*, found.* FROM fresh CROSS JOIN LATERAL (
        SELECT min(array_position(ARRAY['brick', 'data_loss', 'security', 'major'],
                r.severity::text)) AS worst,
            count(*) AS reports, min(r.expected_on) AS expected_on,
            bool_or(r.status = 'in_progress') AS started,
            bool_or(r.answered_at IS NOT NULL) AS answered
        FROM reports r WHERE r.proposal = fresh.proposal AND r.model = $1
            AND r.status IN ('new', 'needs_info', 'accepted', 'in_progress', 'fixed')
        HAVING fresh.alone IS NULL
        UNION ALL
        SELECT array_position(ARRAY['brick', 'data_loss', 'security', 'major'], r.severity::text),
            1, r.expected_on, false, r.answered_at IS NOT NULL
        FROM reports r WHERE r.id = fresh.alone) found
    WHERE found.worst IS NOT NULL
), gathered AS MATERIALIZED (
    SELECT serious.*, CASE WHEN alone IS NULL THEN ARRAY(SELECT r.id FROM reports r
        WHERE r.proposal = serious.proposal AND r.status <> 'closed') ELSE ARRAY[alone] END AS ids
    FROM serious
)
SELECT g.proposal, g.alone, g.worst, g.reports, g.expected_on, g.started, g.answered,
    coalesce(p.title, r.title) AS title, coalesce(p.changelog_zh, '') AS zh,
    coalesce(p.changelog_en, '') AS en, coalesce(p.kind, 'fix') AS kind, m.slug, m.name_zh, m.name_en,
    (SELECT bool_and(h.private) OR bool_or(h.severity = 'security') FROM reports h
        WHERE h.id = ANY (g.ids)) AS hidden,
    (SELECT count(DISTINCT everybody.person) FROM (
        SELECT h.reporter AS person FROM reports h WHERE h.id = ANY (g.ids) AND h.model = $1
            AND h.status IN ('new', 'needs_info', 'accepted', 'in_progress', 'fixed')
        UNION ALL
        SELECT a.person FROM affected a WHERE a.report = ANY (g.ids) AND a.model = $1
        UNION ALL
        SELECT v.person FROM verifications v JOIN builds b ON b.id = v.build
        WHERE v.report = ANY (g.ids) AND v.verdict = 'broken'
            AND b.model = $1 AND b.ring = $2 AND b.position >= $3) everybody) AS testers
FROM gathered g LEFT JOIN proposals p ON p.id = g.proposal LEFT JOIN reports r ON r.id = g.alone
JOIN modules m ON m.id = coalesce(p.module, r.module)
WHERE p.state IS DISTINCT FROM 'declined' AND (
    SELECT 1 FROM affected a JOIN builds b ON b.id = a.build
    WHERE a.report = ANY (g.ids) AND a.model = $1 AND b.ring = $2 AND b.position < $3 LIMIT 1) IS NULL
ORDER BY g.worst, g.reports DESC, g.proposal, g.alone LIMIT 20
"""

_SEVERITIES = (Severity.BRICK, Severity.DATA_LOSS, Severity.SECURITY, Severity.MAJOR)


async def problems_of(reader: Person, build: Line) -> list[Problem]:
    """Open on this model and first seen in this build of its line, the worst first. One query."""
    require_can_see(reader)
    rows = await database.fetch(_PROBLEMS, build.model, build.ring, build.position, build.id)
    return [_problem(row, named=reader.is_staff) for row in rows]


def _problem(row: Record, *, named: bool) -> Problem:
    """What a hidden one is about is told to nobody here; the team (`named`) can follow it up."""
    hidden: bool = row["hidden"]
    if row["expected_on"]:
        state = "fixed"
    elif row["started"]:
        state = "in_progress"
    elif row["proposal"]:
        state = "recorded"
    else:
        state = "asked" if row["answered"] else "new"
    return Problem(
        severity=_SEVERITIES[row["worst"] - 1],
        line=None if hidden else Text(row["zh"] or row["title"], row["en"] or row["title"]),
        kind=row["kind"],
        module=None if hidden else row["slug"],
        module_name=None if hidden else Text(row["name_zh"], row["name_en"]),
        proposal=row["proposal"] if named or not hidden else None,
        report=row["alone"] if named or not hidden else None,
        recorded=row["proposal"] is not None,
        reports=row["reports"],
        testers=row["testers"],
        state=state,
        expected_on=row["expected_on"],
    )


async def advice_on(reader: Person, build: OneBuild) -> Advice | None:
    """None while nobody can have it. One query, none for a build that was withdrawn."""
    if build.published_at is None:
        return None
    if build.withdrawn_at is not None:
        return Advice(Verdict.WAIT, [], build.withdrawn)
    return weigh(await problems_of(reader, build.line))
