"""Giving newly filed reports to whom the captains' rules say.

Driven by the record: every `report.filed` that nobody has routed yet is, once, in the transaction
that marks it. `reports` knows nothing of this, and an import, which has another event, is left out.
"""

from __future__ import annotations

from datetime import datetime

from tracker import database
from tracker.desk.matching import DECIDED, FILED, RULES
from tracker.history.actions import recorded_each

BATCH = 500

# What somebody else has in hand is passed over, the event or the report, and comes up again at the
# next tick: so several share the work, and nobody waits for anybody.
_UNROUTED = """
WITH unrouted AS (
    SELECT id, report FROM events WHERE routed_at IS NULL AND kind = 'report.filed'
    ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
)
SELECT unrouted.id AS event, reports.id AS report FROM reports
JOIN unrouted ON unrouted.report = reports.id ORDER BY reports.id
FOR UPDATE OF reports SKIP LOCKED
"""

# Whoever has given it to somebody else or to themselves has decided: rules leave that alone.
_BY_HAND = """
EXISTS (SELECT 1 FROM changes c WHERE c.subject = 'report' AND c.number = owners.id
    AND c.before->'owner' IS DISTINCT FROM c.after->'owner')
"""

_RECORDED = recorded_each(
    """
    SELECT $2::timestamptz AS at, NULL::integer AS actor, kind, id AS report, data FROM (
        SELECT id, 1 AS place, 'report.routed' AS kind,
            jsonb_build_object('rule', rule, 'owner', owner_name) AS data FROM given
        UNION ALL SELECT id, 2, 'report.sorted',
            jsonb_build_object('rule', rule, 'label', array_to_string(labels, ', ')) FROM sorted
        UNION ALL SELECT id, 3, 'report.advised',
            jsonb_build_object('rule', rule, 'reply', reply) FROM advised
    ) told ORDER BY id, place
    """,
    internal=True,
)

_ROUTE = f"""
WITH rules AS MATERIALIZED ({RULES}), filed AS MATERIALIZED (
    SELECT {FILED} FROM reports WHERE reports.id = ANY ($1)
), {DECIDED}, given AS (
    SELECT id, owner, owner_name, name AS rule FROM owners
    WHERE owner_now IS DISTINCT FROM owner AND NOT {_BY_HAND}
), sorted AS (
    SELECT id, name AS rule, array_agg(label ORDER BY label) AS labels FROM tags
    WHERE label <> ALL (labels_now) GROUP BY id, name, position ORDER BY position
), advised AS (
    SELECT id, reply, name AS rule FROM replies WHERE reply_now = ''
), marked AS (
    UPDATE events SET routed_at = $2 WHERE id = ANY ($3)
), changed AS (
    UPDATE reports SET owner = coalesce(given.owner, reports.owner),
        suggested_reply = coalesce(advised.reply, reports.suggested_reply),
        labels = ARRAY(SELECT unnest(reports.labels)
            UNION SELECT unnest(s.labels) FROM sorted s WHERE s.id = reports.id ORDER BY 1)
    FROM filed LEFT JOIN given USING (id) LEFT JOIN advised USING (id)
    WHERE reports.id = filed.id AND (given.id IS NOT NULL OR advised.id IS NOT NULL
        OR filed.id IN (SELECT id FROM sorted))
)
{_RECORDED}
"""


async def route_filed(*, now: datetime) -> int:
    """Route what was filed since it was last called; returns how many reports that were.

    Takes a batch at a time, in two statements, whatever the number of rules: the first holds the
    reports, so that the second sees what people have done to them until then.
    """
    routed = 0
    while True:
        async with database.transaction():
            found = await database.fetch(_UNROUTED, BATCH)
            if found:
                await database.execute(
                    _ROUTE,
                    [row["report"] for row in found],
                    now,
                    [row["event"] for row in found],
                )
        routed += len(found)
        if len(found) < BATCH:
            return routed
