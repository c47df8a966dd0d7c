"""A published line that is taken back."""

from __future__ import annotations

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import FRIDAY, file, fix, friday, ok, propose, stored
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

REASON = {"zh": "夜景拍出来是黑的", "en": "Night shots come out black"}


async def test_sent_again_after_the_fix_was_made_anew(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock, settings: Settings
) -> None:
    """A script repeats itself: the new fix is not what the line promised."""
    erin, cai = api_of("erin"), api_of("cai")
    report = await file(browser_of("alice"))
    proposal = await propose(erin, report)
    await fix(erin, proposal)
    await friday(clock, settings, erin, "fuxi")
    (entry,) = (await ok(await erin.get(f"releases/{FRIDAY}")))["entries"]
    erratum = f"releases/{FRIDAY}/entries/{entry['id']}/erratum"
    await ok(await cai.put(erratum, json={"reason": REASON}))
    await schedule.tick(settings, clock.advance(hours=1))
    await fix(erin, proposal)
    clock.advance(hours=1)
    await ok(await erin.put("builds/fuxi/26.11.28", json={"ring": "closed"}))
    await schedule.tick(settings, clock.advance(hours=1))

    again = await ok(await cai.put(erratum, json={"reason": "again"}))
    assert again["entries"][0]["erratum"]["reason"] == REASON
    assert (await stored(erin, report))["released_in"] == "26.11.28"
    await schedule.tick(settings, clock.advance(hours=1))
    notices = (await ok(await api_of("alice").get("notices")))["items"]
    assert [one["kind"] for one in notices] == ["build", "correction", "friday"]
