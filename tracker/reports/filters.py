"""What a list of reports may be narrowed by, and in which orders it comes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import msgspec
from piccolo.querystring import QueryString

from tracker import database
from tracker.errors import Invalid, NotFound
from tracker.language import Text
from tracker.numbers import proposal_number
from tracker.people.tables import Person
from tracker.reports import search
from tracker.reports.access import visible_to
from tracker.reports.tables import Kind, Severity, Status


class Filters(msgspec.Struct, frozen=True):
    """Every narrowing of a list; an empty one does not narrow. All in the address."""

    status: str = ""
    device: str = ""
    module: str = ""
    build: str = ""
    owner: str = ""
    reporter: str = ""
    severity: str = ""
    kind: str = ""
    proposal: str = ""
    q: str = ""
    sort: str = "new"
    waiting: bool = False
    snoozed: bool = False
    label: str = ""


class Sort(NamedTuple):
    """A column before the number, which alone is the order where there is none."""

    column: str
    descending: bool
    type: type[datetime | float] = datetime


SORTS = {
    "new": Sort("", descending=True),
    "old": Sort("", descending=False),
    "updated": Sort("updated_at", descending=True),
    "waiting": Sort("waiting_since", descending=False),
    "score": Sort("score", descending=True, type=float),
}
"""`waiting`: a tester spoke last; the longest wait first. `score`: those by scoring.py."""
QUEUES = ("waiting", "score")

OPEN = ("new", "needs_info", "accepted", "in_progress", "fixed")


def _conditions(person: Person, filters: Filters, now: datetime | None) -> list[QueryString]:
    conditions = [visible_to(person)]
    if filters.status:
        wanted = [part for part in filters.status.split(",") if part]
        if "open" in wanted:
            wanted = [part for part in wanted if part != "open"] + list(OPEN)
        unknown = [part for part in wanted if part not in set(Status)]
        if unknown:
            raise Invalid(
                {"status": Text(f"没有「{unknown[0]}」这个状态", f"No status “{unknown[0]}”")}
            )
        conditions.append(_one_of("status", wanted))
    by_look_up = (
        (filters.device, "reports.model = (SELECT id FROM device_models WHERE codename = {})"),
        (filters.module, "reports.module = (SELECT id FROM modules WHERE slug = {})"),
        (filters.build, "reports.build = ANY(ARRAY(SELECT id FROM builds WHERE version = {}))"),
        (filters.owner, "reports.owner = (SELECT id FROM people WHERE handle = {})"),
        (filters.reporter, "reports.reporter = (SELECT id FROM people WHERE handle = {})"),
    )
    conditions.extend(QueryString(sql, value) for value, sql in by_look_up if value)
    if filters.severity:
        conditions.append(_one_of("severity", {filters.severity} & set(Severity)))
    if filters.kind:
        conditions.append(_one_of("kind", {filters.kind} & set(Kind)))
    if filters.proposal:
        conditions.append(QueryString("reports.proposal = {}", _gathered_in(filters.proposal)))
    if filters.label:
        conditions.append(_labelled(person, filters.label))
    if filters.waiting or filters.sort in QUEUES:
        conditions.append(QueryString("reports.waiting_since IS NOT NULL"))
        if now is not None and not filters.snoozed:
            conditions.append(
                QueryString("(reports.snoozed_until IS NULL OR reports.snoozed_until <= {})", now)
            )
    if filters.snoozed and now is not None:
        conditions.append(QueryString("reports.snoozed_until > {}", now))
    return conditions


def _labelled(person: Person, labels: str) -> QueryString:
    """Those with all of the labels, which are the team's alone: nobody else finds anything by them."""
    if not person.is_staff:
        return QueryString("false")
    wanted = [one for one in labels.split(",") if one]
    # The index has those alone that have any.
    return QueryString("(cardinality(reports.labels) > 0 AND reports.labels @> {}::text[])", wanted)


def _one_of(column: str, values: Collection[str]) -> QueryString:
    """Words of ours, written out: so a plan that is kept knows which of them are rare."""
    words = ", ".join(f"'{value}'" for value in sorted(values))
    return QueryString(f"reports.{column} IN ({words})" if words else "false")


def _gathered_in(proposal: str) -> int:
    """The number of `P-3` or `3`; zero, which none has, for anything else."""
    try:
        return proposal_number(f"P-{proposal.removeprefix('P-')}")
    except NotFound:
        return 0


FEW = 1000
"""So many reports are cheaper looked at one by one than met with in the order of a list."""


async def conditions_of(
    person: Person, filters: Filters, now: datetime | None = None
) -> list[QueryString]:
    """The conditions on `reports`. Costs a query where words are looked for. By `now` what is
    snoozed is told from what is not; without it a queue has both.

    The planner takes every word for a frequent one: it would walk through the whole list for a
    word that is there twice. So the few that have it are found first.
    """
    conditions = _conditions(person, filters, now)
    tokens = search.query_tokens(filters.q)
    if tokens:
        having = QueryString("reports.search @@ {}::tsquery", search.tsquery(tokens))
        found = await database.rows(
            QueryString("SELECT id FROM reports WHERE {} LIMIT {}", having, FEW + 1)
        )
        if len(found) <= FEW:
            having = QueryString("reports.id = ANY({})", [row["id"] for row in found])
        conditions.append(having)
    elif filters.q.strip():
        conditions.append(QueryString("false"))
    return conditions
