"""How it has gone lately, place by place."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tracker import database
from tracker.people.tables import Person

LATELY = 100
"""Notices that are looked at: deliveries are found by their notice."""


class Recent(msgspec.Struct, frozen=True):
    """Of one place. The trouble is none that a later success made good."""

    sent_at: datetime | None
    trouble_at: datetime | None
    trouble_with: int | None
    """The notice whose ledger says what the trouble was."""


_RECENT = """
WITH lately AS (
    SELECT d.subscription, d.notice, d.state, d.at FROM (
        SELECT id FROM notices WHERE person = $1 ORDER BY id DESC LIMIT $2) AS n
    JOIN deliveries d ON d.notice = n.id),
sent AS (SELECT subscription, max(at) AS at FROM lately WHERE state = 'sent' GROUP BY subscription)
SELECT DISTINCT ON (l.subscription) l.subscription, sent.at AS sent_at,
    CASE WHEN l.state <> 'sent' THEN l.at END AS trouble_at,
    CASE WHEN l.state <> 'sent' THEN l.notice END AS trouble_with
FROM lately l LEFT JOIN sent USING (subscription) WHERE l.state <> 'pending'
ORDER BY l.subscription, l.at DESC, l.state = 'sent' DESC
"""


async def recent(person: Person) -> dict[int, Recent]:
    """By the place's number; one where nothing has been tried has none."""
    rows = await database.fetch(_RECENT, person.id, LATELY)
    return {
        row["subscription"]: Recent(row["sent_at"], row["trouble_at"], row["trouble_with"])
        for row in rows
    }
