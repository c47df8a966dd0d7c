"""What does not leave with a train although testers wait for it, and why."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from piccolo.querystring import QueryString

from tracker import database
from tracker.devices.forms import Words
from tracker.releases.contents import aboard, contents
from tracker.releases.forms import LeftBehind, Waiting

MOST = 20
"""Of each kind: those that most testers wait for."""

_WHY = {
    "no_build": Words("这一期没有版本", "no build on this train"),
    "late": Words("版本延迟", "its build is late"),
    "not_listed": Words("版本的清单里没有它", "its build does not list it"),
    "after_freeze": Words("冻结之后才修复", "fixed after the freeze"),
}

# Fixed for the phones of those who wait, and not in a build of theirs that leaves.
_FIXED = """
WITH carried AS ({}),
behind AS (
    SELECT r.proposal, r.model, count(*) AS reports, count(DISTINCT r.reporter) AS testers,
        CASE WHEN bool_and(b.id IS NULL) THEN 'no_build'
            WHEN bool_and(b.delayed_zh <> '' OR b.delayed_en <> '') THEN 'late'
            WHEN bool_or(b.listed) THEN 'not_listed' ELSE 'after_freeze' END AS why
    FROM reports r LEFT JOIN builds b ON b.model = r.model AND b.ring = r.ring
        AND b.release = {} AND b.withdrawn_at IS NULL AND b.published_at IS NULL
    WHERE r.standing = 'fixed' AND r.expected_on <= {} AND NOT EXISTS (SELECT 1 FROM carried c
        WHERE c.proposal = r.proposal AND c.model = r.model AND c.ring = r.ring)
    GROUP BY r.proposal, r.model)
SELECT p.id, p.title, m.slug AS module, 'fixed' AS stage, sum(behind.reports)::int AS reports,
    sum(behind.testers)::int AS testers,
    jsonb_agg(jsonb_build_array(d.codename, why) ORDER BY d.codename)::text AS behind
FROM behind JOIN proposals p ON p.id = behind.proposal JOIN modules m ON m.id = p.module
JOIN device_models d ON d.id = behind.model
GROUP BY p.id, m.slug ORDER BY 6 DESC, p.id LIMIT {}
"""
_IN_PROGRESS = f"""
SELECT p.id, p.title, m.slug AS module, 'in_progress' AS stage, count(*)::int AS reports,
    count(DISTINCT r.reporter)::int AS testers, '[]' AS behind
FROM reports r JOIN proposals p ON p.id = r.proposal JOIN modules m ON m.id = p.module
WHERE r.standing = 'in_progress' AND r.closed_at IS NULL
GROUP BY p.id, m.slug ORDER BY 6 DESC, p.id LIMIT {MOST}
"""


async def left_behind(day: date, *, cutoff: datetime) -> list[Waiting]:
    """Fixed but not aboard, then what is being worked on; most testers first. Two queries."""
    leaving = contents(aboard(day), cutoff=cutoff)
    fixed = await database.rows(QueryString(_FIXED, leaving, day, day, MOST))
    working = await database.fetch(_IN_PROGRESS)
    return [
        Waiting(
            proposal=f"P-{row['id']}",
            title=row["title"],
            module=row["module"],
            stage=row["stage"],
            reports=row["reports"],
            testers=row["testers"],
            models=[
                LeftBehind(codename, why, _WHY[why])
                for codename, why in msgspec.json.decode(row["behind"], type=list[tuple[str, str]])
            ],
        )
        for row in [*fixed, *working]
    ]
