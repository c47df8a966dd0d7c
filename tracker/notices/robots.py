"""What a team's robots post: the changelog of a Friday, and what cannot wait."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from asyncpg import Record

from tracker import database
from tracker.devices.queries import builds_of_release
from tracker.notices.tables import NoticeKind
from tracker.notices.telling import tell_robots
from tracker.releases.entries import by_module, model_names, published_entries
from tracker.releases.forms import EntryOut
from tracker.releases.words import line_of

_HEAD = """
SELECT r.date, r.notes_zh, r.notes_en, s.reports, s.testers FROM releases r
CROSS JOIN LATERAL (SELECT count(*) AS reports, count(DISTINCT reporter) AS testers FROM reports
    WHERE released_in = ANY (ARRAY(SELECT id FROM builds WHERE release = r.date))) s
WHERE r.id = $1
"""


async def post_changelog(event: Record, data: dict[str, Any], now: datetime) -> None:
    facts = await _changelog(event["release"])
    await tell_robots(NoticeKind.CHANGELOG, f"release:{data['date']}", event, now, facts)


async def _changelog(release: int) -> dict[str, Any]:
    """What the post shows, in both languages: figures, what is late and why, lines by module."""
    head = await database.fetch_row(_HEAD, release)
    assert head is not None
    builds = [one for one in await builds_of_release(head["date"]) if one["withdrawn_at"] is None]
    # What has been taken back since is told by the post, which the message leads to.
    entries = [entry for entry in await published_entries(release) if entry.erratum is None]
    names = await model_names({name for entry in entries for name in entry.models or ()})
    return {
        "date": head["date"].isoformat(),
        "reports": head["reports"],
        "testers": head["testers"],
        "models": len({one["codename"] for one in builds if one["published_at"]}),
        "notes": {"zh": head["notes_zh"], "en": head["notes_en"]},
        "late": [_late(one) for one in builds if one["published_at"] is None],
        "modules": [
            {
                "name": msgspec.structs.asdict(module),
                "lines": [
                    {
                        "kind": entry.kind,
                        **line_of(entry)._asdict(),
                        "models": [names[name]._asdict() for name in _named(entry)],
                    }
                    for entry in lines
                ],
            }
            for module, lines in by_module(entries)
        ],
    }


def _named(entry: EntryOut) -> list[str]:
    """The models that a line is for; none where it is for all."""
    return entry.models or []


def _late(build: Record) -> dict[str, Any]:
    zh, en = build["delayed_zh"], build["delayed_en"]
    return {
        "name": {"zh": build["name_zh"], "en": build["name_en"]},
        "why": {"zh": zh or en, "en": en or zh},
    }


_SEVERE = """
SELECT r.id, CASE WHEN r.private THEN '' ELSE r.title END AS title, r.private, r.severity,
    m.name_zh, m.name_en
FROM reports r JOIN modules m ON m.id = r.module WHERE r.id = $1
"""


async def post_severe(event: Record, data: dict[str, Any], now: datetime) -> None:
    """A group may have readers whom a private report is none of the business of: they are told
    that there is one, and where."""
    row = await database.fetch_row(_SEVERE, event["report"])
    assert row is not None
    facts = {
        "report": row["id"],
        "title": row["title"],
        "severity": "" if row["private"] else row["severity"],
        "module": {"zh": row["name_zh"], "en": row["name_en"]},
    }
    await tell_robots(NoticeKind.SEVERE, f"event:{event['id']}", event, now, facts)


async def post_blocked(event: Record, data: dict[str, Any], now: datetime) -> None:
    facts = {**data, "robot": True}
    await tell_robots(NoticeKind.BLOCKED, f"event:{event['id']}", event, now, facts)
