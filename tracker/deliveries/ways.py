"""The tester's ledger: the ways that one notice took to its reader, and those that it did not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from asyncpg import Record

from tracker import database
from tracker.channels.base import ChannelName
from tracker.deliveries.words import not_sent, why_told
from tracker.deliveries.words import went as words_of
from tracker.errors import NotFound
from tracker.language import Text
from tracker.notices.queries import Listed, listed
from tracker.people.tables import Person
from tracker.subscriptions.preferences import USUAL, Chosen, chosen
from tracker.subscriptions.words import WHAT


class Said(msgspec.Struct, frozen=True):
    """A sentence, and the time that stands in it as `{at}`."""

    words: Text
    at: datetime | None = None


class Way(msgspec.Struct, frozen=True):
    """One place of somebody's, and what became of one notice there."""

    channel: ChannelName
    name: str
    said: Said
    good: bool = False
    """Whether it has arrived, as far as anybody here can know."""
    tries: int = 0
    changed: datetime | None = None
    """When it was last at work on; None where nothing was to be done."""


class Ledger(msgspec.Struct, frozen=True):
    notice: Listed
    why: Text
    went: Sequence[Way]
    not_sent: Sequence[Way]
    never: Sequence[ChannelName]
    """Channels in which the reader had no place."""
    chosen_since: datetime | None
    """When the preferences were changed, if that was after the notice was made."""


# A notice, its reader's preferences, and a row for each place that they ever had.
_LEDGER = """
SELECT n.id, n.kind, n.data, n.at, n.read_at, r.reporter = n.person AS mine,
    r.owner = n.person AS looks_after, p.kinds, p.quiet_from, p.quiet_to, p.fridays_only,
    p.inbox_only, p.changed_at, s.id AS place, s.channel, s.name, s.created_at, s.confirmed_at,
    s.gone_at, s.gone_because, d.id AS delivery, d.state, d.attempts, d.due_at,
    d.at AS settled_at, d.detail, h.paused_until
FROM notices n LEFT JOIN preferences p ON p.person = n.person
LEFT JOIN reports r ON r.id = CASE jsonb_typeof(n.data->'report')
    WHEN 'number' THEN (n.data->>'report')::bigint END
LEFT JOIN subscriptions s ON s.person = n.person
LEFT JOIN deliveries d ON d.notice = n.id AND d.subscription = s.id
LEFT JOIN delivery_hosts h ON h.host = d.host AND h.paused_until > $3
WHERE n.id = $1 AND n.person = $2 ORDER BY s.id
"""


async def ledger(person: Person, number: int, *, now: datetime) -> Ledger:
    """Of a notice of one's own; anybody else's is nothing to them. One query."""
    rows = await database.fetch(_LEDGER, number, person.id, now)
    if not rows:
        raise NotFound
    notice = listed(rows[0])
    preferences = USUAL if rows[0]["changed_at"] is None else chosen(rows[0])
    places = [row for row in rows if row["place"] is not None]
    tried = [row for row in places if row["delivery"] is not None]
    untried = _latest(places, {(row["channel"], row["name"]) for row in tried})
    changed = preferences.changed_at
    return Ledger(
        notice,
        why_told(
            notice.kind,
            notice.data,
            mine=bool(rows[0]["mine"]),
            looks_after=bool(rows[0]["looks_after"]),
        ),
        [_went(row, notice.kind, now) for row in tried],
        [_not_sent(row, notice, preferences) for row in untried],
        [name for name in WHAT if all(row["channel"] != name for row in (*tried, *untried))],
        changed if changed is not None and changed > notice.at else None,
    )


def _latest(places: Sequence[Record], tried: set[tuple[str, str]]) -> list[Record]:
    """Of places that were added again and again, the last; none that nobody ever confirmed, nor
    one that was gone and for which another stood in."""
    found: dict[tuple[str, str], Record] = {}
    for row in places:
        key = (row["channel"], row["name"])
        asked_in_vain = row["confirmed_at"] is None and row["gone_at"] is not None
        if row["delivery"] is None and key not in tried and not asked_in_vain:
            found[key] = row
    return list(found.values())


def _went(row: Record, kind: str, now: datetime) -> Way:
    words, at, good = words_of(row, kind, now)
    return Way(
        ChannelName(row["channel"]),
        row["name"],
        Said(words, at),
        good,
        row["attempts"],
        row["settled_at"] if row["attempts"] else None,
    )


def _not_sent(row: Record, notice: Listed, preferences: Chosen) -> Way:
    words, at = not_sent(row, notice.kind, notice.at, preferences)
    return Way(ChannelName(row["channel"]), row["name"], Said(words, at))


class Told(msgspec.Struct, frozen=True):
    """What is known of one reader and one report."""

    notices: Sequence[Listed]
    """About it, newest first."""
    too: Text | None
    """The phone of their "me too"; None where they said none."""
    reached: bool
    """Whether a build for that phone has brought the fix."""
    unheard: bool
    """Whether something has happened that its reporter is not told of yet."""
    taken_back: bool
    """Whether the team did something that had ceased to hold before its reporter was told."""
    own_act: bool
    """Whether they did something themselves that others may have been told of."""


_ABOUT = """
SELECT id, kind, data, at, read_at FROM notices WHERE person = $1
    AND (data->'report' = to_jsonb($2::bigint)
        OR data->'reports' @> jsonb_build_array(jsonb_build_object('report', $2::bigint))
        OR data->'slipped' @> jsonb_build_array(jsonb_build_object('report', $2::bigint))
        OR data->'confirmed' @> jsonb_build_array(jsonb_build_object('report', $2::bigint))
        OR data->'corrected' @> jsonb_build_array(jsonb_build_object('report', $2::bigint))
        OR data->'asked' @> jsonb_build_array(jsonb_build_object('report', $2::bigint)))
ORDER BY id DESC LIMIT 50
"""
_FOR_REPORTERS = ["report.asked", "report.replied", "report.closed", "report.released"]
"""Events of the team that the reporter hears of, some after the undo window."""
# What came with an import was told to nobody.
_READER = """
SELECT d.name_zh, d.name_en, EXISTS (SELECT 1 FROM shipments s
        WHERE s.proposal = r.proposal AND s.model = a.model AND s.ring = a.ring
        AND s.ended_at IS NULL) AS reached,
    EXISTS (SELECT 1 FROM events e WHERE e.report = r.id AND e.heard_at IS NULL
        AND e.kind = ANY ($4) AND e.actor IS DISTINCT FROM $1) AS unheard,
    r.source = '' AND EXISTS (SELECT 1 FROM events e WHERE e.report = r.id
        AND e.heard_at IS NOT NULL AND e.kind IN ('report.asked', 'report.closed')
        AND e.actor IS DISTINCT FROM $1 AND NOT EXISTS (SELECT 1 FROM notices n
            WHERE n.person = $1 AND n.cause = 'event:' || e.id)) AS taken_back,
    EXISTS (SELECT 1 FROM events e WHERE e.report = r.id AND e.actor = $1
        AND e.kind = ANY ($3)) AS own_act
FROM reports r LEFT JOIN affected a ON a.report = r.id AND a.person = $1
LEFT JOIN device_models d ON d.id = a.model WHERE r.id = $2
"""


async def told_about(person: Person, report: int, *, making: Sequence[str]) -> Told:
    """`making`: the kinds of events that notices are made of. Whether the report is theirs to see
    is the caller's to check. Two queries."""
    about = await database.fetch(_ABOUT, person.id, report)
    row = await database.fetch_row(_READER, person.id, report, list(making), _FOR_REPORTERS)
    assert row is not None
    return Told(
        [listed(one) for one in about],
        Text(row["name_zh"], row["name_en"]) if row["name_zh"] is not None else None,
        row["reached"],
        row["unheard"],
        row["taken_back"],
        row["own_act"],
    )


__all__ = ["Ledger", "Said", "Told", "Way", "ledger", "told_about"]
