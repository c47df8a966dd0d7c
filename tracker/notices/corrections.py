"""News that was true and is no longer: who was told "fixed" hears of it, once.

And hears again where a build that was withdrawn is given back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from asyncpg import Record

from tracker import database
from tracker.notices.tables import NoticeKind
from tracker.notices.telling import tell

# Exactly those who were told "fixed" by the notices of the builds in question, and of those
# reports only that it is about, whichever proposal they are in now. A correction told so too,
# where a withdrawn build had an heir.
_CORRECTION = """
SELECT n.person, $6::jsonb || jsonb_build_object('reports', jsonb_agg(DISTINCT item))
FROM shipments s JOIN builds b ON b.id = s.build JOIN device_models d ON d.id = s.model
CROSS JOIN LATERAL (
    SELECT 'release:' || b.release::text UNION ALL SELECT 'build:' || b.id UNION ALL
    SELECT 'event:' || e.id FROM events e WHERE e.kind = 'report.released'
        AND e.release IS NULL AND e.build IS NULL AND e.report IN (
            SELECT id FROM reports WHERE proposal = s.proposal
            UNION SELECT report FROM events WHERE proposal = s.proposal) UNION ALL
    SELECT 'event:' || e.id FROM shipments had JOIN events e ON e.build = had.build
    WHERE had.proposal = s.proposal AND had.model = s.model
        AND e.kind IN ('build.withdrawn', 'build.restored')
    ) AS causes (cause)
JOIN notices n ON n.cause = causes.cause
CROSS JOIN LATERAL jsonb_array_elements(n.data->'reports') AS item
WHERE s.id = ANY ($5::bigint[]) AND (item->>'proposal')::bigint = s.proposal
    AND item->>'codename' = d.codename AND coalesce(n.data->>'now_in', item->>'build') = b.version
GROUP BY n.person
"""


async def fix_reverted(event: Record, data: dict[str, Any], now: datetime) -> None:
    if data["shipments"]:
        await tell(
            _CORRECTION,
            NoticeKind.CORRECTION,
            f"event:{event['id']}",
            event,
            now,
            data["shipments"],
            msgspec.json.encode({"reason": data["reason"]}).decode(),
        )


async def build_withdrawn(event: Record, data: dict[str, Any], now: datetime) -> None:
    """Nothing is said where it has been taken back before anybody heard of it."""
    gone = await database.fetch_row(
        "SELECT 1 FROM builds WHERE id = $1 AND withdrawn_at IS NOT NULL", event["build"]
    )
    if gone and data["shipments"]:
        heir = data["heir"]
        facts = {
            "reason": data["reason"],
            "withdrawn": data["version"],
            "now_in": heir["version"] if heir else None,
        }
        await tell(
            _CORRECTION,
            NoticeKind.CORRECTION,
            f"event:{event['id']}",
            event,
            now,
            data["shipments"],
            msgspec.json.encode(facts).decode(),
        )


# Those whom the withdrawal sent back to waiting, and those who would have been told meanwhile;
# but nobody who was told that it is fixed and not taken that back since.
_RESTORED = """
WITH gone AS (SELECT max(id) AS id FROM events
    WHERE build = $5 AND kind = 'build.withdrawn' AND id < $6),
back AS (
    SELECT n.person, item || jsonb_build_object('build', b.version) AS item
    FROM builds b JOIN notices n ON n.cause = 'event:' || (SELECT id FROM gone)
    CROSS JOIN LATERAL jsonb_array_elements(n.data->'reports') AS item
    JOIN reports r ON r.id = (item->>'report')::bigint
        AND r.proposal = (item->>'proposal')::bigint
    JOIN shipments s ON s.build = b.id AND s.proposal = r.proposal AND s.ended_at IS NULL
    WHERE b.id = $5 AND n.data->>'now_in' IS NULL
        AND (r.released_in = b.id OR NOT (item->>'own')::boolean)
    UNION
    SELECT r.reporter, jsonb_build_object('report', r.id, 'title', r.title, 'proposal', r.proposal,
        'codename', d.codename, 'device', jsonb_build_object('zh', d.name_zh, 'en', d.name_en),
        'build', b.version, 'own', true)
    FROM events e JOIN reports r ON r.id = e.report JOIN builds b ON b.id = r.released_in
    JOIN device_models d ON d.id = r.model
    WHERE e.build = $5 AND e.kind = 'report.released' AND e.id > (SELECT id FROM gone)
        AND r.released_in = $5 AND r.standing = 'released')
SELECT person, jsonb_build_object('release', NULL, 'reports', jsonb_agg(item)) FROM back
WHERE NOT EXISTS (
    SELECT 1 FROM notices told CROSS JOIN LATERAL jsonb_array_elements(told.data->'reports') AS said
    WHERE told.person = back.person AND told.kind IN ('friday', 'build')
    AND said->'report' = back.item->'report' AND NOT EXISTS (SELECT 1 FROM notices taken
        CROSS JOIN LATERAL jsonb_array_elements(taken.data->'reports') AS gone
        WHERE taken.person = told.person AND taken.id > told.id AND taken.kind = 'correction'
        AND gone->'report' = said->'report'))
GROUP BY person
"""


async def build_restored(event: Record, data: dict[str, Any], now: datetime) -> None:
    cause = f"event:{event['id']}"
    await tell(_RESTORED, NoticeKind.BUILD, cause, event, now, event["build"], event["id"])


# Whoever heard of what was taken back, of the reports that it was about. What is so again by a
# later undoing was told under the event that it names.
_UNDONE = """
SELECT n.person, jsonb_build_object('undone', true, 'reports', jsonb_agg(DISTINCT
    jsonb_build_object('report', r.id, 'title', r.title)))
FROM events e JOIN reports r ON r.id = e.report
JOIN notices n ON n.cause = 'event:' || coalesce(e.data->>'again_of', e.id::text)
WHERE e.act = $5 AND n.person IS NOT NULL GROUP BY n.person
"""


async def act_undone(event: Record, data: dict[str, Any], now: datetime) -> None:
    """Within the undo window nobody has heard, and nobody hears."""
    cause = f"event:{event['id']}"
    await tell(_UNDONE, NoticeKind.CORRECTION, cause, event, now, data["act"])
