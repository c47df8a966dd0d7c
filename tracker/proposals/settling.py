"""Where a proposal's reports stand, worked out from the facts: state, fixes, shipments."""

from __future__ import annotations

from datetime import date, datetime

from piccolo.querystring import QueryString

from tracker.people.tables import Person
from tracker.reports.status import set_status

# `live` is the first published build of the reporter's model and ring that carries the fix; one
# that was withdrawn carries nothing (`ended`), and takes back what it brought. A report filed on
# a build that has the fix already is not solved by it: the build has to come after the one it was
# filed on. `position` is the only order (devices.tables.Build).
_STANDINGS = """
SELECT facts.report,
    CASE WHEN facts.standing = 'verified' AND (facts.live IS NOT NULL OR NOT facts.taken_back)
            THEN 'verified'
        WHEN facts.live IS NOT NULL THEN 'released'
        WHEN facts.fixed THEN 'fixed'
        WHEN facts.state = 'in_progress' THEN 'in_progress'
        ELSE 'accepted' END AS standing,
    coalesce(facts.live, CASE WHEN facts.standing = 'verified' AND NOT facts.taken_back
        THEN facts.released_in END) AS released_in,
    CASE WHEN facts.live IS NULL AND facts.fixed
        AND (facts.standing <> 'verified' OR facts.taken_back) THEN
        CASE WHEN facts.standing = 'fixed' THEN coalesce(facts.expected_on, {}::date)
            ELSE {}::date END END AS expected_on,
    CASE WHEN facts.live IS NULL AND facts.taken_back AND facts.recalled IS NOT NULL
        THEN 'report.recalled' END AS kind,
    jsonb_build_object('proposal', 'P-' || facts.proposal, 'build', facts.version,
        'build_id', facts.live) || coalesce(facts.recalled, jsonb_build_object()) AS data,
    false AS always
FROM (
    SELECT reports.id AS report, reports.standing, reports.released_in, reports.expected_on,
        p.id AS proposal, p.state, live.build AS live, live.version,
        EXISTS (SELECT 1 FROM fixes f WHERE f.proposal = p.id
            AND (f.model IS NULL OR f.model = reports.model))
        AND NOT EXISTS (SELECT 1 FROM shipments s JOIN builds sb ON sb.id = s.build
            JOIN builds own ON own.id = reports.build
            WHERE s.proposal = p.id AND s.model = reports.model AND s.ring = own.ring
            AND s.shipped_at IS NOT NULL AND s.ended_at IS NULL
            AND sb.position <= own.position) AS fixed,
        EXISTS (SELECT 1 FROM shipments s WHERE s.proposal = p.id AND s.model = reports.model
            AND s.ended IN ('reverted', 'withdrawn') AND s.build = reports.released_in)
            AS taken_back,
        CASE WHEN gone.id IS NOT NULL THEN jsonb_build_object('recalled', gone.version, 'why',
            jsonb_build_object('zh', gone.withdrawn_zh, 'en', gone.withdrawn_en)) END AS recalled
    FROM reports JOIN proposals p ON p.id = reports.proposal
    LEFT JOIN builds own ON own.id = reports.build
    LEFT JOIN builds gone ON gone.id = reports.released_in AND gone.withdrawn_at IS NOT NULL
    LEFT JOIN LATERAL (
        SELECT s.build, b.version FROM shipments s JOIN builds b ON b.id = s.build
        WHERE s.proposal = p.id AND s.model = reports.model AND s.ring = reports.ring
        AND s.shipped_at IS NOT NULL AND s.ended_at IS NULL
        AND (own.id IS NULL OR own.ring <> b.ring OR b.position > own.position)
        ORDER BY b.position LIMIT 1) live ON true
    WHERE {}
) AS facts
"""


async def settle(
    actor: Person | None,
    scope: QueryString,
    *,
    now: datetime,
    train: date,
    proposal: int | None = None,
    build: int | None = None,
    release: int | None = None,
) -> list[int]:
    """Put every report of `scope` (a condition on `reports`) where the facts say it stands.

    Three statements in one, whatever the number of reports. `train` is the next Friday that
    can carry a fix made now. Returns the reports that moved.
    """
    return await set_status(
        actor,
        QueryString(_STANDINGS, train, train, scope),
        now=now,
        proposal=proposal,
        build=build,
        release=release,
    )


def of_proposal(number: int) -> QueryString:
    return QueryString("reports.proposal = {}", number)
