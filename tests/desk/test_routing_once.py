"""A new report is held against the rules once, whatever is killed when and however many are at it."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.desk.rules import keep, said
from tests.doing import counting_queries, file, ok, stored
from tests.elsewhere import holding
from tracker import database as door
from tracker.desk.routing import route_filed

pytestmark = pytest.mark.usefixtures("world")

ROOT = Path(__file__).parents[2]

ROUTE = """
import asyncio, datetime, sys
from tracker import database
from tracker.desk.routing import route_filed
from tracker.settings import Settings

async def main():
    await database.start(Settings.from_environment())
    try:
        print(await route_filed(now=datetime.datetime.now(datetime.UTC)), flush=True)
    finally:
        await database.stop()

asyncio.run(main())
"""


async def _process(environment: dict[str, str]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ROUTE),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )


IN_THE_MIDDLE = "LOCK TABLE routing_rules IN ACCESS EXCLUSIVE MODE"
"""While that is held, whoever routes stands still: with reports in hand, before the rules."""


async def test_two_processes_route_once(
    browser_of: BrowserOf, api_of: ApiOf, tracker_environment: dict[str, str]
) -> None:
    await keep(api_of("cai"), "all", module="camera", owner="erin", labels=["seen"])
    alice = browser_of("alice")
    reports = [await file(alice) for _ in range(5)]
    async with holding(IN_THE_MIDDLE) as other:
        first = await _process(tracker_environment)
        await other.waiting(1)
        # All of it is in the first one's hands.
        second, _ = await (await _process(tracker_environment)).communicate()
    out, _ = await first.communicate()
    assert (int(out), int(second)) == (5, 0)
    for report in reports:
        assert await said(report) == ["report.routed all", "report.sorted all"]


async def test_one_that_is_killed_loses_nothing(
    browser_of: BrowserOf, api_of: ApiOf, tracker_environment: dict[str, str], clock: Clock
) -> None:
    await keep(api_of("cai"), "all", module="camera", owner="erin", labels=["seen"])
    alice = browser_of("alice")
    reports = [await file(alice) for _ in range(3)]
    async with holding(IN_THE_MIDDLE) as other:
        process = await _process(tracker_environment)
        await other.waiting(1)
        process.kill()
        await process.wait()
    assert [await said(one) for one in reports] == [[], [], []], "none or all"
    for _ in range(600):
        # Its session ends when the database notices that nobody is there.
        if await route_filed(now=clock.now) == 3:
            break
        await asyncio.sleep(0.05)
    for report in reports:
        assert await said(report) == ["report.routed all", "report.sorted all"]
        assert (await stored(api_of("erin"), report))["owner"] == "erin"


async def test_what_somebody_has_in_hand_is_left_to_the_next_tick(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    """What they decide there counts."""
    await keep(api_of("cai"), "all", module="camera", owner="erin")
    alice, erin = browser_of("alice"), api_of("erin")
    first, second = await file(alice), await file(alice)
    async with holding(IN_THE_MIDDLE) as other:
        routing = asyncio.create_task(route_filed(now=clock.now))
        await other.waiting(1)
        # Routing has both in hand: cai comes after it.
        giving = asyncio.create_task(
            api_of("cai").put(f"reports/{first}/owner", json={"owner": "cai"})
        )
    assert await routing == 2
    await ok(await giving)
    assert (await stored(erin, first))["owner"] == "cai"
    third = await file(alice)
    async with holding("SELECT 1 FROM reports WHERE id = $1 FOR UPDATE", int(third[2:])):
        assert await route_filed(now=clock.now) == 0, "it waits for nobody"
    await ok(await erin.put(f"reports/{third}/owner", json={"owner": "ada"}))
    assert await route_filed(now=clock.now) == 1
    owners = [(await stored(erin, one))["owner"] for one in (first, second, third)]
    assert owners == ["cai", "erin", "ada"]
    assert await said(third) == []


async def test_two_statements_however_many_rules_and_reports(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, alice = api_of("cai"), browser_of("alice")
    counts = []
    for rules, reports in ((1, 1), (20, 15)):
        for n in range(rules):
            await keep(cai, f"rule-{n}", words=[f"词{n}", "闪退"], owner="erin", labels=[f"l{n}"])
        for _ in range(reports):
            await file(alice)
        with counting_queries() as seen:
            assert await route_filed(now=clock.now) == reports
        counts.append(len([one for one in seen if not one.startswith(("BEGIN", "COMMIT"))]))
    assert counts == [2, 2]


async def test_a_burst_is_routed_in_batches(api_of: ApiOf, clock: Clock) -> None:
    await keep(api_of("cai"), "all", module="camera", owner="erin", labels=["seen"])
    await door.execute(
        "WITH r AS (INSERT INTO reports (reporter, model, module, title, filed_at, updated_at)"
        " SELECT p.id, d.id, m.id, 'n ' || n, $1, $1 FROM people p, device_models d, modules m,"
        " generate_series(1, 1000) n WHERE (p.handle, d.codename, m.slug) ="
        " ('alice', 'fuxi', 'camera') RETURNING id, reporter) INSERT INTO events"
        " (at, actor, kind, report) SELECT $1, reporter, 'report.filed', id FROM r",
        clock.now - timedelta(minutes=1),
    )
    with counting_queries() as seen:
        assert await route_filed(now=clock.now) == 1000
    assert len([one for one in seen if not one.startswith(("BEGIN", "COMMIT"))]) == 5
    row = await door.fetch_row("SELECT count(*) AS n FROM reports WHERE labels = '{seen}'")
    assert row is not None
    assert row["n"] == 1000
