"""Which rules hold for which reports, and which of them decides: the one place that says so.

Routing and trying a rule out put the same pieces together. Both bring two relations, as parts of a
WITH: `rules` (the columns of RULES) and `filed` (FILED, from reports).
"""

from __future__ import annotations

from tracker.people.access import of_the_team

RULES = f"""
SELECT rule.name, rule.position::float8 AS position, rule.module, rule.model, rule.severities,
    rule.query, owner.id AS owner, owner.handle, owner.display_name AS owner_name, rule.labels,
    reply.name AS reply
FROM routing_rules rule LEFT JOIN saved_replies reply ON reply.id = rule.reply
LEFT JOIN people owner ON owner.id = rule.owner AND {of_the_team("owner")}
WHERE rule.enabled
"""
"""Those that are switched on. An owner who is of the team no longer counts as none."""


def holds(report: str) -> str:
    """The condition under which `rule` holds for a row of reports. What costs least comes first."""
    return (
        f"(rule.module IS NULL OR rule.module = {report}.module)"
        f" AND (rule.model IS NULL OR rule.model = {report}.model)"
        f" AND (rule.severities = '{{}}' OR {report}.severity = ANY (rule.severities))"
        f" AND (rule.query IS NULL OR {report}.search @@ rule.query)"
    )


FILED = """
reports.id, reports.module, reports.model, reports.severity, strip(reports.search) AS search,
    reports.owner AS owner_now, reports.labels AS labels_now, reports.suggested_reply AS reply_now
"""
"""What is looked at in a report. Its words are unpacked once, not once for each rule: `strip` leaves
them as they are, since they never have positions."""

DECIDED = f"""
hits AS (
    SELECT filed.id, filed.owner_now, filed.labels_now, filed.reply_now, rule.name, rule.position,
        rule.owner, rule.handle, rule.owner_name, rule.labels, rule.reply
    FROM filed JOIN rules rule ON {holds("filed")}
), owners AS (
    SELECT DISTINCT ON (id) * FROM hits WHERE owner IS NOT NULL ORDER BY id, position
), replies AS (
    SELECT DISTINCT ON (id) * FROM hits WHERE reply IS NOT NULL ORDER BY id, position
), tags AS (
    SELECT DISTINCT ON (id, label) * FROM hits, unnest(labels) AS label ORDER BY id, label, position
)
"""
"""The first rule with an owner decides who it is, the first with a reply which one is suggested;
labels add up, each by the first rule that has it.

All rows carry what the report has now, so that nothing is joined again: PostgreSQL has no
idea how many there are, and would compare each with each."""
