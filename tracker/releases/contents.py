"""What builds carry: the one place that answers it, for drafts and for publication alike."""

from __future__ import annotations

from datetime import date, datetime

from piccolo.querystring import QueryString

# A build whose maker listed its proposals holds those and nothing else, less what was reverted
# since (which keeps its train from leaving: findings.py). Any other carries each
# fix that was made in time and is not yet in a build of its line; of two such builds the one
# that comes first.
_CONTENTS = """
SELECT s.proposal, b.id AS build, b.model, b.ring
FROM shipments s JOIN builds b ON b.id = s.build
WHERE {} AND b.listed AND s.shipped_at IS NULL AND s.ended_at IS NULL
UNION ALL
(SELECT DISTINCT ON (f.proposal, b.model, b.ring) f.proposal, b.id, b.model, b.ring
FROM builds b JOIN fixes f ON f.model IS NULL OR f.model = b.model
WHERE {} AND NOT b.listed AND f.at <= {} AND NOT EXISTS (
    SELECT 1 FROM shipments s WHERE s.proposal = f.proposal AND s.model = b.model
    AND s.ring = b.ring AND s.shipped_at IS NOT NULL AND s.ended_at IS NULL)
ORDER BY f.proposal, b.model, b.ring, b.position)
"""


def contents(builds: QueryString, *, cutoff: datetime) -> QueryString:
    """A query of (proposal, build, model, ring) for the builds `b` that a condition names.

    Fixes made after `cutoff` stay behind for the next train.
    """
    return QueryString(_CONTENTS, builds, builds, cutoff)


def aboard(train: date) -> QueryString:
    """The condition for the builds that leave with a train: its own, not out yet, neither late
    nor withdrawn."""
    return QueryString(
        "b.release = {} AND b.published_at IS NULL AND b.delayed_zh = '' AND b.delayed_en = ''"
        " AND b.withdrawn_at IS NULL",
        train,
    )
