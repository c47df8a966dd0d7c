"""The figures of the desk: how long answers take, how many wait, and since when.

They are facts about the desk and no ranking: modules come in the order of changelogs and people by
their handle, so that everybody finds their line in the same place, whatever is in it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from asyncpg import Record

from tracker import database
from tracker.desk.access import require_may_see_times
from tracker.devices.forms import Words
from tracker.devices.queries import module_page
from tracker.errors import Invalid
from tracker.language import Text
from tracker.people.access import of_the_team
from tracker.people.tables import Person

DAYS, MOST_DAYS = 30, 365


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """All in whole seconds, null where there is nothing to count.

    `waiting`: reports in which a tester spoke last, those that are snoozed (`snoozed`) among them,
    since for the tester they wait all the same; the longest since `oldest_since`, in `oldest`.
    `answers`: official answers that ended a wait, in the last days; `first_answers`: the first ones.
    """

    waiting: int
    snoozed: int
    oldest: str | None
    oldest_since: datetime | None
    median_wait: int | None
    answers: int
    median_answer: int | None
    first_answers: int
    median_first_answer: int | None


class ModuleTimes(Times, frozen=True, kw_only=True):
    module: str
    name: Words
    owner: str | None
    owner_name: str | None


class PersonTimes(Times, frozen=True, kw_only=True):
    """Answers are those they gave, to whoever's reports; what waits is in those that they own."""

    person: str
    name: str


class DeskTimes(msgspec.Struct, frozen=True):
    days: int
    total: Times
    modules: list[ModuleTimes]
    people: list[PersonTimes]


_MEDIAN = "percentile_cont(0.5) WITHIN GROUP (ORDER BY {})"

# The answers of the period by their index, what waits by its own: neither grows with the years.
_TIMES = f"""
WITH answered AS (
    SELECT r.module, s.person, grouping(r.module, s.person) AS cut, count(*) AS answers,
        {_MEDIAN.format("s.waited")} AS median_answer,
        count(*) FILTER (WHERE s.at = r.answered_at) AS first_answers,
        {_MEDIAN.format("s.waited")} FILTER (WHERE s.at = r.answered_at) AS median_first_answer
    FROM responses s JOIN reports r ON r.id = s.report
    WHERE s.at > $2 AND s.at <= $1 AND s.waited IS NOT NULL AND s.retracted_at IS NULL
        AND ($3::integer IS NULL OR r.module = $3)
    GROUP BY GROUPING SETS ((r.module), (s.person), ())
), waits AS (
    SELECT r.module, r.owner, grouping(r.module, r.owner) AS cut, count(*) AS waiting,
        count(*) FILTER (WHERE r.snoozed_until > $1) AS snoozed,
        min(r.waiting_since) AS oldest_since,
        (array_agg(r.id ORDER BY r.waiting_since, r.id))[1] AS oldest,
        {_MEDIAN.format("extract(epoch FROM $1 - r.waiting_since)")} AS median_wait
    FROM reports r WHERE r.waiting_since IS NOT NULL AND ($3::integer IS NULL OR r.module = $3)
    GROUP BY GROUPING SETS ((r.module), (r.owner), ())
), lines AS (
    SELECT 1 AS part, m.position, m.slug AS key, m.name_zh, m.name_en, p.handle AS owner,
        p.display_name AS owner_name, m.id AS module, NULL::integer AS person, 1 AS cut
    FROM modules m LEFT JOIN people p ON p.id = m.owner AND {of_the_team("p")}
    WHERE $3::integer IS NULL OR m.id = $3
    UNION ALL
    SELECT 2, 0, p.handle, p.display_name, '', NULL, NULL, NULL, p.id, 2 FROM people p
    WHERE {of_the_team("p")} OR p.id IN (SELECT a.person FROM answered a WHERE a.cut = 2)
        OR p.id IN (SELECT w.owner FROM waits w WHERE w.cut = 2)
    UNION ALL SELECT 0, 0, '', '', '', NULL, NULL, NULL, NULL, 3
)
SELECT l.part, l.key, l.name_zh, l.name_en, l.owner, l.owner_name, coalesce(w.waiting, 0) AS waiting,
    coalesce(w.snoozed, 0) AS snoozed, w.oldest, w.oldest_since, round(w.median_wait)::integer
        AS median_wait, coalesce(a.answers, 0) AS answers,
    round(a.median_answer)::integer AS median_answer,
    coalesce(a.first_answers, 0) AS first_answers,
    round(a.median_first_answer)::integer AS median_first_answer
FROM lines l
LEFT JOIN answered a ON a.cut = l.cut AND a.module IS NOT DISTINCT FROM l.module
    AND a.person IS NOT DISTINCT FROM l.person
LEFT JOIN waits w ON w.cut = l.cut AND w.module IS NOT DISTINCT FROM l.module
    AND w.owner IS NOT DISTINCT FROM l.person
ORDER BY l.part, l.position, l.key
"""


def checked_days(days: int) -> int:
    if not 1 <= days <= MOST_DAYS:
        raise Invalid({"days": Text(f"1 到 {MOST_DAYS} 天之间", f"Between 1 and {MOST_DAYS} days")})
    return days


async def desk_times(
    person: Person, *, now: datetime, days: int = DAYS, module: str = ""
) -> DeskTimes:
    """The figures of the last days; with `module`, of that one alone. One statement, and one more to
    find the module. NotFound for whoever is not of the team."""
    require_may_see_times(person)
    days = checked_days(days)
    only = (await module_page(module)).id if module else None
    total, *rows = await database.fetch(_TIMES, now, now - timedelta(days=days), only)
    return DeskTimes(
        days,
        Times(**_values(total)),
        [
            ModuleTimes(
                module=row["key"],
                name=Words(row["name_zh"], row["name_en"]),
                owner=row["owner"],
                owner_name=row["owner_name"],
                **_values(row),
            )
            for row in rows
            if row["part"] == 1
        ],
        [
            PersonTimes(person=row["key"], name=row["name_zh"], **_values(row))
            for row in rows
            if row["part"] == 2
        ],
    )


def _values(row: Record) -> dict[str, Any]:
    oldest = row["oldest"]
    values = {name: row[name] for name in Times.__struct_fields__}
    return values | {"oldest": f"R-{oldest}" if oldest else None}
