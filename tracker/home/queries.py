"""What home asks of all the rooms, in as few looks as it takes."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from tracker import database
from tracker.language import Text
from tracker.people.access import require_staff
from tracker.people.tables import Person


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a person stands with the trains.

    `aboard`: reports of theirs that the shown train is to bring, or has brought. The latest
    post, where there is one, with its lines and how many reports of theirs it solved.
    """

    left: bool
    aboard: int
    latest: date | None
    lines: int
    solved: int


_STANDING = """
SELECT shown.published_at IS NOT NULL AS left,
    CASE WHEN shown.published_at IS NULL
        THEN (SELECT count(*) FROM reports WHERE reporter = $1 AND status = 'fixed'
            AND expected_on = $2)
        ELSE (SELECT count(*) FROM reports WHERE reporter = $1
            AND released_in = ANY (ARRAY(SELECT id FROM builds WHERE release = $2))) END AS aboard,
    latest.date AS latest,
    (SELECT count(*) FROM entries WHERE release = latest.id) AS lines,
    (SELECT count(*) FROM reports WHERE reporter = $1
        AND released_in = ANY (ARRAY(SELECT id FROM builds WHERE release = latest.date))) AS solved
FROM (SELECT 1) one
LEFT JOIN releases shown ON shown.date = $2
LEFT JOIN LATERAL (SELECT id, date FROM releases WHERE published_at IS NOT NULL
    ORDER BY date DESC LIMIT 1) latest ON true
"""


async def standing_of(person: Person, train: date) -> Standing:
    row = await database.fetch_row(_STANDING, person.id, train)
    assert row is not None
    return Standing(**dict(row))


class Asked(msgspec.Struct, frozen=True):
    """Something that waits for this person: a question to answer, or a fix to try.

    `build` is the one to try; `own` is false where they said "me too".
    """

    report: int
    title: str
    device: Text
    own: bool
    question: str | None
    by: str | None
    at: datetime
    build: str | None


# A fix that has an answer of theirs on the build that brought it is not asked about again. For
# those who said "me too" it is the first build of their own line that has it.
_ASKED = """
SELECT r.id, r.title, d.name_zh, d.name_en, true AS own, q.text AS question,
    p.display_name AS by, coalesce(q.at, b.published_at, r.updated_at) AS at, b.version
FROM reports r JOIN device_models d ON d.id = r.model
LEFT JOIN messages q ON r.status = 'needs_info' AND q.id = r.question
LEFT JOIN people p ON p.id = q.author
LEFT JOIN builds b ON r.status = 'released' AND b.id = r.released_in
WHERE r.reporter = $1 AND r.status IN ('needs_info', 'released')
    AND (q.id IS NOT NULL OR b.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM verifications v
        WHERE v.report = r.id AND v.person = $1 AND v.build = b.id))
UNION ALL
SELECT r.id, r.title, d.name_zh, d.name_en, false, NULL, NULL, b.published_at, b.version
FROM affected a JOIN reports r ON r.id = a.report JOIN device_models d ON d.id = a.model
CROSS JOIN LATERAL (
    SELECT b.id, b.version, b.position, b.published_at FROM shipments s
    JOIN builds b ON b.id = s.build
    WHERE s.proposal = r.proposal AND s.model = a.model AND s.ring = a.ring
        AND s.shipped_at IS NOT NULL AND s.ended_at IS NULL ORDER BY b.position LIMIT 1) b
LEFT JOIN builds had ON had.id = a.build AND had.ring = a.ring
WHERE a.person = $1 AND NOT r.private AND r.status <> 'closed'
    AND (had.id IS NULL OR had.position < b.position)
    AND NOT EXISTS (SELECT 1 FROM verifications v WHERE v.report = r.id AND v.person = $1
        AND v.build = b.id)
ORDER BY own DESC, at DESC, id DESC LIMIT $2
"""


async def asked_of(person: Person, *, limit: int = 30) -> list[Asked]:
    """Their own reports first, the latest first."""
    return [
        Asked(
            row["id"],
            row["title"],
            Text(row["name_zh"], row["name_en"]),
            row["own"],
            row["question"],
            row["by"],
            row["at"],
            row["version"],
        )
        for row in await database.fetch(_ASKED, person.id, limit)
    ]


class Phone(msgspec.Struct, frozen=True):
    """The first of a person's phones; `model` is the number of its model."""

    model: int
    codename: str
    name: Text
    version: str | None


async def phone_of(person: Person) -> Phone | None:
    """None for somebody who has not said which phone they have."""
    row = await database.fetch_row(
        "SELECT d.id, d.codename, d.name_zh, d.name_en, b.version FROM person_devices pd"
        " JOIN device_models d ON d.id = pd.model LEFT JOIN builds b ON b.id = pd.build"
        " WHERE pd.person = $1 ORDER BY pd.id LIMIT 1",
        person.id,
    )
    if row is None:
        return None
    return Phone(row["id"], row["codename"], Text(row["name_zh"], row["name_en"]), row["version"])


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for the team; counts end at MOST.

    `waiting`: a tester spoke last, the first of them at `since`. `closing`: severe reports that
    one person wants closed and a second has to look at, the oldest of them by number.
    """

    new: int
    severe: int
    waiting: int
    since: datetime | None
    closing: int
    closing_first: int | None


MOST = 1000

# The severities stand here as in the index that this goes by.
_DESK = """
SELECT (SELECT count(*) FROM (SELECT FROM reports WHERE status = 'new' LIMIT $1) n) AS new,
    (SELECT count(*) FROM reports
        WHERE status = 'new' AND severity IN ('brick', 'data_loss', 'security')) AS severe,
    (SELECT count(*) FROM (SELECT FROM reports WHERE waiting_since IS NOT NULL LIMIT $1) w)
        AS waiting,
    (SELECT min(waiting_since) FROM reports WHERE waiting_since IS NOT NULL) AS since, c.*
FROM (SELECT count(*) AS closing, min(id) AS closing_first FROM reports
    WHERE closing_by IS NOT NULL) c
"""


async def desk_of(person: Person) -> Desk:
    """One query, of looks at small indexes."""
    require_staff(person)
    row = await database.fetch_row(_DESK, MOST)
    assert row is not None
    return Desk(**dict(row))
