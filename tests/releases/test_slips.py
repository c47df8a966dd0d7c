"""A fix that misses its train: said where one looks, and told only beside good news."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, FRIDAY, file, fix, friday, ok, propose, stored, words
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

CHINESE = {"Accept-Language": "zh"}
NEXT = "2026-12-04"


async def told(client: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await ok(await client.get("notices", headers=CHINESE)))["items"]
    return found


async def test_it_says_from_when_to_when(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    solved, slips = await file(alice), await file(alice, title="夜景很慢")
    only_slips = await file(bob, device="umi", title="Night shots are slow")
    await fix(erin, await propose(erin, solved))
    night = await propose(erin, slips, only_slips, changelog={"zh": "夜景", "en": "Night"})
    await fix(erin, night)
    body = {"ring": "closed", "release": FRIDAY, "proposals": ["P-1"]}
    await ok(await erin.put(f"builds/fuxi/{BUILD}", json=body))
    await friday(clock, settings, erin)

    report = await stored(api_of("alice"), slips)
    assert (report["status"], report["expected_on"], report["missed_on"]) == ("fixed", NEXT, FRIDAY)
    page = words(await alice.see(f"/reports/{slips}"))
    assert "从 11 月 27 日的版本改到 12 月 4 日的，到时到达你的小米 13" in page
    (notice,) = await told(api_of("alice"))
    assert notice["kind"] == "friday"
    assert notice["reports"] == [solved]
    assert "「夜景很慢」没赶上这班车，改到 12 月 4 日。" in notice["text"]
    page = words(await alice.see(f"/notices/{notice['id']}"))
    assert "没赶上这班车 夜景很慢" in page
    assert "从 11 月 27 日改到 12 月 4 日" in page
    assert await told(api_of("bob")) == [], "a slip alone is no news"
    assert (await stored(api_of("bob"), only_slips))["missed_on"] == FRIDAY

    clock.set(datetime.fromisoformat("2026-11-30T10:00:00+08:00"))
    await ok(await erin.put("builds/fuxi/26.11.30", json={"ring": "closed"}))
    report = await stored(api_of("alice"), slips)
    assert (report["status"], report["missed_on"]) == ("released", None), "it came after all"


async def test_a_late_build_is_waited_for(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    await fix(erin, await propose(erin, report))
    why = {"zh": "在查屏幕闪烁", "en": "the screen flickers"}
    body: dict[str, Any] = {"ring": "closed", "release": FRIDAY}
    await ok(await erin.put(f"builds/fuxi/{BUILD}", json={**body, "delayed": why}))
    await friday(clock, settings, erin, "umi")
    found = await stored(api_of("alice"), report)
    assert (found["status"], found["expected_on"], found["missed_on"]) == ("fixed", FRIDAY, None)
    page = words(await alice.see(f"/reports/{report}"))
    assert "11 月 27 日的版本在你的小米 13 上晚点：在查屏幕闪烁" in page
    assert await told(api_of("alice")) == []

    clock.set(datetime.fromisoformat("2026-11-30T11:00:00+08:00"))
    await ok(await erin.put(f"builds/fuxi/{BUILD}", json=body))
    await schedule.tick(settings, clock.now)
    assert (await stored(api_of("alice"), report))["status"] == "released"
    assert [one["kind"] for one in await told(api_of("alice"))] == ["build"], "on the day it came"


async def test_a_later_train_that_leaves_first_moves_nobody_to_the_one_behind_it(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    """The captain sends next week's train off on Tuesday: Friday's is still to come."""
    erin, cai = api_of("erin"), api_of("cai")
    report = await file(browser_of("alice"))
    await fix(erin, await propose(erin, report))
    await ok(await erin.put("builds/umi/26.12.4", json={"ring": "closed", "release": NEXT}))
    await ok(await cai.put(f"releases/{NEXT}/publication"))
    found = await stored(erin, report)
    assert (found["status"], found["expected_on"], found["missed_on"]) == ("fixed", FRIDAY, None)
