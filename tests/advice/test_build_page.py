"""The page of a build: before you update, what it brings, what stands around it in its line."""

from __future__ import annotations

import re

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, FRIDAY, counting_queries, file, fix, friday, ok, propose, words
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

NEWEST, OLDER = "26.11.20", "26.11.13"


def part(page: str, name: str) -> str:
    """One section of a page, as text; empty where it is not there."""
    found = re.search(rf'<section class="section" id="{name}".*?</section>', page, re.DOTALL)
    return words(f"<main>{found[0]}</main>") if found else ""


async def test_what_it_is_and_what_stands_around_it(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    html = await alice.see(f"/devices/fuxi/builds/{OLDER}")
    page = words(html)
    assert page.startswith("← 小米 13 的机型区 内测 11 月 24 日发布 小米 13 26.11.13")
    assert page.endswith("上一个版本 ← 26.11.6 下一个版本 26.11.20 →")
    assert 'rel="prev" href="/devices/fuxi/builds/26.11.6"' in html
    assert 'rel="next" href="/devices/fuxi/builds/26.11.20"' in html
    assert "你在用" not in page
    page = words(await alice.see(f"/devices/fuxi/builds/{NEWEST}"))
    assert "你在用" in page
    assert "给还没更新的人 可以更新 没有人在这个版本上遇到新的严重问题。" in page
    assert page.endswith("上一个版本 ← 26.11.13"), "the developer ring is another line"


async def test_what_it_brings_to_this_model(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    own = await file(alice, title="相机闪退")
    other = await file(bob, device="umi", title="Only here")
    await fix(erin, await propose(erin, own), "fuxi")
    line = {"zh": "修复只在那里的问题", "en": "Only there"}
    await fix(erin, await propose(erin, other, changelog=line), "umi")
    await friday(clock, settings, erin, "fuxi", "umi")
    page = await alice.see(f"/devices/fuxi/builds/{BUILD}")
    assert part(page, "changes") == (
        f"这个版本带来什么 1 整期更新 相机 修复 打开相机后闪退的问题 来自你的反馈 {own}"
    )
    assert f'href="/releases/{FRIDAY}"' in page
    assert part(await bob.see(f"/devices/umi/builds/{BUILD}"), "changes") == (
        f"What it brings 1 The whole release Camera Fix Only there From your report {other}"
    )
    await ok(
        await erin.request(
            "DELETE", "proposals/P-1/fix", json={"reason": {"zh": "耗电", "en": "It drains"}}
        )
    )
    assert "更正 11 月 27 日 ：耗电" in part(
        await alice.see(f"/devices/fuxi/builds/{BUILD}"), "changes"
    )


async def test_one_that_is_not_out_yet(browser_of: BrowserOf, api_of: ApiOf) -> None:
    erin = api_of("erin")
    await propose(erin, await file(browser_of("alice")))
    body = {"ring": "closed", "release": FRIDAY}
    await ok(await erin.put("builds/fuxi/26.11.27", json=body))
    late = {"zh": "处理屏幕闪烁", "en": "The screen flickers"}
    await ok(await erin.put("builds/umi/26.11.27", json=body | {"delayed": late}))
    page = await browser_of("alice").see("/devices/fuxi/builds/26.11.27")
    assert "这个版本还没发布 随 11 月 27 日的列车发出" in words(page)
    assert part(page, "advice") == part(page, "changes") == part(page, "known") == ""
    page = words(await browser_of("bob").see("/devices/umi/builds/26.11.27"))
    assert "Late" in page
    assert "This build is not out yet The screen flickers" in page


async def test_one_that_was_withdrawn(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    reason = {"zh": "充电时会过热", "en": "It overheats"}
    await file(alice, severity="major", build=OLDER)
    await ok(await erin.put(f"builds/fuxi/{OLDER}/withdrawal", json={"reason": reason}))
    html = await alice.see(f"/devices/fuxi/builds/{OLDER}")
    assert part(html, "advice") == "更新之前 不要安装 已撤回：充电时会过热 改用 26.11.20"
    assert "11 月 24 日撤回" in words(html)


async def test_problems_and_known_issues_each_once(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    lost = await file(alice, severity="data_loss", title="照片没了", module="system")
    normal = await file(alice, title="卡顿", build=OLDER)
    later = await file(alice, title="后来的")
    await propose(erin, lost, changelog={"zh": "照片丢失", "en": "Pictures lost"}, module="system")
    await propose(erin, normal, changelog={"zh": "修复卡顿", "en": "Stutter"})
    await propose(erin, later, changelog={"zh": "后来的问题", "en": "The later one"})
    html = await bob.see(f"/devices/fuxi/builds/{NEWEST}")
    assert part(html, "advice").startswith(
        "Before you update Wait with this update One tester lost data after this update."
        " The engineers have recorded it. This warning goes by itself once a build with the fix is"
        " out. First met on this build Pictures lost Data lost System 1 tester has it Recorded"
    )
    known = part(html, "known")
    assert "Stutter P-2 Camera 1 report" in known
    assert "Pictures lost" not in known
    known = part(await bob.see(f"/devices/fuxi/builds/{OLDER}"), "known")
    assert "Stutter" in known
    assert "The later one" not in known


async def test_every_list_of_builds_leads_to_it(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await friday(clock, settings, api_of("erin"), "fuxi")
    link = f'href="/devices/fuxi/builds/{BUILD}"'
    for path in ("/devices/fuxi", f"/releases/{FRIDAY}"):
        assert link in await browser_of("alice").see(path), path
    assert link not in await browser_of("charlie").see(f"/releases/{FRIDAY}"), "for the beta alone"


@pytest.mark.parametrize(("codename", "version"), [("fuxi", "0"), ("none", NEWEST)])
async def test_one_that_is_not_there(
    browser_of: BrowserOf, api_of: ApiOf, codename: str, version: str
) -> None:
    page = await browser_of("alice").get(f"/devices/{codename}/builds/{version}")
    assert page.status_code == 404
    answer = await api_of("alice").get(f"builds/{codename}/{version}")
    assert answer.status_code == 404


async def test_queries(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    for title in ("一", "二", "三"):
        await propose(erin, await file(alice, title=title, severity="major"))
    await fix(erin, await propose(erin, await file(alice)))
    await friday(clock, settings, erin, "fuxi")
    for version in (NEWEST, BUILD):
        await alice.see(f"/devices/fuxi/builds/{version}")
        with counting_queries() as seen:
            await alice.see(f"/devices/fuxi/builds/{version}")
        assert len(seen) <= 6, "who asks, their notices, and four for the page"
