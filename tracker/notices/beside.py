"""What a Friday's notice tells beside what it solved: what slipped, was confirmed, was corrected,
and which questions still wait for the reader.

Only ever behind good news, and to nobody for its own sake. Pieces of one statement for everybody,
whose rows of good news are `solved` (person, report …), whose train is `$7`, and whose time `$4`.
"""

from __future__ import annotations

# Since when: the last Friday of each. Few Fridays, so few different times.
_SINCE = """
recipients AS MATERIALIZED (
    SELECT person, coalesce(last.id, 0) AS last, coalesce(last.at, '-infinity') AS since
    FROM (SELECT DISTINCT person FROM solved) AS them LEFT JOIN LATERAL (
        SELECT n.id, n.at FROM notices n WHERE n.person = them.person AND n.kind = 'friday'
        ORDER BY n.id DESC LIMIT 1) AS last ON true)
"""

# What was to come with this train and now comes with a later one.
_SLIPPED = """
slipped AS (
    SELECT r.reporter AS person, jsonb_agg(jsonb_build_object('report', r.id, 'title', r.title,
        'was', e.data->>'was', 'expected_on', e.data->>'expected_on') ORDER BY r.id) AS found
    FROM events e JOIN reports r ON r.id = e.report
    WHERE e.kind = 'report.moved' AND e.release = $7 GROUP BY r.reporter)
"""

# The testers whose last word on a fix, on the reporter's model and in a build that has it, is that
# it works, and was said since; each counts once, whatever the number of their reports. A proposal
# that thousands reported is counted for each time in question, not for each of them.
_CONFIRMED = """
theirs AS MATERIALIZED (
    SELECT t.person, t.since, r.id, r.title, r.proposal, r.model
    FROM recipients t JOIN reports r ON r.reporter = t.person
    WHERE r.proposal IS NOT NULL AND r.standing IN ('released', 'verified')
        AND NOT EXISTS (SELECT 1 FROM solved s WHERE s.person = t.person AND s.report = r.id)),
agreeing AS MATERIALIZED (
    SELECT proposal, model, person, max(at) AS at FROM (
        SELECT DISTINCT ON (v.report, v.person) r.proposal, b.model, v.person, v.verdict, v.at
        FROM verifications v JOIN reports r ON r.id = v.report JOIN builds b ON b.id = v.build
        WHERE r.proposal IN (SELECT proposal FROM theirs)
            AND EXISTS (SELECT 1 FROM shipments s JOIN builds sb ON sb.id = s.build
                WHERE s.proposal = r.proposal AND s.model = b.model AND s.ring = b.ring
                AND s.shipped_at IS NOT NULL AND sb.position <= b.position)
        ORDER BY v.report, v.person, v.at DESC, v.id DESC) AS words
    WHERE verdict = 'fixed' GROUP BY proposal, model, person),
counted AS (
    SELECT proposal, model, since, count(*) AS testers
    FROM (SELECT DISTINCT proposal, model, since FROM theirs) AS asked
    JOIN agreeing USING (proposal, model) WHERE agreeing.at > since
    GROUP BY proposal, model, since),
confirmed AS (
    SELECT t.person, jsonb_agg(jsonb_build_object('report', t.id, 'title', t.title,
        'testers', c.testers, 'own', mine.person IS NOT NULL) ORDER BY t.id) AS found
    FROM theirs t JOIN counted c USING (proposal, model, since)
    LEFT JOIN agreeing mine ON (mine.proposal, mine.model, mine.person)
        = (t.proposal, t.model, t.person) AND mine.at > t.since
    GROUP BY t.person)
"""

# They were told at once, so this only recalls it; of what is fixed again by now nothing is said.
_CORRECTED = """
corrections AS (
    SELECT DISTINCT ON (t.person, (item->>'report')::bigint) t.person, n.id,
        (item->>'report')::bigint AS report, item->>'title' AS title, n.data->>'now_in' AS now_in
    FROM recipients t JOIN notices n ON n.person = t.person AND n.id > t.last
        AND n.kind = 'correction' AND NOT n.data ? 'undone'
    CROSS JOIN LATERAL jsonb_array_elements(n.data->'reports') AS item
    ORDER BY t.person, (item->>'report')::bigint, n.id DESC),
corrected AS (
    SELECT person, jsonb_agg(jsonb_build_object('report', report, 'title', title,
        'now_in', now_in) ORDER BY report) AS found
    FROM corrections c
    WHERE NOT EXISTS (SELECT 1 FROM solved s WHERE s.person = c.person AND s.report = c.report)
        AND NOT EXISTS (SELECT 1 FROM notices n
            CROSS JOIN LATERAL jsonb_array_elements(n.data->'reports') AS item
            WHERE n.person = c.person AND n.id > c.id AND n.kind IN ('friday', 'build')
            AND item->'report' = to_jsonb(c.report))
    GROUP BY person)
"""

# A question never expires. Who was asked a while ago is reminded of it, gently: behind their news.
_ASKED = """
asked AS (
    SELECT t.person, jsonb_agg(jsonb_build_object('report', r.id, 'title', r.title)
        ORDER BY q.at) AS found
    FROM recipients t JOIN reports r ON r.reporter = t.person JOIN messages q ON q.id = r.question
    WHERE r.status = 'needs_info' AND q.at <= $4::timestamptz - interval '2 days'
    GROUP BY t.person)
"""

BESIDE_GROUPS = ("slipped", "confirmed", "corrected", "asked")
"""In the notice's facts, each a list of reports; in the order in which they are told."""

BESIDE = ",".join((_SINCE, _SLIPPED, _CONFIRMED, _CORRECTED, _ASKED))
"""The queries of a WITH, after `solved`: for each group the facts of a person as one array."""
BESIDE_FACTS = "".join(
    f", '{group}', coalesce((array_agg({group}.found))[1], '[]')" for group in BESIDE_GROUPS
)
BESIDE_JOINED = " ".join(
    f"LEFT JOIN {group} ON {group}.person = told.person" for group in BESIDE_GROUPS
)
