"""On the next post: what testers found of the lines of the one before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, FRIDAY, fix, friday, ok, propose, words
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

NEXT, NEXT_BUILD = "2026-12-04", "26.12.4"
REPORT = {"build": "26.11.20", "module": "camera", "title": "闪退"}


async def file(client: httpx.AsyncClient, device: str = "fuxi") -> str:
    report = await ok(await client.post("reports", json=REPORT | {"device": device}))
    number: str = report["id"]
    return number


async def say(client: httpx.AsyncClient, report: str, verdict: str, build: str = BUILD) -> None:
    body = {"build": build, "verdict": verdict}
    await ok(await client.put(f"reports/{report}/verification", json=body))


async def week_after(clock: Clock, settings: Settings, erin: httpx.AsyncClient) -> None:
    for device in ("fuxi", "umi"):
        body = {"ring": "closed", "release": NEXT}
        await ok(await erin.put(f"builds/{device}/{NEXT_BUILD}", json=body))
    clock.set(datetime.fromisoformat(f"{NEXT}T17:00:00+08:00"))
    await schedule.tick(settings, clock.now)


@pytest.fixture
async def checked(api_of: ApiOf, clock: Clock, settings: Settings) -> dict[str, Any]:
    """A line that three confirmed on two phones, one that was confirmed once and is still there for
    somebody, one that nobody could tell, one that nobody tried."""
    alice, bob, ada, erin = api_of("alice"), api_of("bob"), api_of("ada"), api_of("erin")
    lines = (
        ("相机启动变快", "Camera starts faster", ("fuxi", "umi", "fuxi")),
        ("夜景不再偏色", "Night shots keep their colour", ("fuxi", "umi")),
        ("快门声不再延迟", "The shutter sounds in time", ("fuxi",)),
        ("水印字体", "Watermark font", ("fuxi",)),
    )
    people = (alice, bob, ada)
    filed: list[list[str]] = []
    for zh, en, devices in lines:
        mine = [await file(who, model) for who, model in zip(people, devices, strict=False)]
        await fix(erin, await propose(erin, *mine, title=zh, changelog={"zh": zh, "en": en}))
        filed.append(mine)
    await friday(clock, settings, erin, "fuxi", "umi")
    for who, report in zip(people, filed[0], strict=True):
        await say(who, report, "fixed")
    await say(alice, filed[1][0], "fixed")
    await say(bob, filed[1][1], "broken")
    await say(alice, filed[2][0], "unsure")
    await say(alice, filed[3][0], "fixed", "26.11.20")
    return {"reports": filed}


async def test_the_next_post_says_what_was_confirmed(
    browser_of: BrowserOf,
    api_of: ApiOf,
    clock: Clock,
    settings: Settings,
    checked: dict[str, Any],
) -> None:
    await week_after(clock, settings, api_of("erin"))
    nobody = browser_of(None)
    page = words(await nobody.see(f"/releases/{NEXT}"))
    assert (
        "上一期的验证 11 月 27 日"
        " 相机启动变快 修复 相机 已由 3 位内测用户在 2 个机型上确认"
        " 夜景不再偏色 修复 相机 已由 1 位内测用户在 1 个机型上确认 1 人说还有"
    ) in page
    assert "快门声" not in page, "nobody could tell"
    assert "水印" not in page, "it was seen on a build without the fix"
    assert "验证过了" not in words(await nobody.see(f"/releases/{FRIDAY}"))

    page = words(await browser_of("bob").see(f"/releases/{NEXT}"))
    assert "How the last one did" in page
    assert "Camera starts faster Fix Camera Confirmed by 3 testers on 2 models" in page
    assert "Confirmed by 1 tester on 1 model 1 still sees it" in page

    said = (await nobody.get(f"/releases/{NEXT}.json")).json()["confirmed"]
    assert [(one["en"], one["testers"], one["models"], one["broken"]) for one in said] == [
        ("Camera starts faster", 3, 2, 0),
        ("Night shots keep their colour", 1, 1, 1),
    ]
    text = (await nobody.get(f"/releases/{NEXT}.md?lang=zh")).text
    assert (
        "## 上一期的验证\n\n- **修复** 相机启动变快——已由 3 位内测用户在 2 个机型上确认\n" in text
    )
    assert "夜景不再偏色——已由 1 位内测用户在 1 个机型上确认，1 人说还有\n" in text
    text = (await nobody.get(f"/releases/{NEXT}.md?lang=en")).text
    assert "Camera starts faster — confirmed by 3 testers on 2 models\n" in text
    assert "confirmed by 1 tester on 1 model; 1 still sees it\n" in text


async def test_what_is_said_later_is_for_later_posts(
    browser_of: BrowserOf,
    api_of: ApiOf,
    clock: Clock,
    settings: Settings,
    checked: dict[str, Any],
) -> None:
    """A post that is out says the same ever after."""
    await week_after(clock, settings, api_of("erin"))
    clock.advance(hours=1)
    [report] = checked["reports"][2]
    await say(api_of("alice"), report, "fixed")
    page = words(await browser_of("alice").see(f"/releases/{NEXT}"))
    assert "快门声" not in page


async def test_what_was_taken_back_is_not_praised(
    browser_of: BrowserOf,
    api_of: ApiOf,
    clock: Clock,
    settings: Settings,
    checked: dict[str, Any],
) -> None:
    erin = api_of("erin")
    await ok(await erin.request("DELETE", "proposals/P-1/fix", json={"reason": "耗电变多"}))
    await week_after(clock, settings, erin)
    page = words(await browser_of(None).see(f"/releases/{NEXT}"))
    assert "相机启动变快" not in page
    assert "夜景不再偏色" in page


async def test_by_model_on_the_proposal(
    browser_of: BrowserOf, api_of: ApiOf, checked: dict[str, Any]
) -> None:
    page = words(await browser_of("alice").see("/proposals/P-1"))
    assert (
        "验证 已由 3 位内测用户在 2 个机型上确认 机型 好了 还有 说不准 小米 13 2 0 0 小米 10 1 0 0"
    ) in page
    page = words(await browser_of("bob").see("/proposals/P-2"))
    assert "Confirmed by 1 tester on 1 model" in page
    assert "Xiaomi 13 1 0 0 Xiaomi 10 0 1 0" in page
    found = await ok(await api_of("erin").get("proposals/P-1"))
    assert found["confirmed"] == {"testers": 3, "models": 2}
    assert found["verdicts"] == [
        {"model": "fuxi", "fixed": 2, "broken": 0, "unsure": 0},
        {"model": "umi", "fixed": 1, "broken": 0, "unsure": 0},
    ]
