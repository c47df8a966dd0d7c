"""Reading the ledger."""

from __future__ import annotations

from datetime import datetime

import msgspec
from asyncpg import Record
from piccolo.querystring import QueryString

from tracker import database
from tracker.channels.base import ChannelName
from tracker.deliveries.access import require_can_steer, visible_to
from tracker.deliveries.filters import Filters, all_of, conditions_of
from tracker.deliveries.forms import CountOut, HostOut, LedgerOut, SummaryOut, WaitingOut
from tracker.errors import NotFound
from tracker.language import Language
from tracker.notices.tables import DeliveryState, NoticeKind
from tracker.notices.words import wording
from tracker.people.tables import Person
from tracker.web.pagination import decode_cursor, encode_cursor

_SELECT = """
SELECT d.id, d.notice, d.subscription, d.channel, d.host, d.state, d.attempts, d.due_at, d.at,
    d.detail, notices.kind, notices.data, notices.at AS made_at, s.name, p.handle
FROM deliveries d JOIN notices ON notices.id = d.notice
JOIN subscriptions s ON s.id = d.subscription LEFT JOIN people p ON p.id = notices.person
"""


def _out(row: Record, person: Person, language: Language) -> LedgerOut:
    # A mail address is its place's name, where nobody gave it another.
    whose = row["handle"] in (None, person.handle)
    words = wording(row["kind"], msgspec.json.decode(row["data"]))
    return LedgerOut(
        id=row["id"],
        notice=row["notice"],
        kind=NoticeKind(row["kind"]),
        title=words.title.within(language),
        text=words.text.within(language),
        person=row["handle"],
        channel=ChannelName(row["channel"]),
        name=row["name"] if whose else "",
        host=row["host"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        made_at=row["made_at"],
        due_at=row["due_at"],
        at=row["at"],
        detail=row["detail"],
    )


async def list_deliveries(
    person: Person, filters: Filters, language: Language, *, limit: int, after: str = ""
) -> tuple[list[LedgerOut], str | None]:
    """Those of the newest notice first. What it costs is said in `filters`."""
    conditions = await conditions_of(person, filters)
    if after:
        conditions.append(
            QueryString("(d.notice, d.subscription) < ({}, {})", *decode_cursor(after, int, int))
        )
    rows = await database.rows(
        QueryString(
            _SELECT + "WHERE {} ORDER BY d.notice DESC, d.subscription DESC LIMIT {}",
            all_of(conditions),
            limit + 1,
        )
    )
    last = rows[limit - 1] if len(rows) > limit else None
    found = [_out(row, person, language) for row in rows[:limit]]
    return found, encode_cursor(last["notice"], last["subscription"]) if last else None


async def get_delivery(person: Person, number: int, language: Language) -> LedgerOut:
    rows = await database.rows(
        QueryString(_SELECT + "WHERE d.id = {} AND {}", number, visible_to(person))
    )
    if not rows:
        raise NotFound
    return _out(rows[0], person, language)


async def summary(person: Person, filters: Filters, *, now: datetime) -> SummaryOut:
    """Reads what the filters leave, once: half a second for the million of a big Friday. Without
    any filter, what has been sent is not read but known."""
    require_can_steer(person)
    counts = await (_counted(person, filters) if filters.are_narrow else _counted_in_all())
    if filters.state is not None:
        counts = [one for one in counts if one.state == filters.state]
    return SummaryOut(counts, await _oldest(person, filters, now), await _hosts(now))


def _counts(rows: list[Record]) -> list[CountOut]:
    return [
        CountOut(ChannelName(row["channel"]), DeliveryState(row["state"]), row["count"])
        for row in rows
    ]


async def _counted(person: Person, filters: Filters) -> list[CountOut]:
    return _counts(
        await database.rows(
            QueryString(
                "SELECT d.channel, d.state, count(*) AS count FROM deliveries d"
                " JOIN notices ON notices.id = d.notice WHERE {} GROUP BY d.channel, d.state"
                " ORDER BY d.channel, d.state",
                all_of(await conditions_of(person, filters)),
            )
        )
    )


# Every delivery that was sent was counted when it was.
_IN_ALL = """
SELECT channel, state, sum(count)::bigint AS count FROM (
    SELECT channel, state, count(*) FROM deliveries WHERE due_at IS NOT NULL GROUP BY channel, state
    UNION ALL SELECT channel, 'dead', count(*) FROM deliveries WHERE state = 'dead' GROUP BY channel
    UNION ALL SELECT channel, 'sent', sent FROM delivery_totals WHERE sent > 0) AS found
GROUP BY channel, state ORDER BY channel, state
"""


async def _counted_in_all() -> list[CountOut]:
    return _counts(await database.fetch(_IN_ALL))


async def _oldest(person: Person, filters: Filters, now: datetime) -> WaitingOut | None:
    rows = await database.rows(
        QueryString(
            "SELECT d.id, d.channel, d.host, d.due_at FROM deliveries d"
            " JOIN notices ON notices.id = d.notice WHERE {} AND d.due_at IS NOT NULL"
            " AND d.due_at <= {} ORDER BY d.due_at, d.id LIMIT 1",
            all_of(await conditions_of(person, filters)),
            now,
        )
    )
    if not rows:
        return None
    row = rows[0]
    return WaitingOut(row["id"], ChannelName(row["channel"]), row["host"], row["due_at"])


_HOSTS = """
SELECT h.host, h.failures, h.paused_until, h.detail, open.waiting,
    (SELECT at FROM notices WHERE id = open.first) AS since
FROM delivery_hosts h CROSS JOIN LATERAL (
    SELECT count(*) AS waiting, min(d.notice) AS first FROM deliveries d
    WHERE d.host = h.host AND d.due_at IS NOT NULL) AS open
WHERE h.paused_until > $1 OR (h.failures > 0 AND open.waiting > 0) ORDER BY h.host
"""


async def _hosts(now: datetime) -> list[HostOut]:
    return [
        HostOut(
            host=row["host"],
            waiting=row["waiting"],
            since=row["since"],
            until=row["paused_until"],
            failures=row["failures"],
            reason=row["detail"],
        )
        for row in await database.fetch(_HOSTS, now)
    ]


async def as_if_mailed(
    *, language: Language | None, handle: str, before: int | None, limit: int
) -> list[Record]:
    """Notices of people, newest first, as rows of `claim` for e-mail: for looking at, whether
    anybody has an address or not. `language` None: each reader's own."""
    return await database.fetch(
        "SELECT 0::bigint AS id, 0 AS attempts, 'email' AS channel, '' AS host, p.handle,"
        " coalesce(s.id, 0) AS subscription, n.id AS notice, n.kind, n.cause, n.data, n.at,"
        " '{}' AS address, false AS gone, p.id AS person, false AS disabled,"
        " coalesce($1, p.language) AS language"
        " FROM notices n JOIN people p ON p.id = n.person LEFT JOIN subscriptions s"
        " ON s.person = p.id AND s.channel = 'email' AND s.confirmed_at IS NOT NULL"
        " AND s.gone_at IS NULL"
        " WHERE ($2 = '' OR p.handle = $2) AND ($3::bigint IS NULL OR n.id < $3)"
        " ORDER BY n.id DESC LIMIT $4",
        language,
        handle,
        before,
        limit,
    )
