"""Good news: what a Friday, a build between Fridays or a link has solved, for whose phones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from asyncpg import Record

from tracker import database
from tracker.notices.beside import BESIDE, BESIDE_FACTS, BESIDE_JOINED
from tracker.notices.tables import NoticeKind
from tracker.notices.telling import tell
from tracker.notices.undoing import LINK_STANDS

# The reports that this publication solved, and for those who said "me too" the shipments of
# their own model and ring, where no build had brought them the fix before.
_NEWS = """
SELECT told.person, jsonb_build_object('release', $6::text, 'reports', jsonb_agg(
    jsonb_build_object('report', report, 'title', title, 'proposal', proposal,
        'codename', codename, 'device', jsonb_build_object('zh', name_zh, 'en', name_en),
        'build', version, 'own', own) ORDER BY own DESC, report){more_facts})
FROM ({solved}) AS told {more} GROUP BY told.person
"""
_SOLVED = """
    SELECT r.reporter AS person, r.id AS report, r.title, r.proposal, d.codename, d.name_zh,
        d.name_en, b.version, true AS own
    FROM events e JOIN reports r ON r.id = e.report JOIN builds b ON b.id = r.released_in
    JOIN device_models d ON d.id = r.model
    WHERE e.kind = 'report.released' AND r.released_in = ANY ($5::integer[]) AND {moved}
        AND r.standing = 'released'
    UNION
    (SELECT DISTINCT ON (a.person, r.id) a.person, r.id, r.title, r.proposal, d.codename,
        d.name_zh, d.name_en, b.version, false
    FROM shipments s JOIN builds b ON b.id = s.build JOIN reports r ON r.proposal = s.proposal
    JOIN affected a ON a.report = r.id AND a.model = s.model AND a.ring = s.ring
    JOIN device_models d ON d.id = s.model LEFT JOIN builds own ON own.id = a.build
    WHERE s.build = ANY ($5::integer[]) AND s.ended_at IS NULL AND NOT r.private
        AND (own.id IS NULL OR own.ring <> b.ring OR own.position < b.position)
        AND NOT EXISTS (SELECT 1 FROM shipments had JOIN builds hb ON hb.id = had.build
            WHERE had.proposal = s.proposal AND had.model = s.model AND had.ring = s.ring
            AND had.ended_at IS NULL AND had.shipped_at < s.shipped_at
            AND (own.id IS NULL OR own.ring <> hb.ring OR own.position < hb.position))
    ORDER BY a.person, r.id, b.position)
"""

_OF_TRAIN = f"""WITH solved AS MATERIALIZED ({_SOLVED.format(moved="e.release = $7")}), {BESIDE}
{_NEWS.format(solved="SELECT * FROM solved", more_facts=BESIDE_FACTS, more=BESIDE_JOINED)}"""
_OF_BUILD = _NEWS.format(solved=_SOLVED.format(moved="e.build = $7"), more_facts="", more="")


# Linked to a proposal that has been shipped already: the news comes at once, and by itself; not
# to somebody who has it from there and was not told otherwise since.
_NEWS_OF_ONE = f"""
SELECT r.reporter, jsonb_build_object('release', NULL, 'reports', jsonb_build_array(
    jsonb_build_object('report', r.id, 'title', r.title, 'proposal', r.proposal,
        'codename', d.codename, 'device', jsonb_build_object('zh', d.name_zh, 'en', d.name_en),
        'build', b.version, 'own', true)))
FROM reports r JOIN builds b ON b.id = r.released_in JOIN device_models d ON d.id = r.model
WHERE r.id = $5 AND r.standing = 'released' AND {LINK_STANDS} AND NOT EXISTS (
    SELECT 1 FROM notices told CROSS JOIN LATERAL jsonb_array_elements(told.data->'reports') AS item
    WHERE told.person = r.reporter AND told.kind IN ('friday', 'build')
    AND item->'report' = to_jsonb(r.id) AND item->'proposal' = to_jsonb(r.proposal)
    AND item->>'codename' = d.codename AND item->>'build' = b.version
    AND NOT EXISTS (SELECT 1 FROM notices taken
        CROSS JOIN LATERAL jsonb_array_elements(taken.data->'reports') AS gone
        WHERE taken.person = told.person AND taken.id > told.id AND taken.kind = 'correction'
        AND gone->'report' = item->'report'))
"""


async def one_released(event: Record, data: dict[str, Any], now: datetime) -> None:
    if event["release"] is None and event["build"] is None:
        cause = f"event:{event['id']}"
        await tell(_NEWS_OF_ONE, NoticeKind.BUILD, cause, event, now, event["report"])


# What the planner knows of these tables is from before the train left, and a train changes them by
# as many rows as it solves reports. Not told of that, it takes each for a handful, and looks at all
# of them for each: of 10,000 reports, 6.5 s instead of 0.6. Takes some 0.1 s, once a train.
_SO_IT_KNOWS = "ANALYZE events, reports, shipments"


async def train_left(event: Record, data: dict[str, Any], now: datetime) -> None:
    await database.execute(_SO_IT_KNOWS)
    await tell(
        _OF_TRAIN,
        NoticeKind.FRIDAY,
        f"release:{data['date']}",
        event,
        now,
        data["builds"],
        data["date"],
        event["release"],
    )


async def build_left(event: Record, data: dict[str, Any], now: datetime) -> None:
    await tell(
        _OF_BUILD,
        NoticeKind.BUILD,
        f"build:{event['build']}",
        event,
        now,
        data["builds"],
        None,
        event["build"],
    )
