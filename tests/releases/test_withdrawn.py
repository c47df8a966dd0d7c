"""A build that is taken back: the page says so at once, who was told is told again."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, FRIDAY, file, fix, friday, ok, propose, stored, words
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

REASON = {"zh": "部分手机无法开机", "en": "Some phones do not start"}
HOTFIX = "26.11.28"


async def withdraw(
    erin: httpx.AsyncClient, version: str = BUILD, device: str = "fuxi", **more: Any
) -> Any:
    body = {"reason": REASON, **more}
    return await ok(await erin.put(f"builds/{device}/{version}/withdrawal", json=body))


async def restore(erin: httpx.AsyncClient, version: str = BUILD) -> Any:
    return await ok(await erin.delete(f"builds/fuxi/{version}/withdrawal"))


async def hotfix(erin: httpx.AsyncClient, version: str = HOTFIX, **more: Any) -> Any:
    """A build of the closed ring that goes out at once."""
    return await ok(await erin.put(f"builds/fuxi/{version}", json={"ring": "closed", **more}))


async def told(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    """Kind and text of one's notices, the oldest first."""
    found = (await ok(await client.get("notices")))["items"]
    return [(notice["kind"], notice["text"]) for notice in reversed(found)]


async def test_told_again_once_and_again_when_it_comes(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), api_of("bob"), api_of("erin")
    report = await file(alice)
    proposal = await propose(erin, report)
    await fix(erin, proposal)
    await friday(clock, settings, erin, "fuxi", "umi")
    assert (await stored(erin, report))["released_in"] == BUILD

    built = await withdraw(erin)
    assert built["withdrawn"]["reason"] == REASON
    again = await withdraw(erin, reason="别的原因")
    assert again["withdrawn"] == built["withdrawn"], "the first reason stays"
    shown = await stored(erin, report)
    assert (shown["status"], shown["released_in"], shown["expected_on"]) == (
        "fixed", None, "2026-12-04",
    )  # fmt: skip
    page = words(await alice.see(f"/reports/{report}"))
    assert f"{BUILD} 已撤回：{REASON['zh']}" in page, "said on the page at once"
    assert f"{BUILD} 已撤回（{REASON['zh']}），修复等下一个版本" in page, "and in its history"
    post = words(await alice.see(f"/releases/{FRIDAY}"))
    assert f"已撤回 {REASON['zh']}" in post
    feed = await browser_of(None).see("/releases/feed.atom")
    assert f"小米 13 {BUILD}：{REASON['zh']}" in feed, "and to those who read it elsewhere"
    assert "已撤回" in words(await alice.see("/devices/fuxi"))
    assert BUILD not in await alice.see("/settings/devices"), "no phone is offered it"

    await schedule.tick(settings, clock.now)
    await schedule.tick(settings, clock.advance(minutes=5))
    mine = api_of("alice")
    assert [kind for kind, _ in await told(mine)] == ["friday", "correction"]
    assert REASON["en"] in (await told(mine))[1][1]
    assert await told(bob) == [], "who was told nothing has nothing to correct"

    await hotfix(erin)
    await schedule.tick(settings, clock.advance(minutes=5))
    assert (await stored(erin, report))["released_in"] == HOTFIX, "it waited for this one"
    old, _, new = [
        f"/notices/{one['id']}" for one in reversed((await ok(await mine.get("notices")))["items"])
    ]
    assert "好了吗？" not in words(await alice.see(old)), "nobody is to try a withdrawn build"
    assert f"更新到 {HOTFIX} 之后，好了吗？" in words(await alice.see(new))
    assert [kind for kind, _ in await told(mine)] == ["friday", "correction", "build"]
    assert HOTFIX in (await told(mine))[2][1]
    assert (await ok(await erin.get(f"proposals/{proposal}")))["shipments"]


async def test_a_later_build_has_it_already(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock, settings: Settings
) -> None:
    erin, mine = api_of("erin"), api_of("alice")
    report = await file(browser_of("alice"))
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "fuxi")
    await hotfix(erin, proposals=[])
    await withdraw(erin)
    await schedule.tick(settings, clock.now)
    shown = await stored(erin, report)
    assert (shown["status"], shown["released_in"]) == ("released", HOTFIX)
    assert [kind for kind, _ in await told(mine)] == ["friday", "correction"]
    assert f"in build {HOTFIX}" in (await told(mine))[1][1]
    again = await hotfix(erin, proposals=[])
    assert again["proposals"] == [], "its own list is what its maker gave"

    await withdraw(erin, HOTFIX)
    await schedule.tick(settings, clock.now)
    assert (await stored(erin, report))["status"] == "fixed"
    assert [kind for kind, _ in await told(mine)] == ["friday", "correction", "correction"]


async def test_taken_back_again(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock, settings: Settings
) -> None:
    erin, mine = api_of("erin"), api_of("alice")
    report = await file(browser_of("alice"))
    other = await file(browser_of("alice"), title="夜景模式发绿")
    proposal = await propose(erin, report)
    reverted = await propose(erin, other, title="夜景")
    await fix(erin, proposal)
    await fix(erin, reverted)
    await friday(clock, settings, erin, "fuxi")
    await withdraw(erin)
    await schedule.tick(settings, clock.now)
    body = {"reason": "夜景会变慢"}
    await ok(await erin.request("DELETE", f"proposals/{reverted}/fix", json=body))
    assert (await restore(erin))["withdrawn"] is None
    await restore(erin)
    await schedule.tick(settings, clock.now)
    assert (await stored(erin, report))["released_in"] == BUILD
    assert (await stored(erin, other))["status"] == "in_progress", "reverted since"
    kinds = [kind for kind, _ in await told(mine)]
    assert kinds == ["friday", "correction", "build"], "corrected once, and told that it is back"


async def test_nothing_is_said_of_what_was_undone_before_anybody_heard(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock, settings: Settings
) -> None:
    erin = api_of("erin")
    report = await file(browser_of("alice"))
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "fuxi")
    await withdraw(erin)
    await restore(erin)
    await schedule.tick(settings, clock.now)
    assert [kind for kind, _ in await told(api_of("alice"))] == ["friday"]


async def test_me_too_and_confirmed_reports_are_corrected_as_well(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock, settings: Settings
) -> None:
    erin, alice, bob = api_of("erin"), api_of("alice"), api_of("bob")
    report = await file(browser_of("alice"))
    await ok(await bob.put(f"reports/{report}/affected", json={"device": "umi"}))
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "fuxi", "umi")
    answer = {"build": BUILD, "verdict": "fixed"}
    await ok(await alice.put(f"reports/{report}/verification", json=answer))
    await withdraw(erin, device="umi")
    await schedule.tick(settings, clock.now)
    assert (await stored(erin, report))["status"] == "verified", "umi's build is not hers"
    assert [kind for kind, _ in await told(bob)] == ["friday", "correction"]
    assert [kind for kind, _ in await told(alice)] == ["friday"]
    await withdraw(erin)
    await schedule.tick(settings, clock.now)
    assert (await stored(erin, report))["status"] == "fixed", "no phone of hers has it now"
    assert [kind for kind, _ in await told(alice)] == ["friday", "correction"]


async def test_a_withdrawn_build_stays_behind(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock, settings: Settings
) -> None:
    erin, cai = api_of("erin"), api_of("cai")
    report = await file(browser_of("alice"))
    await fix(erin, await propose(erin, report))
    body = {"ring": "closed", "release": FRIDAY}
    await ok(await erin.put(f"builds/fuxi/{BUILD}", json=body))
    await withdraw(erin)
    preview = await ok(await cai.get(f"releases/{FRIDAY}/preview"))
    assert [found["code"] for found in preview["blockers"]] == ["no_build"]
    await ok(await erin.put(f"builds/fuxi/{BUILD}", json={"ring": "closed"}))
    assert (await stored(erin, report))["status"] == "fixed", "nor does it go by itself"
    await friday(clock, settings, erin, "fuxi", "umi")
    assert (await stored(erin, report))["status"] == "fixed"
    await restore(erin)
    await ok(await erin.put(f"builds/fuxi/{BUILD}", json=body))
    assert (await stored(erin, report))["released_in"] == BUILD


async def test_who_may_and_what_is_not_there(api_of: ApiOf) -> None:
    erin = api_of("erin")
    there = "builds/fuxi/26.11.20/withdrawal"
    assert (await api_of("alice").put(there, json={"reason": "…"})).status_code == 403
    for nowhere in ("builds/fuxi/1/withdrawal", "builds/nokia/26.11.20/withdrawal"):
        assert (await erin.put(nowhere, json={"reason": "…"})).status_code == 404
        assert (await erin.delete(nowhere)).status_code == 404
    assert (await erin.put(there, json={"reason": ""})).status_code == 422
