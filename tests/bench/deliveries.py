"""A release with a million recipients: writing their deliveries, and working them off."""

from __future__ import annotations

import resource
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, cast

import asyncpg
import uvloop

from tracker import database
from tracker.channels.base import (
    Address,
    Channel,
    ChannelName,
    Limits,
    Outcome,
    Outgoing,
    sent,
)
from tracker.deliveries.worker import Worker
from tracker.language import Text
from tracker.notices.tables import NoticeKind
from tracker.notices.telling import tell
from tracker.settings import Settings

_HOST = "push.example"

# Everybody has one browser that hears, and what a tester reads of a Friday with two reports.
_PEOPLE = """
INSERT INTO people (handle, display_name, role, language, joined_at)
SELECT 'tester' || i, '内测用户 ' || i, 'tester', CASE WHEN i % 4 = 0 THEN 'en' ELSE 'zh' END, now()
FROM generate_series(1, {recipients}) i;
INSERT INTO subscriptions (person, channel, key, host, address, name, language, hears, created_at,
    confirmed_at, gone_because)
SELECT i, 'webpush', '{url}' || i, '{host}', jsonb_build_object('endpoint', '{url}' || i,
    'p256dh', '{p256dh}', 'auth', '{auth}'), '', '', '[]', now(), now(), ''
FROM generate_series(1, {recipients}) i;
INSERT INTO events (at, kind, data, heard_at) VALUES (now(), 'release.published', '{{}}', now());
VACUUM ANALYZE;
"""
_FACTS = """
jsonb_build_object('release', '2026-11-27', 'slipped', '[]'::jsonb, 'reports', jsonb_build_array(
    jsonb_build_object('report', p.id, 'title', '打开相机后闪退', 'proposal', 7, 'own', true,
        'codename', 'fuxi', 'device', jsonb_build_object('zh', '小米 13', 'en', 'Xiaomi 13'),
        'build', '26.11.27')))
"""
RECIPIENTS = f"SELECT p.id, {_FACTS} FROM people p"

# The same rows into the same tables with the same indexes, with nothing asked: not who hears it,
# not what they chose, not whether they were told before.
_BARE = f"""
WITH made AS (
    INSERT INTO notices (person, cause, kind, event, data, at)
    SELECT p.id, 'release:2026-11-20', 'friday', 1, {_FACTS}, now() FROM people p
    RETURNING id, person)
INSERT INTO deliveries
    (notice, subscription, channel, host, due_at, at, state, attempts, detail)
SELECT id, person, 'webpush', '{_HOST}', now(), now(), 'pending', 0, '' FROM made
"""


class Nowhere:
    """Takes everything at once: what is left is the queue."""

    name: ClassVar = ChannelName.WEBPUSH
    together: ClassVar = 1
    limits = Limits(at_once=64)

    def problem(self) -> Text | None:
        return None

    def read(self, form: Mapping[str, str]) -> Address:
        return dict(form)

    def key(self, address: Address) -> str:
        return address["endpoint"]

    def host(self, address: Address) -> str:
        return _HOST

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        return [sent()] * len(messages)


@dataclass(frozen=True)
class Rates:
    """Rows a second, and MB of this process at its highest, before and after."""

    bare: float
    enqueued: float
    worked_off: float
    before: float
    after: float


async def fill(
    connection: asyncpg.Connection[asyncpg.Record],
    *,
    recipients: int,
    host: str,
    url: str,
    p256dh: str = "",
    auth: str = "",
) -> None:
    """Everybody has a browser, known to the push service at `url`."""
    given = {"recipients": recipients, "host": host, "url": url, "p256dh": p256dh, "auth": auth}
    for statement in _PEOPLE.format_map(given).split(";\n"):
        if statement.strip():
            await connection.execute(statement)


async def queue_alone(data: Path, *, recipients: int, worked_off: int) -> Rates:
    settings = Settings(data=data)
    await database.start(settings)
    try:
        await database.migrate()
        connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
            **database.connection_arguments()
        )
        await fill(connection, recipients=recipients, host=_HOST, url=f"https://{_HOST}/")
        bare = await _timed(lambda: connection.execute(_BARE), rows=2 * recipients)
        await connection.execute("TRUNCATE notices, deliveries")
        await connection.execute("CHECKPOINT")
        now = datetime.now(UTC)
        event = cast("Any", {"id": 1})
        enqueued = await _timed(
            lambda: tell(RECIPIENTS, NoticeKind.FRIDAY, "release:2026-11-27", event, now),
            rows=2 * recipients,
        )
        await connection.execute("ANALYZE deliveries")
        if worked_off < recipients:
            await connection.execute(
                "UPDATE deliveries SET due_at = NULL WHERE id IN"
                f" (SELECT id FROM deliveries ORDER BY id OFFSET {worked_off})"
            )
            await connection.execute("VACUUM ANALYZE deliveries")
        await connection.close()
        before = _peak()
        channels: dict[ChannelName, Channel] = {ChannelName.WEBPUSH: Nowhere()}
        worker = Worker(channels, settings, clock=lambda: datetime.now(UTC))
        rate = await _timed(worker.drain, rows=worked_off)
        left = await database.fetch_row(
            "SELECT count(*) AS n FROM deliveries WHERE state <> 'sent'"
        )
        assert left is not None
        return Rates(bare, enqueued, rate, before, _peak())
    finally:
        await database.stop()


async def _timed(work: Any, *, rows: int) -> float:
    begun = time.perf_counter()
    await work()
    return rows / (time.perf_counter() - begun)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def million(place: Path, *, quick: bool) -> list[tuple[str, str, str]]:
    recipients = 100_000 if quick else 1_000_000
    worked_off = 20_000 if quick else 200_000
    rates = uvloop.run(queue_alone(place / "queue", recipients=recipients, worked_off=worked_off))
    return [
        (
            f"a release for {recipients:,}: rows enqueued",
            f"{rates.enqueued:,.0f}/s, {rates.enqueued / rates.bare:.2f} of a bare INSERT … SELECT",
            "0.5",
        ),
        (
            f"claimed and acknowledged, {worked_off:,} of them",
            f"{rates.worked_off:,.0f}/s, peak {rates.before:.0f} → {rates.after:.0f} MB",
            "flat",
        ),
    ]
