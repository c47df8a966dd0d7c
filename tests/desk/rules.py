"""Keeping rules, and what they did, a line each."""

from __future__ import annotations

from typing import Any

import httpx

from tests.doing import ok
from tracker import database as door


async def keep(captain: httpx.AsyncClient, name: str, **rule: Any) -> Any:
    return await ok(await captain.put(f"routing-rules/{name}", json=rule))


async def said(report: str) -> list[str]:
    """What the rules did to a report, by the record."""
    rows = await door.fetch(
        "SELECT kind, data->>'rule' AS rule FROM events WHERE report = $1 AND actor IS NULL"
        " ORDER BY id",
        int(report[2:]),
    )
    return [f"{row['kind']} {row['rule']}" for row in rows]
