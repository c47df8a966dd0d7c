"""What home asks of all the rooms, in as few looks as it takes."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from tracker import database
from tracker.advice.one_build import Line
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


class Own(msgspec.Struct, frozen=True, kw_only=True):
    """A report of theirs, or one where they said "me too", that has something to say.

    One of these: a `question` waits for them; a `build` has the fix (`answered` is what they said
    of it there, `latest`: it came with the latest release, `ahead`: their phone has not got that
    far, `first`: nobody has confirmed the fix on this model yet); or the fix missed its train, and
    comes on `expected_on` instead of `missed_on`.
    """

    report: int
    title: str
    device: Text
    own: bool
    question: str | None
    by: str | None
    at: datetime
    build: str | None
    answered: str | None
    latest: bool
    ahead: bool
    first: bool
    expected_on: date | None
    missed_on: date | None

    @property
    def to_verify(self) -> bool:
        return self.build is not None and self.answered is None

    @property
    def slipped(self) -> bool:
        return self.missed_on is not None and self.build is None and self.question is None


# A fix that has an answer of theirs on the build that brought it is not asked about again. For
# those who said "me too" it is the first build of their own line that has it.
_OWN = """
WITH latest AS MATERIALIZED (
    SELECT date FROM releases WHERE published_at IS NOT NULL ORDER BY date DESC LIMIT 1
), found AS (
    SELECT r.id, r.title, r.proposal, r.model, true AS own, q.text AS question, q.author,
        coalesce(q.at, b.published_at, r.updated_at) AS at, b.id AS build, v.verdict,
        CASE WHEN r.status = 'fixed' THEN r.expected_on END AS expected_on,
        CASE WHEN r.status = 'fixed' THEN r.missed_on END AS missed_on
    FROM reports r LEFT JOIN messages q ON r.status = 'needs_info' AND q.id = r.question
    LEFT JOIN builds b ON r.status IN ('released', 'verified') AND b.id = r.released_in
    LEFT JOIN verifications v ON v.report = r.id AND v.person = $1 AND v.build = b.id
    WHERE r.reporter = $1 AND (q.id IS NOT NULL OR r.status = 'released' AND v.id IS NULL
        OR b.release = (SELECT date FROM latest)
        OR r.status = 'fixed' AND r.missed_on IS NOT NULL)
    UNION ALL
    SELECT r.id, r.title, r.proposal, a.model, false, NULL, NULL,
        coalesce(b.published_at, r.updated_at), b.id, v.verdict,
        CASE WHEN b.id IS NULL THEN r.expected_on END, CASE WHEN b.id IS NULL THEN r.missed_on END
    FROM affected a JOIN reports r ON r.id = a.report
    LEFT JOIN builds had ON had.id = a.build AND had.ring = a.ring
    LEFT JOIN LATERAL (
        SELECT b.id, b.position, b.release, b.published_at FROM shipments s
        JOIN builds b ON b.id = s.build
        WHERE s.proposal = r.proposal AND s.model = a.model AND s.ring = a.ring
            AND s.shipped_at IS NOT NULL AND s.ended_at IS NULL
            AND (had.id IS NULL OR had.position < b.position)
        ORDER BY b.position LIMIT 1) b ON true
    LEFT JOIN verifications v ON v.report = r.id AND v.person = $1 AND v.build = b.id
    WHERE a.person = $1 AND NOT r.private AND r.status <> 'closed'
        AND (b.id IS NOT NULL AND (v.id IS NULL OR b.release = (SELECT date FROM latest))
            OR b.id IS NULL AND r.status = 'fixed' AND r.missed_on IS NOT NULL
                AND r.model = a.model AND r.ring = a.ring)
    ORDER BY own DESC, at DESC, id DESC LIMIT $2
)
SELECT f.*, d.name_zh, d.name_en, p.display_name AS by, b.version,
    coalesce(b.release = (SELECT date FROM latest), false) AS latest,
    coalesce(mine.position < b.position, false) AS ahead,
    f.build IS NOT NULL AND (SELECT 1 FROM reports o JOIN verifications v ON v.report = o.id
        JOIN builds vb ON vb.id = v.build
        WHERE o.proposal = f.proposal AND v.verdict = 'fixed' AND vb.model = f.model LIMIT 1)
        IS NULL AS first
FROM found f JOIN device_models d ON d.id = f.model LEFT JOIN people p ON p.id = f.author
LEFT JOIN builds b ON b.id = f.build
LEFT JOIN person_devices pd ON pd.person = $1 AND pd.model = f.model
LEFT JOIN builds mine ON mine.id = pd.build AND mine.ring = b.ring
ORDER BY f.own DESC, f.at DESC, f.id DESC
"""


async def own_news(person: Person, *, limit: int = 60) -> list[Own]:
    """Their own reports first, the latest first."""
    return [
        Own(
            report=row["id"],
            title=row["title"],
            device=Text(row["name_zh"], row["name_en"]),
            own=row["own"],
            question=row["question"],
            by=row["by"],
            at=row["at"],
            build=row["version"],
            answered=row["verdict"],
            latest=row["latest"],
            ahead=row["ahead"],
            first=row["first"],
            expected_on=row["expected_on"],
            missed_on=row["missed_on"],
        )
        for row in await database.fetch(_OWN, person.id, limit)
    ]


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    """The first of a person's phones; `model` is the number of its model.

    `place` is the ring and position of its build, and `newest` the newest build of its line where
    that is not the one it is on, nor one before it. `withdrawn`: why its own build was.
    """

    model: int
    codename: str
    name: Text
    version: str | None
    place: tuple[str, int] | None
    withdrawn: Text | None
    newest: str | None
    line: Line | None


_PHONE = """
SELECT d.id, d.codename, d.name_zh, d.name_en, pd.ring, b.version, b.ring AS on_ring, b.position,
    b.withdrawn_at, b.withdrawn_zh, b.withdrawn_en, newest.id AS newest,
    newest.version AS newest_version, newest.position AS newest_position
FROM person_devices pd JOIN device_models d ON d.id = pd.model
LEFT JOIN builds b ON b.id = pd.build
LEFT JOIN LATERAL (SELECT n.id, n.version, n.position FROM builds n
    WHERE n.model = pd.model AND n.ring = pd.ring AND n.published_at IS NOT NULL
        AND n.withdrawn_at IS NULL
        AND (b.id IS NULL OR b.ring <> n.ring OR n.position > b.position)
    ORDER BY n.position DESC LIMIT 1) newest ON true
WHERE pd.person = $1 ORDER BY pd.id LIMIT 1
"""


async def phone_of(person: Person) -> Phone | None:
    """None for somebody who has not said which phone they have."""
    row = await database.fetch_row(_PHONE, person.id)
    if row is None:
        return None
    gone = Text(
        row["withdrawn_zh"] or row["withdrawn_en"] or "",
        row["withdrawn_en"] or row["withdrawn_zh"] or "",
    )
    return Phone(
        model=row["id"],
        codename=row["codename"],
        name=Text(row["name_zh"], row["name_en"]),
        version=row["version"],
        place=(row["on_ring"], row["position"]) if row["version"] else None,
        withdrawn=gone if row["withdrawn_at"] else None,
        newest=row["newest_version"],
        line=Line(row["newest"], row["id"], row["ring"], row["newest_position"])
        if row["newest"]
        else None,
    )


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
