"""The order of the queue, why a report is where it is, and putting one aside."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import ask, file, ok, stored

pytestmark = pytest.mark.usefixtures("world")


async def queue(engineer: httpx.AsyncClient, **more: Any) -> list[str]:
    found = await ok(await engineer.get("reports", params={"sort": "score", **more}))
    return [one["id"] for one in found["items"]]


async def snooze(engineer: httpx.AsyncClient, report: str, until: str) -> httpx.Response:
    return await engineer.put(f"reports/{report}/snooze", json={"until": until})


async def test_severity_testers_and_freshness(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    brick = await file(alice, title="开不了机", severity="brick")
    old = await file(alice, title="卡顿")
    clock.advance(days=8)
    minor = await file(alice, title="图标歪了", severity="minor")
    normal = await file(alice, title="闪退")
    major = await file(alice, title="打不了电话", severity="major")
    assert await queue(erin) == [brick, major, normal, minor, old]
    # Twice as many testers weigh as much as seven days.
    await ok(await api_of("bob").put(f"reports/{old}/affected", json={"device": "umi"}))
    assert await queue(erin) == [brick, major, normal, old, minor]
    # The order does not change by waiting, and pages follow it.
    clock.advance(days=30)
    assert await queue(erin) == [brick, major, normal, old, minor]
    first = await ok(await erin.get("reports", params={"sort": "score", "limit": 2}))
    assert await queue(erin, limit=3, after=first["next"]) == [normal, old, minor]


async def test_why_a_report_is_where_it_is(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    brick = await file(alice, title="开不了机", severity="brick")
    report = await file(alice)
    await ok(await api_of("bob").put(f"reports/{report}/affected", json={"device": "umi"}))
    clock.advance(days=7)
    found = await ok(await erin.get(f"reports/{report}/score"))
    assert found["place"] == 2
    assert [(one["name"], one["value"]) for one in found["factors"]] == [
        ("severity", 2.0),
        ("testers", 2.0),
        ("freshness", 0.5),
    ]
    assert found["factors"][1]["text"]["zh"] == "2 位内测用户遇到：× 2"
    found = await ok(await erin.get(f"reports/{brick}/score"))
    assert (found["place"], found["factors"][0]["value"]) == (1, None)
    await ask(erin, report, "哪个模式下？")
    assert (await ok(await erin.get(f"reports/{report}/score")))["place"] is None


async def test_snoozed_until_then(browser_of: BrowserOf, api_of: ApiOf, clock: Clock) -> None:
    one, two = await file(browser_of("alice")), await file(browser_of("alice"), title="花屏")
    erin = api_of("erin")
    await ok(await snooze(erin, one, "2026-11-25T09:00:00+08:00"))
    assert await queue(erin) == [two]
    assert await queue(erin, snoozed=True) == [one]
    assert (await stored(erin, one))["snoozed_until"] == "2026-11-25T01:00:00Z"
    *_, event = (await stored(erin, one))["timeline"]
    assert event["text"]["en"] == "snoozed until 2026-11-25 01:00 UTC"
    assert (await stored(api_of("alice"), one))["snoozed_until"] is None
    clock.advance(days=1)
    assert await queue(erin) == [two, one]
    assert await queue(erin, snoozed=True) == []


async def test_a_tester_who_speaks_wakes_it(browser_of: BrowserOf, api_of: ApiOf) -> None:
    report = await file(browser_of("alice"))
    erin = api_of("erin")
    await ok(await snooze(erin, report, "2026-11-30T09:00:00+08:00"))
    await ok(await erin.post(f"reports/{report}/messages", json={"text": "看过", "internal": True}))
    assert await queue(erin) == []
    await ok(await api_of("alice").post(f"reports/{report}/messages", json={"text": "还有"}))
    assert await queue(erin) == [report]
    assert (await stored(erin, report))["snoozed_until"] is None


async def test_snoozing_is_taken_back(browser_of: BrowserOf, api_of: ApiOf) -> None:
    report = await file(browser_of("alice"))
    erin = api_of("erin")
    await ok(await snooze(erin, report, "2026-11-30T09:00:00+08:00"))
    act = await ok(await erin.get("acts/last"))
    assert act["undoing"]["steps"][0]["text"]["en"] == "back in the queue"
    await ok(await erin.put(f"acts/{act['id']}/undoing"))
    assert await queue(erin) == [report]
    await ok(await snooze(erin, report, "2026-11-30T09:00:00+08:00"))
    await ok(await erin.delete(f"reports/{report}/snooze"))
    assert await queue(erin) == [report]


@pytest.mark.parametrize("until", ["2026-11-01T09:00:00+08:00", "2027-11-01T09:00:00+08:00"])
async def test_not_into_the_past_nor_for_ever(
    browser_of: BrowserOf, api_of: ApiOf, until: str
) -> None:
    answer = await snooze(api_of("erin"), await file(browser_of("alice")), until)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "until"


async def test_a_time_has_its_zone(browser_of: BrowserOf, api_of: ApiOf) -> None:
    report, erin = await file(browser_of("alice")), api_of("erin")
    answer = await snooze(erin, report, "2026-11-30T09:00:00")
    assert answer.is_client_error
    line = {"line": 1, "report": report, "do": "snooze", "until": "2026-11-30T09:00:00"}
    assert (await erin.put("plans/monday", json={"lines": [line]})).is_client_error
