"""Reading reports: lists by key, one report with its thread, counts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from asyncpg import Record
from piccolo.querystring import QueryString

from tracker import database
from tracker.errors import Invalid, NotFound
from tracker.history.acting import about_to_change
from tracker.language import Text
from tracker.people.tables import Person
from tracker.reports.access import visible_to
from tracker.reports.facts import REPORT
from tracker.reports.filters import SORTS, Filters, conditions_of
from tracker.reports.tables import Report
from tracker.web.pagination import decode_cursor, encode_cursor


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A report as a row of a list."""

    id: int
    title: str
    kind: str
    severity: str
    frequency: str
    private: bool
    status: str
    standing: str
    affected: int
    proposal: int | None
    expected_on: date | None
    missed_on: date | None
    filed_at: datetime
    updated_at: datetime
    waiting_since: datetime | None
    score: float
    codename: str
    device: Text
    ring: str
    build: str | None
    released_in: str | None
    module: str
    module_name: Text
    reporter: str
    reporter_name: str
    owner: str | None
    owner_name: str | None
    closed_reason: str
    labels: list[str]

    @property
    def name(self) -> str:
        return f"R-{self.id}"


class Question(msgspec.Struct, frozen=True):
    id: int
    text: str
    by: str
    by_name: str
    at: datetime


class Full(Summary, frozen=True, kw_only=True):
    """A report as its own page shows it."""

    body: str
    snoozed_until: datetime | None
    suggested_reply: str
    reporter_id: int
    model_id: int
    answered_at: datetime | None
    question: Question | None
    closed_by: str | None
    closed_by_name: str | None
    closed_at: datetime | None
    closed_text: str
    closed_after: int | None
    """Seconds that a tester had waited for the closure."""
    closing_by: str | None
    closing_by_name: str | None
    closing_reason: str
    closing_text: str
    appealed_at: datetime | None
    answer_seconds: int | None
    late: Text | None
    """Why the build that it is expected in is late."""
    revision: int
    """Its latest event, of whatever kind."""

    @property
    def advised(self) -> str | None:
        """The saved reply that a rule suggests, while nobody of the team has answered."""
        unanswered = self.answered_at is None and self.closed_at is None
        return self.suggested_reply or None if unanswered else None


_COLUMNS = (
    "reports.id, reports.title, reports.kind, reports.severity, reports.frequency,"
    " reports.private, reports.status, reports.standing, reports.affected, reports.proposal,"
    " reports.expected_on, reports.missed_on, reports.filed_at, reports.updated_at, reports.waiting_since,"
    " reports.score, reports.labels,"
    " reports.ring, reports.closed_reason, d.codename, d.name_zh AS device_zh, d.name_en AS device_en,"
    " b.version AS build, rb.version AS released_in, m.slug AS module,"
    " m.name_zh AS module_zh, m.name_en AS module_en,"
    " p.handle AS reporter, p.display_name AS reporter_name, o.handle AS owner,"
    " o.display_name AS owner_name"
)
_JOINS = (
    " FROM reports JOIN device_models d ON d.id = reports.model"
    " JOIN modules m ON m.id = reports.module JOIN people p ON p.id = reports.reporter"
    " LEFT JOIN builds b ON b.id = reports.build"
    " LEFT JOIN builds rb ON rb.id = reports.released_in"
    " LEFT JOIN people o ON o.id = reports.owner"
)
_FULL_COLUMNS = (
    ", reports.body, reports.snoozed_until, reports.suggested_reply, reports.reporter AS reporter_id, reports.model AS model_id,"
    " reports.answered_at, reports.closed_at, reports.closed_text, reports.closing_reason,"
    " reports.closing_text, reports.appealed_at, c.handle AS closed_by,"
    " c.display_name AS closed_by_name, cc.handle AS closing_by,"
    " cc.display_name AS closing_by_name,"
    " q.id AS q_id, q.text AS q_text, q.at AS q_at, qp.handle AS q_by,"
    " (SELECT s.waited FROM responses s WHERE s.report = reports.id AND s.kind = 'closure'"
    "  AND s.at = reports.closed_at AND s.retracted_at IS NULL LIMIT 1) AS closed_after,"
    " qp.display_name AS q_by_name, mat.median_seconds AS answer_seconds,"
    " late.delayed_zh, late.delayed_en,"
    " coalesce((SELECT max(e.id) FROM events e WHERE e.report = reports.id), 0) AS revision"
)
_FULL_JOINS = (
    " LEFT JOIN people c ON c.id = reports.closed_by"
    " LEFT JOIN people cc ON cc.id = reports.closing_by"
    " LEFT JOIN messages q ON q.id = reports.question LEFT JOIN people qp ON qp.id = q.author"
    " LEFT JOIN module_answer_times mat ON mat.module = reports.module"
    " LEFT JOIN LATERAL (SELECT delayed_zh, delayed_en FROM builds"
    "  WHERE release = reports.expected_on AND model = reports.model AND ring = reports.ring"
    "  AND published_at IS NULL AND withdrawn_at IS NULL"
    "  AND (delayed_zh <> '' OR delayed_en <> '') LIMIT 1) late ON true"
)
_SELECT = f"SELECT {_COLUMNS}{_JOINS}"
SELECT_FULL = f"SELECT {_COLUMNS}{_FULL_COLUMNS}{_JOINS}{_FULL_JOINS}"


def _common(row: Record) -> dict[str, Any]:
    """The columns are called like the fields, but for names in two languages."""
    values = dict(row)
    values["device"] = Text(values.pop("device_zh"), values.pop("device_en"))
    values["module_name"] = Text(values.pop("module_zh"), values.pop("module_en"))
    return values


def full_of(row: Record) -> Full:
    """A row of SELECT_FULL."""
    values = _common(row)
    asked = [values.pop(name) for name in ("q_id", "q_text", "q_by", "q_by_name", "q_at")]
    zh, en = values.pop("delayed_zh"), values.pop("delayed_en")
    late = Text(zh or en, en or zh) if zh or en else None
    return Full(question=Question(*asked) if asked[0] else None, late=late, **values)


async def list_reports(
    person: Person,
    filters: Filters,
    *,
    limit: int,
    after: str = "",
    now: datetime | None = None,
) -> tuple[list[Summary], str | None]:
    """One page and the cursor of the next. One query, whatever the page; two to look for words."""
    rows, cursor = await _page(person, filters, limit=limit, after=after, full=False, now=now)
    return [Summary(**_common(row)) for row in rows], cursor


async def list_full(
    person: Person,
    filters: Filters,
    *,
    limit: int,
    after: str = "",
    now: datetime | None = None,
) -> tuple[list[Full], str | None]:
    """The same with all that the API says of a report."""
    rows, cursor = await _page(person, filters, limit=limit, after=after, full=True, now=now)
    return [full_of(row) for row in rows], cursor


async def _page(
    person: Person,
    filters: Filters,
    *,
    limit: int,
    after: str,
    full: bool,
    now: datetime | None,
) -> tuple[list[Record], str | None]:
    sort = SORTS.get(filters.sort)
    if sort is None:
        raise Invalid({"sort": Text("排序方式认不出来", f"Sort by {', '.join(SORTS)}")})
    columns = ([sort.column] if sort.column else []) + ["id"]
    direction = "DESC" if sort.descending else "ASC"
    order = ", ".join(f"reports.{column} {direction}" for column in columns)
    conditions = await conditions_of(person, filters, now)
    if after:
        key = decode_cursor(after, *([sort.type] if sort.column else []), int)
        names = ", ".join(f"reports.{column}" for column in columns)
        places = ", ".join("{}" for _ in key)
        sign = "<" if sort.descending else ">"
        conditions.append(QueryString(f"({names}) {sign} ({places})", *key))
    where = QueryString(" AND ".join("{}" for _ in conditions), *conditions)
    selected = SELECT_FULL if full else _SELECT
    # The number of rows is written out: where it is a parameter, PostgreSQL plans the statement
    # anew each time, which takes ten times as long as carrying it out.
    rows = await database.rows(
        QueryString(f"{selected} WHERE {{}} ORDER BY {order} LIMIT {limit + 1:d}", where)
    )
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    return rows[:limit], encode_cursor(*(last[column] for column in columns))


async def get_full(person: Person, number: int) -> Full:
    """The report, or NotFound where there is none or it is none of theirs."""
    rows = await database.rows(
        QueryString(SELECT_FULL + " WHERE reports.id = {} AND {}", number, visible_to(person))
    )
    if not rows:
        raise NotFound(Text(f"没有 R-{number} 这个反馈", f"There is no report R-{number}"))
    return full_of(rows[0])


_DERIVED = ("search", "score")
"""Columns that the migrations made, which nobody writes by name."""


async def get_report(person: Person, number: int, *, lock: bool = False) -> Report:
    """The row; `lock` holds it for changing until the end of the transaction."""
    rows = await database.rows(
        QueryString(
            "SELECT reports.* FROM reports WHERE reports.id = {} AND {}"
            + (" FOR UPDATE" if lock else ""),
            number,
            visible_to(person),
        )
    )
    if not rows:
        raise NotFound(Text(f"没有 R-{number} 这个反馈", f"There is no report R-{number}"))
    if lock:
        await about_to_change(REPORT, number)
    values = {name: value for name, value in rows[0].items() if name not in _DERIVED}
    return Report(_exists_in_db=True, **values)
