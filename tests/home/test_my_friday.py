"""My Orange Friday: what was fixed for me, what slipped, what I can try, whether to update."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, file, fix, friday, ok, propose, words
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

LATER = "2026-12-04"


def part(page: str, name: str) -> str:
    """One section of the page, as text; empty where it is not there."""
    found = re.search(rf'<section[^>]*\bid="{name}".*?</section>', page, re.DOTALL)
    return words(f"<main>{found[0]}</main>") if found else ""


async def has(browser: BrowserOf, handle: str, build: str, device: str = "fuxi") -> None:
    sent = {"device": device, "ring": "closed", "build": build}
    assert (await browser(handle).submit("/settings/devices", sent)).status_code == 303


async def test_what_was_fixed_for_me_by_name(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    first, second = await file(alice, title="闪退"), await file(alice, title="卡顿")
    await bob.submit(f"/reports/{first}/affected", {"device": "umi", "build": "26.11.20"})
    await fix(erin, await propose(erin, first))
    await fix(erin, await propose(erin, second))
    assert part(await alice.see("/"), "solved") == ""
    await friday(clock, settings, erin, "fuxi", "umi")
    sent = {"build": BUILD, "verdict": "broken"}
    await alice.submit(f"/reports/{second}/verification", sent)
    page = await alice.see("/")
    assert part(page, "solved") == (
        f"这班车为你解决了 1 11 月 27 日 闪退 {first} {BUILD} 小米 13 更新后就有"
    ), "what was seen still there is not solved"
    assert part(await bob.see("/"), "solved") == (
        f"Solved by this train 1 27 November 闪退 {first} {BUILD} Xiaomi 10 Once you update"
    )
    await has(browser_of, "alice", BUILD)
    assert part(await alice.see("/"), "solved").endswith("小米 13 等你验证")
    await alice.submit(f"/reports/{first}/verification", {"build": BUILD, "verdict": "fixed"})
    clock.advance(days=2)
    page = await alice.see("/")
    assert part(page, "solved").startswith("上一班为你解决了 1 11 月 27 日")
    assert part(page, "solved").endswith("你说好了")
    assert 'href="/releases/2026-11-27"' in page


async def test_what_slipped_and_to_when(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    """No build of the model was aboard; with the next one it is there, and slipped no more."""
    alice, erin = browser_of("alice"), api_of("erin")
    other = await file(browser_of("bob"), device="umi", title="Other")
    report = await file(alice, title="拍照偏色")
    await fix(erin, await propose(erin, report, other))
    assert part(await alice.see("/"), "slipped") == ""
    await friday(clock, settings, erin, "umi")
    page = await alice.see("/")
    assert part(page, "slipped") == (
        f"晚一班到 1 拍照偏色 {report} 没赶上 11 月 27 日的列车 改到 12 月 4 日"
    )
    assert part(page, "verify") == ""
    assert part(await browser_of("bob").see("/"), "slipped") == ""

    body = {"ring": "closed", "release": LATER}
    await ok(await erin.put("builds/fuxi/26.12.4", json=body))
    clock.set(datetime.fromisoformat(f"{LATER}T17:00:00+08:00"))
    await schedule.tick(settings, clock.now)
    page = await alice.see("/")
    assert part(page, "slipped") == ""
    assert "拍照偏色" in part(page, "solved")


async def test_what_i_can_try_right_now_comes_first(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    early = await file(alice, title="早的", build="26.11.13")
    await fix(erin, await propose(erin, early))
    await friday(clock, settings, erin, "fuxi")
    await has(browser_of, "alice", BUILD)
    late = await file(alice, title="晚的")
    await fix(erin, await propose(erin, late))
    body = {"ring": "closed", "release": LATER}
    await ok(await erin.put("builds/fuxi/26.12.4", json=body))
    clock.set(datetime.fromisoformat(f"{LATER}T17:00:00+08:00"))
    await schedule.tick(settings, clock.now)
    assert re.findall(
        "早的|晚的|还没有人确认过|更新后再试", part(await alice.see("/"), "verify")
    ) == [*("早的", "还没有人确认过", "晚的", "更新后再试")]
    too = {"device": "fuxi", "build": "26.11.20"}
    await ok(await api_of("bob").put(f"reports/{early}/affected", json=too))
    said = {"build": BUILD, "verdict": "fixed"}
    await ok(await api_of("bob").put(f"reports/{early}/verification", json=said))
    assert "还没有人确认过" not in part(await alice.see("/"), "verify")


async def test_whether_to_update(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    assert part(await alice.see("/"), "update") == "", "hers is the newest"
    await friday(clock, settings, erin, "fuxi")
    page = await alice.see("/")
    assert part(page, "update").startswith(f"小米 13 的新版本 {BUILD} 可以更新")
    assert f'href="/devices/fuxi/builds/{BUILD}"' in page
    report = await file(browser_of("erin"), severity="data_loss", build=BUILD)
    await propose(erin, report)
    assert f"新版本 {BUILD} 先别更新 1 位内测用户更新后丢了数据" in part(
        await alice.see("/"), "update"
    )
    await has(browser_of, "alice", BUILD)
    assert part(await alice.see("/"), "update") == ""


async def test_a_phone_on_a_build_that_was_withdrawn(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    reason = {"zh": "充电时会过热", "en": "It overheats"}
    await ok(await erin.put("builds/fuxi/26.11.20/withdrawal", json={"reason": reason}))
    assert part(await alice.see("/"), "update") == (
        "你手机上的 26.11.20 已撤回 充电时会过热。下一个版本出来时，这里会告诉你。"
    )
    await friday(clock, settings, erin, "fuxi")
    told = part(await alice.see("/"), "update")
    assert told.startswith("你手机上的 26.11.20 已撤回 充电时会过热。新的版本见下面。")
    assert f"新版本 {BUILD} 可以更新" in told


async def test_known_issues_are_those_of_my_build(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    older = await file(alice, title="旧的", build="26.11.13")
    newer = await file(alice, title="新的", build="26.11.20")
    await propose(erin, older, changelog={"zh": "修复旧的问题", "en": ""}, title="内部的说法")
    await propose(erin, newer, changelog={"zh": "", "en": ""}, title="新的提案")
    known = part(await alice.see("/"), "known")
    assert "旧的问题 P-1" in known, "in the words of the changelog, where there are any"
    assert "新的提案 P-2" in known
    await has(browser_of, "alice", "26.11.13")
    known = part(await alice.see("/"), "known")
    assert known.startswith("26.11.13 的已知问题")
    assert "P-1" in known
    assert "P-2" not in known, "met on a later one"
