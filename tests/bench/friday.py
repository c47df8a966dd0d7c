"""A big Friday: what it costs to publish it and to make everybody's notice."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from tests.bench import servers
from tracker import database
from tracker.settings import Settings
from tracker.timetable import Timetable

TESTERS, MODELS, PROPOSALS = 100_000, 40, 500

# Every tester has a phone; each report is of one of them, fixed and waiting for the train.
_PROGRAMME = """
INSERT INTO people (handle, display_name, role, language, joined_at)
SELECT 'tester' || i, '内测用户 ' || i, 'tester', CASE WHEN i % 4 = 0 THEN 'en' ELSE 'zh' END, {PAST}
FROM generate_series(1, {TESTERS}) i;
INSERT INTO device_models (codename, name_zh, name_en)
SELECT 'model' || i, '小米 ' || i, 'Xiaomi ' || i FROM generate_series(1, {MODELS}) i;
INSERT INTO modules (slug, name_zh, name_en, position)
SELECT 'module' || i, '模块 ' || i, 'Module ' || i, i FROM generate_series(1, 20) i;
INSERT INTO builds (model, ring, version, position, release, published_at)
SELECT m, 'closed', 'build' || n, n, CASE n WHEN 2 THEN {DAY} END, CASE n WHEN 1 THEN {PAST} END
FROM generate_series(1, 2) n, generate_series(1, {MODELS}) m;
INSERT INTO person_devices (person, model, ring, build, added_at)
SELECT i, 1 + i % {MODELS}, 'closed', 1 + i % {MODELS}, {PAST} FROM generate_series(1, {TESTERS}) i;
INSERT INTO proposals (title, module, kind, state, changelog_zh, changelog_en, created_at, updated_at)
SELECT '提案 ' || p, 1 + p % 20, 'fix', 'in_progress', '第 ' || p || ' 个问题', 'Problem ' || p, {PAST}, {PAST}
FROM generate_series(1, {PROPOSALS}) p;
INSERT INTO fixes (proposal, at) SELECT id, {PAST} FROM proposals;
INSERT INTO reports (reporter, model, ring, build, module, title, status, standing, proposal,
    expected_on, filed_at, updated_at)
SELECT i * {EVERY}, 1 + i * {EVERY} % {MODELS}, 'closed', 1 + i * {EVERY} % {MODELS}, 1 + i % 20,
    '打开后闪退', 'fixed', 'fixed', 1 + i % {PROPOSALS}, {DAY}, {PAST}, {PAST}
FROM generate_series(1, {REPORTS}) i;
INSERT INTO releases (date) VALUES ({DAY});
"""


@dataclass(frozen=True)
class Cost:
    """`seconds` and `statements` of the work itself; `memory` in MB, the process's peak."""

    seconds: float
    statements: int
    memory: float
    told: int


def publish(place: Path, *, reports: int) -> Cost:
    """Publish a Friday that solves so many reports of 100,000 testers, in a process of its own,
    and make the notices. What such a process costs with nothing to do is taken off."""
    data = place / f"friday-{reports}"
    day = Timetable.of(Settings()).coming(datetime.now(UTC))
    asyncio.run(_fill(data, reports=reports, day=day.isoformat()))
    at = Timetable.of(Settings()).publish_at(day)
    count = servers.QueryCount(data)
    with count.counting():
        idle, idly, _ = _tick(data, count, "2020-01-01T00:00:00+00:00")
        seconds, statements, memory = _tick(data, count, at.isoformat())
    told = asyncio.run(_told(data))
    return Cost(seconds - idle, statements - idly, memory, told)


def _tick(data: Path, count: servers.QueryCount, now: str) -> tuple[float, int, float]:
    """One tick of the clock: seconds, statements, and the process's peak of memory in MB."""
    before, begun = count.so_far(), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tracker", "tick", "--now", now],
        env={**os.environ, "TRACKER_DATA": str(data)},
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if status:
        raise RuntimeError(f"the tick failed: {status}")
    return seconds, count.so_far() - before, used.ru_maxrss / 1024


async def _fill(data: Path, *, reports: int, day: str) -> None:
    places = {
        "TESTERS": TESTERS,
        "MODELS": MODELS,
        "PROPOSALS": PROPOSALS,
        "REPORTS": reports,
        "EVERY": TESTERS // reports,
        "DAY": f"'{day}'::date",
        "PAST": f"'{day} 00:00+00'::timestamptz - interval '14 days'",
    }
    await database.start(Settings(data=data))
    await database.migrate()
    connection = await asyncpg.connect(**database.connection_arguments())
    await connection.execute(_PROGRAMME.format_map(places))
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    await database.stop()


async def _told(data: Path) -> int:
    await database.start(Settings(data=data))
    row = await database.fetch_row("SELECT count(*) AS told FROM notices WHERE kind = 'friday'")
    await database.stop()
    assert row is not None
    return int(row["told"])


def big_friday(place: Path, *, quick: bool) -> list[tuple[str, str, str]]:
    """At a tenth and whole: what grows with the number of reports, and what does not."""
    notes = []
    for reports in (1_000,) if quick else (1_000, 10_000):
        cost = publish(place, reports=reports)
        notes.append(
            (
                f"publishing {reports:,} solved reports, {TESTERS:,} testers",
                f"{cost.seconds:.1f} s, {cost.statements} statements, peak {cost.memory:.0f} MB,"
                f" {cost.told:,} told",
                "",
            )
        )
    return notes
