"""What is known to be wrong with the builds of a release: for those inside the closed beta."""

from __future__ import annotations

from datetime import date

import msgspec

from tracker import database
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals.access import require_can_see
from tracker.releases.words import behind_tag

# Filed on one of these builds and not solved, or solved by one of them and seen there still.
# The statuses stand as in the index that this reads.
_ISSUES = """
SELECT p.id, coalesce(nullif(p.changelog_zh, ''), p.title) AS zh,
    coalesce(nullif(p.changelog_en, ''), p.title) AS en, p.kind, p.state, m.name_zh, m.name_en, sum(f.reports)::integer AS reports,
    min(f.expected_on) AS expected_on, bool_or(f.again) AS again,
    array_agg(DISTINCT d.name_zh) AS models_zh, array_agg(DISTINCT d.name_en) AS models_en
FROM (
    SELECT r.proposal, b.model, count(*) AS reports, min(r.expected_on) AS expected_on,
        false AS again
    FROM reports r JOIN builds b ON b.id = r.build
    WHERE r.build = ANY (ARRAY(SELECT id FROM builds WHERE release = $1))
        AND r.proposal IS NOT NULL AND NOT r.private
        AND r.status IN ('accepted', 'in_progress', 'fixed', 'needs_info')
    GROUP BY r.proposal, b.model
    UNION ALL
    SELECT s.proposal, s.model, count(*), min(r.expected_on), true
    FROM builds b JOIN shipments s ON s.build = b.id AND s.ended = 'broken'
    JOIN reports r ON r.proposal = s.proposal AND r.model = s.model
    WHERE b.release = $1 AND r.build IS DISTINCT FROM b.id AND NOT r.private
        AND r.status IN ('accepted', 'in_progress', 'fixed', 'needs_info')
    GROUP BY s.proposal, s.model
) f JOIN proposals p ON p.id = f.proposal JOIN modules m ON m.id = p.module
JOIN device_models d ON d.id = f.model
WHERE p.state <> 'declined' GROUP BY p.id, m.id ORDER BY sum(f.reports) DESC, p.id LIMIT $2
"""


class Issue(msgspec.Struct, frozen=True):
    """`again`: a line of this very release was to solve it, and testers see it still."""

    id: int
    text: Text
    module: Text
    state: str
    reports: int
    expected_on: date | None
    again: bool
    models: Text


async def issues_of(reader: Person, day: date, *, limit: int = 8) -> list[Issue]:
    """Most reported first."""
    require_can_see(reader)
    return [
        Issue(
            row["id"],
            behind_tag(row["kind"], Text(row["zh"], row["en"])),
            Text(row["name_zh"], row["name_en"]),
            row["state"],
            row["reports"],
            row["expected_on"],
            row["again"],
            Text("、".join(row["models_zh"]), ", ".join(row["models_en"])),
        )
        for row in await database.fetch(_ISSUES, day, limit)
    ]
