"""What an engineer does with deliveries: have them tried now, or given up.

Neither takes anything out of a worker's hands. Nothing in a row says that a worker holds it but
`due_at`, which then is the end of its lease: so what is due within `HELD` may be held.

- A failed one that may be held is left as it is: it is being tried, or will be in a moment.
- One that is given up while it is held may arrive all the same; the ledger then says so
  (`claiming.settle`), and any other outcome changes nothing.
- Tried again after that, it waits until the lease has surely run out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from piccolo.querystring import QueryString

from tracker import database
from tracker.deliveries.access import require_can_steer, visible_to
from tracker.deliveries.claiming import LEASE
from tracker.deliveries.filters import OPEN, Filters, all_of, conditions_of
from tracker.deliveries.forms import BulkOut
from tracker.errors import Conflict, Invalid, NotFound
from tracker.history.actions import record
from tracker.language import Text
from tracker.notices.tables import DeliveryState
from tracker.people.tables import Person

HELD = LEASE + timedelta(seconds=30)
"""The longest that a lease can have left, by clocks that do not quite agree."""

MOST = 10_000
"""Deliveries that one request changes: a second's work."""

GIVEN_UP_BY = "given up by "
"""How `detail` begins where a person gave it up; what the workers say is `given up: …`."""

_HAS_ARRIVED = Text("已经送达，没有什么可做的了", "It has arrived: there is nothing to be done")
_IS_GONE = Text(
    "接收的地方已经移除，没有地方可以再发",
    "Its subscription is gone: there is nowhere to send it any more",
)
_IS_CLOSED = Text("这个账号已停用，不会再发", "The account is closed: nothing is sent to it")

_JOINED = """
FROM deliveries d JOIN notices ON notices.id = d.notice JOIN subscriptions s ON s.id = d.subscription
LEFT JOIN people p ON p.id = notices.person
"""
_REACHABLE = "s.gone_at IS NULL AND p.disabled_at IS NULL"

_RETRIED = f"""
state = CASE d.state WHEN 'dead' THEN 'pending' ELSE d.state END, at = {{}},
due_at = CASE WHEN d.state = 'dead' AND starts_with(d.detail, '{GIVEN_UP_BY}')
    THEN greatest({{}}, d.at + {{}}) ELSE {{}} END
"""
_ENDED = """
state = 'dead', due_at = NULL, at = {},
detail = left({} || CASE d.detail WHEN '' THEN '' ELSE ' (' || d.detail || ')' END, 500)
"""


def _retried(now: datetime) -> QueryString:
    return QueryString(_RETRIED, now, now, HELD, now)


def _can_be_retried(now: datetime) -> QueryString:
    return QueryString("(d.state = 'dead' OR (d.state = 'failed' AND d.due_at > {}))", now + HELD)


def _ended(person: Person, reason: str, now: datetime) -> QueryString:
    return QueryString(_ENDED, now, f"{GIVEN_UP_BY}{person.handle}: {reason}")


async def retry(person: Person, number: int, *, now: datetime) -> None:
    """Have a dead or failed one tried at once. One that waits to be tried is left as it is, so
    twice is the same as once."""
    require_can_steer(person)
    async with database.transaction():
        rows = await database.rows(
            QueryString(
                "SELECT d.state, s.gone_at IS NOT NULL AS gone, p.disabled_at IS NOT NULL AS closed"
                f"{_JOINED} WHERE d.id = {{}} AND {{}} FOR UPDATE OF d",
                number,
                visible_to(person),
            )
        )
        if not rows:
            raise NotFound
        [row] = rows
        for is_so, why in (
            (row["state"] == DeliveryState.SENT, _HAS_ARRIVED),
            (row["gone"], _IS_GONE),
            (row["closed"], _IS_CLOSED),
        ):
            if is_so:
                raise Conflict(why)
        changed = await database.rows(
            QueryString(
                "UPDATE deliveries d SET {} WHERE d.id = {} AND {} RETURNING d.id",
                _retried(now),
                number,
                _can_be_retried(now),
            )
        )
        if changed:
            await record(
                person, "delivery.retried", now=now, internal=True, data={"delivery": number}
            )


async def end(person: Person, number: int, reason: str, *, now: datetime) -> None:
    """Give one up: it is dead, and says by whom and why; its recipient may read that. One that is
    dead already is left with its reason."""
    require_can_steer(person)
    async with database.transaction():
        rows = await database.rows(
            QueryString(
                "SELECT d.state FROM deliveries d JOIN notices ON notices.id = d.notice"
                " WHERE d.id = {} AND {} FOR UPDATE OF d",
                number,
                visible_to(person),
            )
        )
        if not rows:
            raise NotFound
        if rows[0]["state"] == DeliveryState.SENT:
            raise Conflict(_HAS_ARRIVED)
        changed = await database.rows(
            QueryString(
                "UPDATE deliveries d SET {} WHERE d.id = {} AND d.due_at IS NOT NULL RETURNING d.id",
                _ended(person, reason, now),
                number,
            )
        )
        if changed:
            facts = {"delivery": number, "reason": reason}
            await record(person, "delivery.ended", now=now, internal=True, data=facts)


async def retry_all(person: Person, filters: Filters, *, now: datetime) -> BulkOut:
    """Have all dead or all failed ones of a selection tried at once, `MOST` of them at a time."""
    require_can_steer(person)
    _check(filters, DeliveryState.DEAD, DeliveryState.FAILED)
    conditions = await conditions_of(person, filters)
    reachable = [*conditions, QueryString(_REACHABLE)]
    async with database.transaction():
        changed, more = await _change(reachable, _can_be_retried(now), _retried(now))
        await _record_many(person, "deliveries.retried", filters, changed, now=now)
    gone = 0
    if not more:
        rows = await database.rows(
            QueryString(
                f"SELECT count(*) AS n {_JOINED} WHERE {{}} AND NOT ({_REACHABLE})",
                all_of(conditions),
            )
        )
        gone = rows[0]["n"]
    return BulkOut(changed, more, gone)


async def end_all(person: Person, filters: Filters, reason: str, *, now: datetime) -> BulkOut:
    """Give up all pending or all failed ones of a selection, `MOST` of them at a time."""
    require_can_steer(person)
    _check(filters, *OPEN)
    conditions = await conditions_of(person, filters)
    is_open = QueryString("d.due_at IS NOT NULL")
    async with database.transaction():
        changed, more = await _change(conditions, is_open, _ended(person, reason, now))
        await _record_many(person, "deliveries.ended", filters, changed, now=now, reason=reason)
    return BulkOut(changed, more)


async def _record_many(
    person: Person, kind: str, filters: Filters, changed: int, *, now: datetime, **more: str
) -> None:
    """One event for all of them: which were meant, and how many there were."""
    if changed:
        chosen = {name: value for name, value in msgspec.structs.asdict(filters).items() if value}
        facts = {"chosen": chosen, "changed": changed, **more}
        await record(person, kind, now=now, internal=True, data=facts)


def _check(filters: Filters, *states: DeliveryState) -> None:
    """Never all there are by mistake."""
    if filters.state not in states:
        known = ", ".join(states)
        raise Invalid({"state": Text(f"只能是 {known}", f"It must be one of {known}")})
    if not filters.are_narrow:
        raise Invalid(
            {
                "release": Text(
                    "至少写明一项：release、channel、person、host 或 notice",
                    "Say at least one of release, channel, person, host and notice",
                )
            }
        )


async def _change(
    chosen: list[QueryString], still: QueryString, change: QueryString
) -> tuple[int, bool]:
    """Change those for which all of `chosen` and `still` are true, and say how many they were and
    whether there may be more. Found in the order of the ledger, locked in the order of the workers,
    and looked at once more when they are."""
    rows = await database.rows(
        QueryString(
            "WITH found AS MATERIALIZED ("
            f" SELECT d.id {_JOINED} WHERE {{}} AND {{}}"
            " ORDER BY d.notice DESC, d.subscription DESC LIMIT {}),"
            " locked AS MATERIALIZED (SELECT d.id FROM deliveries d WHERE d.id IN (SELECT id FROM found)"
            " AND {} ORDER BY d.id FOR UPDATE),"
            " changed AS (UPDATE deliveries d SET {} FROM locked WHERE d.id = locked.id"
            " RETURNING d.id)"
            " SELECT (SELECT count(*) FROM found) AS found, (SELECT count(*) FROM changed) AS changed",
            all_of(chosen),
            still,
            MOST,
            still,
            change,
        )
    )
    return rows[0]["changed"], rows[0]["found"] == MOST
