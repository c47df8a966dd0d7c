"""What reports became: the same page for testers and engineers, with more on it for engineers."""

from __future__ import annotations

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, counting_queries, file, fix, friday, ok, propose, start, words
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


async def test_from_recorded_to_out(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    one, two = await file(alice), await file(bob, device="umi", title="Camera closes")
    await bob.submit(f"/reports/{one}/affected", {"device": "umi"})
    proposal = await propose(erin, one, two)
    page = words(await alice.see(f"/proposals/{proposal}"))
    assert "P-1 相机 修复 修复打开相机后闪退的问题 已收录" in page
    assert "还没有修好。修好以后进入周五的版本。" in page
    assert f"Camera closes {two}" in page
    page = words(await bob.see(f"/proposals/{proposal}"))
    assert "P-1 Camera Fix Camera closed on opening Recorded" in page

    await start(erin, proposal)
    assert "Being fixed" in words(await bob.see(f"/proposals/{proposal}"))
    await fix(erin, proposal, "fuxi")
    page = words(await alice.see(f"/proposals/{proposal}"))
    assert "已修复，等待版本" in page
    assert "已修复，会进入下一个周五的版本：小米 13。" in page

    await friday(clock, settings, erin, "fuxi")
    await alice.submit(f"/reports/{one}/verification", {"build": BUILD, "verdict": "fixed"})
    page = words(await alice.see(f"/proposals/{proposal}"))
    assert f"小米 13 {BUILD} 内测 11 月 27 日的更新 已发布 11 月 27 日" in page
    assert "P-1 相机 已发布 修复打开相机后闪退的问题" in words(await alice.see("/proposals"))
    assert "小米 13 1 0 0" in page


async def test_what_is_taken_back_stays_visible(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    proposal = await propose(erin, await file(alice))
    await fix(erin, proposal)
    await friday(clock, settings, erin, "fuxi", "umi")
    body = {"reason": "耗电变多", "models": ["fuxi"]}
    await ok(await erin.request("DELETE", f"proposals/{proposal}/fix", json=body))
    page = words(await alice.see(f"/proposals/{proposal}"))
    assert f"小米 13 {BUILD} 内测 11 月 27 日的更新 耗电变多 已撤回" in page
    assert f"小米 10 {BUILD} 内测 11 月 27 日的更新 已发布" in page


async def test_still_there_on_one_model(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    proposal = await propose(erin, report)
    await fix(erin, proposal)
    await friday(clock, settings, erin, "fuxi", "umi")
    await alice.submit(f"/reports/{report}/verification", {"build": BUILD, "verdict": "broken"})
    page = words(await browser_of("bob").see(f"/proposals/{proposal}"))
    assert f"Xiaomi 13 {BUILD} Closed beta Changes of 27 November still there in {BUILD}" in page
    assert f"Xiaomi 10 {BUILD} Closed beta Changes of 27 November Out" in page


async def test_what_is_the_teams_alone(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    proposal = await propose(erin, await file(alice))
    await fix(erin, proposal, "fuxi")
    page = await alice.see(f"/proposals/{proposal}")
    for hidden in ("CameraService", "I7c1d2e", "triage", "Erin"):
        assert hidden not in page, hidden
    page = await browser_of("erin").see(f"/proposals/{proposal}")
    for shown in ("CameraService 启动顺序", "I7c1d2e", "Owner Erin", "Xiaomi 13"):
        assert shown in words(page), shown
    assert f"triage revert {proposal}" in page
    assert "marked it fixed: fuxi" in words(page)
    assert "triage start P-1 triage link R-… P-1 triage revert P-1" in words(page)


async def test_a_declined_one_says_why(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    proposal = await propose(erin, await file(alice))
    change = {"state": "declined", "reason": "这个机型**不再更新**"}
    await ok(await erin.patch(f"proposals/{proposal}", json=change))
    page = await alice.see(f"/proposals/{proposal}")
    assert "不采纳 这个机型 不再更新" in words(page)
    assert "还没有修好" not in words(page)


async def test_what_gathers_private_reports_is_private(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice, severity="security", title="日志里有令牌")
    proposal = await propose(erin, report, title="token in the boot log", changelog=None)
    assert "token in the boot log" in words(await alice.see(f"/proposals/{proposal}"))
    assert (await bob.get(f"/proposals/{proposal}")).status_code == 404
    assert "token" not in words(await bob.see("/proposals"))
    assert (await ok(await api_of("bob").get("proposals")))["items"] == []
    assert "token in the boot log" in words(await browser_of("cai").see("/proposals"))

    line = {"zh": "开机日志里不再有 token in the boot log", "en": "No token in the boot log"}
    await ok(await erin.patch(f"proposals/{proposal}", json={"changelog": line}))
    await fix(erin, proposal)
    await friday(clock, settings, erin, "fuxi")
    page = words(await bob.see(f"/proposals/{proposal}"))
    assert "token in the boot log" in page, "it is in the changelog by now"
    assert "Its reports are for officials only." in page
    assert "令牌" not in page


async def test_the_list_by_state_and_by_words(browser_of: BrowserOf, api_of: ApiOf) -> None:
    erin, alice = api_of("erin"), browser_of("alice")
    page = words(await alice.see("/proposals"))
    assert "还没有提案" in page
    await propose(erin, title="相机启动顺序", changelog=None)
    await start(erin, await propose(erin, title="下拉的帧率", module="system", changelog=None))
    page = words(await alice.see("/proposals"))
    assert page.index("下拉的帧率") < page.index("相机启动顺序")
    page = words(await alice.see("/proposals?state=in_progress"))
    assert "P-2 系统 处理中 下拉的帧率 0 个反馈" in page
    assert "相机启动顺序" not in page
    page = words(await alice.see("/proposals?q=相机"))
    assert "相机启动顺序" in page
    assert "下拉的帧率" not in page
    assert "没有符合的提案" in words(await alice.see("/proposals?q=闹钟"))
    assert (await alice.get("/proposals?state=lost")).status_code == 422
    assert (await alice.get("/proposals?after=x")).status_code == 422


async def test_page_after_page(browser_of: BrowserOf, api_of: ApiOf) -> None:
    erin, alice = api_of("erin"), browser_of("alice")
    for n in range(30):
        await propose(erin, title=f"第 {n} 个", changelog=None)
    first = await alice.see("/proposals")
    following = first.split('rel="next" href="')[1].split('"')[0]
    rest = await alice.see(following)
    found = [f"P-{n}" for n in range(1, 31) if f'href="/proposals/P-{n}"' in first]
    found += [f"P-{n}" for n in range(1, 31) if f'href="/proposals/P-{n}"' in rest]
    assert sorted(found) == sorted(f"P-{n}" for n in range(1, 31))


@pytest.mark.parametrize("path", ["/proposals", "/proposals/P-1"])
async def test_outside_the_closed_beta_there_are_none(
    browser_of: BrowserOf, api_of: ApiOf, path: str
) -> None:
    await propose(api_of("erin"))
    assert (await browser_of("charlie").get(path)).status_code == 404
    assert (await browser_of(None).get(path)).headers["location"].startswith("/signin")


@pytest.mark.parametrize("name", ["P-9", "R-1", "1", "p-1"])
async def test_an_address_of_nothing(browser_of: BrowserOf, name: str) -> None:
    assert (await browser_of("erin").get(f"/proposals/{name}")).status_code == 404


async def test_what_the_page_costs(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    proposal = await propose(erin, await file(alice))
    await fix(erin, proposal)
    await friday(clock, settings, erin, "fuxi")
    for handle, most in (("alice", 8), ("erin", 9)):
        await browser_of(handle).see("/reports")
        with counting_queries() as queries:
            await browser_of(handle).see(f"/proposals/{proposal}")
        assert len(queries) <= most, (handle, queries)
