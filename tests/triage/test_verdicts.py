"""What testers found of a fix, for the engineer who made it."""

from __future__ import annotations

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, file, fix, friday, ok, propose
from tests.live import TriageOf
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


async def test_counts_by_model(
    triage_of: TriageOf, browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    engineer, erin = api_of("erin"), triage_of("erin")
    one = await file(browser_of("alice"))
    two = await file(browser_of("bob"), device="umi")
    await fix(engineer, await propose(engineer, one, two))
    await friday(clock, settings, engineer, "fuxi", "umi")
    assert "Testers say" not in (await erin("show", "P-1")).out

    for handle, report, verdict in (("alice", one, "fixed"), ("bob", two, "broken")):
        body = {"build": BUILD, "verdict": verdict}
        await ok(await api_of(handle).put(f"reports/{report}/verification", json=body))
    shown = (await erin("show", "P-1")).out
    said = shown[shown.index("Testers say") :].splitlines()
    assert [line.strip() for line in said[:4]] == [
        "Testers say",
        "confirmed by 1 tester on 1 model",
        "fuxi · 1 fixed",
        "umi · 1 broken",
    ]
    thing = (await erin("show", "P-1", "--json")).thing
    assert thing["confirmed"] == {"testers": 1, "models": 1}
