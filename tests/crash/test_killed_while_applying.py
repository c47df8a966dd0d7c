"""The server dies in the middle of a large plan: nothing of it is kept, and it can be sent again.

PLAN_LINES=5000 make test ARGS="tests/crash/test_killed_while_applying.py -n 0 -s"
"""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
import pytest_asyncio

from tests.crash.stage import Server, Stage, stage
from tracker.people.secrets import hash_of
from tracker.settings import Settings

pytestmark = pytest.mark.slow

LINES = int(os.environ.get("PLAN_LINES", "800"))
TOKEN = "oft_a-token-of-erin"
TESTERS = 20
SOME = 5
"""Proposals that are there already."""

_DECIDED = (
    "SELECT id, status, standing, proposal, question, owner, closed_at, closed_text,"
    " answered_at, waiting_since FROM reports ORDER BY id"
)
_SEEN_BY_TESTERS = (
    "SELECT e.report, e.kind, e.at FROM events e LEFT JOIN acts a ON a.id = e.act"
    " WHERE NOT e.internal AND a.quiet IS NOT TRUE AND e.report IS NOT NULL ORDER BY e.id"
)
_THREAD = "SELECT report, text FROM messages WHERE retracted_at IS NULL ORDER BY id"


async def write(connection: asyncpg.Connection) -> None:
    past = datetime.now(UTC) - timedelta(days=3)
    people = [(f"tester{n}", f"内测 {n}", "tester", past) for n in range(1, TESTERS + 1)]
    tables: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
        "people": (
            "handle display_name role joined_at",
            [*people, ("erin", "Erin", "engineer", past), ("lin", "Lin", "engineer", past)],
        ),
        "device_models": ("codename name_zh name_en", [("fuxi", "小米 13", "Xiaomi 13")]),
        "modules": ("slug name_zh name_en position", [("camera", "相机", "Camera", 1)]),
        "proposals": (
            "title module kind state changelog_zh changelog_en created_at updated_at",
            [(f"提案 {n}", 1, "fix", "open", "", "", past, past) for n in range(SOME)],
        ),
        "reports": (
            "reporter model ring module title status standing affected filed_at updated_at"
            " waiting_since owner",
            [
                (
                    *(n % TESTERS + 1, 1, "closed", 1, f"反馈 {n}", "new", "new", 0),
                    *(past, past, past, TESTERS + 1),
                )
                for n in range(LINES)
            ],
        ),
        "events": (
            "at actor kind report heard_at",
            [(past, n % TESTERS + 1, "report.filed", n + 1, past) for n in range(LINES)],
        ),
        "tokens": (
            "person name secret_hash created_at",
            [(TESTERS + 1, "terminal", hash_of(TOKEN), past)],
        ),
    }
    for table, (columns, records) in tables.items():
        await connection.copy_records_to_table(table, records=records, columns=columns.split())
    await connection.execute("ANALYZE")


def plan(seed: int) -> dict[str, Any]:
    """A line for each report, of every kind."""
    chance = random.Random(seed)
    deeds: list[dict[str, Any]] = [
        *({"do": "link", "proposal": f"P-{n + 1}"} for n in range(SOME)),
        {"do": "link", "proposal": "=a"},
        {"do": "ask", "text": "哪个模式下？"},
        {"do": "reply", "text": "在查了"},
        {"do": "note", "text": "像 P-1"},
        {"do": "close", "reason": "unreproducible", "text": "没有复现"},
        {"do": "own", "owner": "lin"},
    ]
    lines = [
        {"line": n, "report": f"R-{n}", "seen": n, **chance.choice(deeds)}
        for n in range(1, LINES + 1)
    ]
    opened = {"name": "=a", "title": "相机", "module": "camera"}
    return {"lines": lines, "proposals": [opened]}


@pytest_asyncio.fixture
async def here(settings: Settings) -> AsyncIterator[Stage]:
    async with stage(settings.data) as empty:
        await empty.migrate()
        await write(empty.connection)
        yield empty


async def serving(here: Stage) -> tuple[Server, httpx.AsyncClient]:
    server = here.serve()
    await server.answers()
    found = re.search(r"http://127\.0\.0\.1:\d+", server.said)
    assert found, server.said
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return server, httpx.AsyncClient(
        base_url=f"{found[0]}/api/v1/", headers=headers, timeout=60, trust_env=False
    )


async def apply(
    client: httpx.AsyncClient, wanted: dict[str, Any], *, kill: Server | None = None, at: int = 0
) -> dict[str, Any] | None:
    """The result; None where the server is killed when that many lines are done."""
    said: dict[str, Any] = {}
    try:
        async with client.stream("PUT", "plans/one", json=wanted) as response:
            assert response.status_code == 200
            async for line in response.aiter_lines():
                said = msgspec.json.decode(line)
                if kill is not None and said.get("done", 0) >= at:
                    await kill.kill()
    except httpx.TransportError:
        return None
    return said


async def everything(here: Stage) -> list[list[tuple[Any, ...]]]:
    return [
        [tuple(row) for row in await here.connection.fetch(query)]
        for query in (_DECIDED, _SEEN_BY_TESTERS, _THREAD, "SELECT id, title FROM proposals")
    ]


async def test_a_plan_is_kept_whole_or_not_at_all_and_taken_back_whole(here: Stage) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201
    wanted, before = plan(seed), await everything(here)
    chance = random.Random(seed)
    for at in (chance.randrange(50, LINES // 2), chance.randrange(LINES // 2, LINES - 50)):
        server, client = await serving(here)
        async with client:
            assert await apply(client, wanted, kill=server, at=at) is None
        await here.alone()
        assert await everything(here) == before
        assert await here.connection.fetchval("SELECT count(*) FROM acts") == 0

    server, client = await serving(here)
    async with client:
        began = time.perf_counter()
        result = await apply(client, wanted)
        seconds = time.perf_counter() - began
        assert result is not None
        assert result["applied"], result["problems"]
        assert len(result["effects"]) > LINES / 3
        done = await everything(here)
        assert done != before
        # Sent again, for fear that it did not arrive.
        again = await apply(client, wanted)
        assert again is not None
        assert again["repeated"]
        assert await everything(here) == done

        began = time.perf_counter()
        answer = await client.put(f"acts/{result['act']}/undoing")
        undone = time.perf_counter() - began
        assert answer.status_code == 200, answer.text
    assert await everything(here) == before
    kinds = {
        row["kind"]
        for row in await here.connection.fetch(
            "SELECT DISTINCT kind FROM events WHERE data->>'undoes' = $1", result["act"]
        )
    }
    assert {"report.unlinked", "report.reopened", "report.retracted", "proposal.removed"} <= kinds
    assert await server.stop() == 0, server.said
    print(f"{LINES} lines: {seconds:.1f} s, taken back in {undone:.1f} s")  # noqa: T201
