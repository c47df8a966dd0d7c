"""Making notices from events, after the fact: what is heard of an event is decided here.

`reports`, `proposals` and `releases` write down what happened and know nothing of this.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from asyncpg import Record

from tracker import database
from tracker.notices.corrections import act_undone, build_restored, build_withdrawn, fix_reverted
from tracker.notices.news import build_left, one_released, train_left
from tracker.notices.robots import post_blocked, post_changelog, post_severe
from tracker.notices.tables import NoticeKind
from tracker.notices.telling import Listener, tell
from tracker.notices.undoing import CLOSING_STANDS, CLOSURE_STANDS, QUESTION_STANDS, WAITS
from tracker.numbers import report_number

BATCH = 1000
ROUTED_WITHIN = timedelta(seconds=10)
"""What was filed is told of once the rules have said whose it is, and after this in any case."""

# Those that wait are in the index of what is unheard: each is passed over once a tick.
_UNHEARD = f"""
SELECT id, at, actor, kind, report, proposal, build, release, data FROM events e
WHERE heard_at IS NULL AND id > $1 AND (at <= $2 OR NOT {WAITS})
    AND (kind <> 'report.filed' OR routed_at IS NOT NULL OR at <= $4) ORDER BY id LIMIT $3 FOR UPDATE
"""


async def make_notices(*, now: datetime, window: timedelta = timedelta()) -> int:
    """Turn the events that nobody has heard of into notices; returns how many it looked at.

    What the team can take back is left alone until it is older than `window` (undoing.py), and what
    was filed until the desk has routed it: whose it is then hears of it with the captains.

    Takes a batch at a time, each in one transaction with the mark that it is done: whatever
    is killed when, an event makes its notices once. Of many processes one is at it and the others
    wait, since what is taken back may have been told a moment before.
    """
    heard = last = 0
    while True:
        async with database.transaction():
            events = await database.fetch(_UNHEARD, last, now - window, BATCH, now - ROUTED_WITHIN)
            for event in events:
                listener = LISTENERS.get(event["kind"])
                if listener is not None:
                    await listener(event, msgspec.json.decode(event["data"]), now)
            await database.execute(
                "UPDATE events SET heard_at = $2 WHERE id = ANY ($1)",
                [event["id"] for event in events],
                now,
            )
        heard += len(events)
        if len(events) < BATCH:
            return heard
        last = events[-1]["id"]


def _about_report(kind: NoticeKind, recipients: str, *, stands: str = "true") -> Listener:
    """Tell people of one report. `recipients` is a query of persons from the report `r`, its
    message `m` and the actor `$7`; whoever acted is not told of their own act, nor is anybody but
    the reporter who is of the team no longer. Nobody is told where the condition `stands` has ceased to hold, nor twice of what is so again."""
    query = (
        "SELECT DISTINCT person, jsonb_build_object('report', r.id, 'title', r.title,"
        " 'text', coalesce(m.text, $6::text, ''), 'by', (SELECT display_name FROM people"
        " WHERE id = $7), 'act', $9::text) FROM reports r LEFT JOIN messages m ON m.id = $8::bigint"
        f" CROSS JOIN LATERAL ({recipients}) AS recipients (person)"
        " WHERE r.id = $5 AND person IS NOT NULL AND person IS DISTINCT FROM $7::integer"
        f" AND {stands} AND (person = r.reporter OR EXISTS (SELECT 1 FROM people team"
        " WHERE team.id = person AND team.role IN ('engineer', 'captain', 'admin')))"
    )

    async def listener(event: Record, data: dict[str, Any], now: datetime) -> None:
        await tell(
            query,
            kind,
            f"event:{data.get('again_of') or event['id']}",
            event,
            now,
            event["report"],
            data.get("text"),
            event["actor"],
            data.get("message"),
            event["kind"],
        )

    return listener


_REPORTER = "SELECT r.reporter"
_ASKER = (
    "SELECT r.owner UNION SELECT q.author FROM messages q"
    " WHERE q.report = r.id AND q.kind = 'question'"
)
_CLOSER = (
    "SELECT r.owner UNION SELECT e.actor FROM events e"
    " WHERE e.report = r.id AND e.kind = 'report.closed'"
)
_CAPTAINS = (
    "SELECT id FROM people WHERE role IN ('captain', 'admin') AND disabled_at IS NULL"
    " UNION SELECT r.owner"
)


def _only_if(test: Callable[[dict[str, Any]], bool], listener: Listener) -> Listener:
    async def tested(event: Record, data: dict[str, Any], now: datetime) -> None:
        if test(data):
            await listener(event, data, now)

    return tested


def _each(*listeners: Listener) -> Listener:
    async def all_of_them(event: Record, data: dict[str, Any], now: datetime) -> None:
        for listener in listeners:
            await listener(event, data, now)

    return all_of_them


async def _answered(event: Record, data: dict[str, Any], now: datetime) -> None:
    """Whoever asked is told, and whoever answered has read the question."""
    await _tell_asker(event, data, now)
    await database.execute(
        "UPDATE notices SET read_at = $3 WHERE person = $1 AND kind = 'question'"
        " AND read_at IS NULL AND (data->>'report')::bigint = $2",
        event["actor"],
        event["report"],
        now,
    )


async def _train_blocked(event: Record, data: dict[str, Any], now: datetime) -> None:
    await tell(
        "SELECT id, $5::jsonb FROM people"
        " WHERE role IN ('captain', 'admin') AND disabled_at IS NULL ORDER BY id",
        NoticeKind.BLOCKED,
        f"event:{event['id']}",
        event,
        now,
        msgspec.json.encode(data).decode(),
    )


# The proposal's owner; the captains where it has none who is still of the team, and where the report is severe.
_REOPENED = """
SELECT person, jsonb_build_object('proposal', 'P-' || p.id, 'title', p.title, 'models', $6::jsonb,
    'build', $7::text, 'report', $8::text, 'by', (SELECT display_name FROM people WHERE id = $9))
FROM proposals p LEFT JOIN people o ON o.id = p.owner AND o.disabled_at IS NULL
    AND o.role IN ('engineer', 'captain', 'admin')
CROSS JOIN LATERAL (SELECT o.id WHERE o.id IS NOT NULL UNION
    SELECT c.id FROM people c WHERE c.role IN ('captain', 'admin') AND c.disabled_at IS NULL
        AND (o.id IS NULL OR EXISTS (SELECT 1 FROM reports r
            WHERE r.id = $10 AND r.severity = ANY ($11::text[])))) AS recipients (person)
WHERE p.id = $5 AND person IS DISTINCT FROM $9::integer
"""


async def _slice_reopened(event: Record, data: dict[str, Any], now: datetime) -> None:
    await tell(
        _REOPENED,
        NoticeKind.REOPENED,
        f"event:{event['id']}",
        event,
        now,
        event["proposal"],
        msgspec.json.encode(data["models"]).decode(),
        data["build"],
        data["report"],
        event["actor"],
        report_number(data["report"]),
        sorted(_SEVERE),
    )


_tell_asker = _about_report(NoticeKind.ANSWER, _ASKER)

_SEVERE = {"brick", "data_loss", "security"}

LISTENERS: dict[str, Listener] = {
    "release.published": _each(train_left, post_changelog),
    "release.blocked": _each(_train_blocked, post_blocked),
    "build.published": build_left,
    "build.withdrawn": build_withdrawn,
    "build.restored": build_restored,
    "report.released": one_released,
    "proposal.reverted": fix_reverted,
    "proposal.reopened": _slice_reopened,
    "act.undone": act_undone,
    "report.filed": _only_if(
        lambda data: data.get("severity") in _SEVERE,
        _each(_about_report(NoticeKind.SEVERE, _CAPTAINS), post_severe),
    ),
    "report.closing": _about_report(NoticeKind.SEVERE, _CAPTAINS, stands=CLOSING_STANDS),
    "report.asked": _about_report(NoticeKind.QUESTION, _REPORTER, stands=QUESTION_STANDS),
    "report.replied": _about_report(
        NoticeKind.REPLY,
        "SELECT CASE WHEN m.official THEN r.reporter ELSE r.owner END",
        stands="m.retracted_at IS NULL",
    ),
    "report.answered": _answered,
    "report.closed": _about_report(NoticeKind.CLOSURE, _REPORTER, stands=CLOSURE_STANDS),
    "report.appealed": _about_report(NoticeKind.APPEAL, _CLOSER),
}
"""Which events make notices, and whose."""
