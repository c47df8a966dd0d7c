"""Captains say where new reports go; each is held against the rules once, soon after it was filed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import file, ok, stored
from tracker import database as door
from tracker.desk.routing import route_filed

pytestmark = pytest.mark.usefixtures("world")

ROOT = Path(__file__).parents[2]
NEVER = {"words": ["从来没有人这么说"], "labels": ["never"]}


async def keep(captain: httpx.AsyncClient, name: str, **rule: Any) -> Any:
    return await ok(await captain.put(f"routing-rules/{name}", json=rule))


async def routed(clock: Clock) -> int:
    return await route_filed(now=clock.now)


async def said(report: str) -> list[str]:
    """What the rules did to a report, by the record."""
    rows = await door.fetch(
        "SELECT kind, data->>'rule' AS rule FROM events WHERE report = $1 AND actor IS NULL"
        " ORDER BY id",
        int(report[2:]),
    )
    return [f"{row['kind']} {row['rule']}" for row in rows]


async def test_a_report_goes_to_whom_the_rule_names(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    await keep(api_of("cai"), "camera-crash", words=["闪退"], module="camera", owner="erin")
    taken = await file(browser_of("alice"), title="打开相机后闪退了")
    other = await file(browser_of("alice"), title="相机很慢")
    assert await routed(clock) == 2
    erin = api_of("erin")
    assert (await stored(erin, taken))["owner"] == "erin"
    assert (await stored(erin, other))["owner"] is None
    name = (await ok(await erin.get("me")))["display_name"]
    told = (await stored(erin, taken))["timeline"][-1]
    assert (told["actor"], told["text"]["en"]) == (None, f"rule camera-crash gave it to {name}")
    assert told["text"]["zh"] == f"规则 camera-crash 交给了 {name}"
    theirs = (await stored(api_of("alice"), taken))["timeline"]
    assert [one["kind"] for one in theirs] == ["report.filed"]
    assert await routed(clock) == 0
    assert await said(taken) == ["report.routed camera-crash"]
