"""Indexes of responses and of who looks after what; the responses that the threads tell of."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-12-01T02:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "responses until now, and the team"

STATEMENTS = (
    "CREATE UNIQUE INDEX responses_message ON responses (message) WHERE message IS NOT NULL",
    "CREATE INDEX responses_report ON responses (report, at)",
    "CREATE INDEX responses_act ON responses (act) WHERE act IS NOT NULL",
    # What the figures of the desk are made of.
    "CREATE INDEX responses_at ON responses (at) INCLUDE (report, person, waited)"
    " WHERE waited IS NOT NULL AND retracted_at IS NULL",
    # Who a report falls to whose module has nobody: a few people among a million.
    "CREATE INDEX people_team ON people (role, joined_at, id) WHERE disabled_at IS NULL"
    " AND role IN ('engineer', 'captain', 'admin')",
    "CREATE INDEX reports_owner_open ON reports (owner) WHERE closed_at IS NULL",
    # Replies and questions.
    """
INSERT INTO responses (report, person, kind, message, at, act, retracted_at)
SELECT m.report, m.author, CASE WHEN m.kind = 'question' THEN 'question' ELSE 'reply' END, m.id, m.at,
    (SELECT min(e.act) FROM events e WHERE e.report = m.report AND e.act IS NOT NULL
        AND e.kind IN ('report.replied', 'report.asked') AND (e.data->>'message')::bigint = m.id),
    m.retracted_at
FROM messages m WHERE m.official AND NOT m.internal ORDER BY m.id
""",
    # Closures, and reports that were recorded in a proposal.
    """
INSERT INTO responses (report, person, kind, at, act, retracted_at)
SELECT e.report, e.actor, CASE e.kind WHEN 'report.closed' THEN 'closure' ELSE 'recorded' END, e.at,
    e.act, u.at
FROM events e JOIN people p ON p.id = e.actor AND p.role IN ('engineer', 'captain', 'admin')
JOIN reports r ON r.id = e.report AND r.reporter <> e.actor
LEFT JOIN acts a ON a.id = e.act LEFT JOIN acts u ON u.id = a.undone_by
WHERE (e.kind = 'report.closed' AND e.data->>'reason' <> 'withdrawn'
    OR e.kind = 'report.accepted' AND e.data ? 'proposal')
    AND NOT e.data ?| ARRAY['undoes', 'again_of'] ORDER BY e.id
""",
    # How long each took, as reports/responses.py counts it.
    """
WITH turns AS (
    SELECT r.id AS report, coalesce((SELECT min(e.at) FROM events e WHERE e.report = r.id
        AND e.kind = 'report.imported'), r.filed_at) AS at, NULL::bigint AS response, false AS ends
    FROM reports r WHERE EXISTS (SELECT 1 FROM responses s WHERE s.report = r.id)
    UNION ALL SELECT m.report, m.at, NULL, false FROM messages m
        WHERE NOT m.official AND NOT m.internal AND m.retracted_at IS NULL
    UNION ALL SELECT e.report, e.at, NULL, e.kind <> 'report.unlinked' FROM events e
        LEFT JOIN acts a ON a.id = e.act WHERE a.undone_by IS NULL
        AND (e.kind IN ('report.unlinked', 'report.verified')
            OR e.kind = 'report.closed' AND e.data->>'reason' = 'withdrawn')
    UNION ALL SELECT s.report, s.at, s.id, true FROM responses s WHERE s.retracted_at IS NULL
), placed AS (
    SELECT *, count(*) FILTER (WHERE ends) OVER (PARTITION BY report ORDER BY at, ends, response
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS round FROM turns
), rounds AS (
    SELECT report, min(at) FILTER (WHERE NOT ends) AS since, max(response) AS response
    FROM placed GROUP BY report, round
)
UPDATE responses s SET waited = extract(epoch FROM s.at - o.since)::integer
FROM rounds o WHERE s.id = o.response
""",
)


class Anything(Table):
    """Carries raw statements; stands for no table."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="tracker", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Anything.raw(statement)

    manager.add_raw(run)
    return manager
