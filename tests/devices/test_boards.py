"""A board for each model: its builds in their order, what is open, what is fixed."""

from __future__ import annotations

import re

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import counting_queries, file, fix, friday, ok, propose, start, words
from tracker import database as door
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


def part(page: str, name: str) -> str:
    """One section of a page, as text."""
    found = re.search(rf'<section class="section" id="{name}".*?</section>', page, re.DOTALL)
    assert found, name
    return words(f"<main>{found[0]}</main>")


async def test_my_models_come_first(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    await file(alice)
    await file(alice)
    page = await alice.see("/devices")
    assert part(page, "mine") == "我的手机 管理 小米 13 fuxi 进行中 2 个 你在用 26.11.20"
    assert "小米 10 umi 没有进行中的反馈" in part(page, "all")
    page = await browser_of("erin").see("/devices")
    assert 'id="mine"' not in page


@pytest.mark.parametrize("typed", ["fuxi", "米 13", "小米13", "XIAOMI 13", "2211133c"])
async def test_one_is_looked_for_by_any_of_its_names(browser_of: BrowserOf, typed: str) -> None:
    page = await browser_of("alice").see(f"/devices?q={typed}")
    assert re.findall(r'class="name" href="([^"]+)"', page) == ["/devices/fuxi"]


async def test_one_that_is_not_there(browser_of: BrowserOf) -> None:
    assert "没有这个机型" in words(await browser_of("alice").see("/devices?q=诺基亚"))


async def test_a_thousand_models(browser_of: BrowserOf) -> None:
    await door.execute(
        "INSERT INTO device_models (codename, name_zh, name_en, aliases, source)"
        " SELECT 'm' || n, '机型 ' || n, 'Model ' || n % 400, ARRAY[]::varchar[], ''"
        " FROM generate_series(1, 1000) n"
    )
    alice = browser_of("alice")
    seen: list[str] = []
    path = "/devices"
    while True:
        page = await alice.see(path)
        seen += re.findall(r'class="name" href="/devices/(\w+)"', page[page.index('id="all"') :])
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            break
        path = following[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 1002
    with counting_queries() as queries:
        await alice.see("/devices?q=model")
    assert len(queries) == 4


async def test_builds_in_their_order_published_and_late(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    erin = api_of("erin")
    for version, more in (
        ("V14.9", {"release": "2026-11-27"}),
        ("V14.10", {"after": "26.11.20", "release": "2026-11-27", "delayed": "处理屏幕闪烁"}),
    ):
        await ok(await erin.put(f"builds/fuxi/{version}", json={"ring": "closed", **more}))
    builds = part(await browser_of("alice").see("/devices/fuxi"), "builds")
    order = re.findall(r"内测|开发版|V14\.\d+|26\.11\.\d+", builds)
    assert order == [
        *("内测", "V14.9", "V14.10", "26.11.20", "26.11.13", "26.11.6", "开发版", "26.11.18")
    ], "by position, never by name"
    assert "V14.10 处理屏幕闪烁 晚点" in builds
    assert "V14.9 还没发布" in builds
    assert "26.11.20 构建于 11 月 19 日 发布于 11 月 24 日 你在用" in builds


async def test_what_is_open_known_and_fixed(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    closes = await file(alice, title="打开相机后闪退")
    slow = await file(alice, title="控制中心卡顿", module="system")
    new = await file(alice, title="锁屏时间不走", module="lockscreen")
    await file(alice, title="开机日志里有令牌", severity="security")
    await file(bob, title="Only on the other", device="umi")
    await fix(erin, await propose(erin, closes), "fuxi")
    line = {"zh": "下拉时掉帧", "en": "Frames drop"}
    await start(erin, await propose(erin, slow, changelog=line, module="system"))

    page = await bob.see("/devices/fuxi")
    assert "Frames drop P-2 System 1 report Being fixed" in part(page, "known")
    assert "Camera closed on opening P-1 Camera 1 report expected 27 November" in part(
        page, "known"
    )
    assert f"锁屏时间不走 {new}" in part(page, "open")
    assert "令牌" not in page, "private"
    assert "Only on the other" not in page
    assert words(page).startswith("← All models fuxi 2211133C Xiaomi 13 reports open 3")

    await friday(clock, settings, erin, "fuxi")
    page = await bob.see("/devices/fuxi")
    assert f"打开相机后闪退 {closes}" in part(page, "fixed")
    assert "打开相机后闪退" not in part(page, "open")
    assert "Camera closed" not in part(page, "known")
    assert "4 个反馈进行中" not in words(await alice.see("/devices/fuxi"))


async def test_an_empty_board_says_what_to_do(browser_of: BrowserOf) -> None:
    await door.execute("DELETE FROM person_devices; DELETE FROM builds")
    page = await browser_of("alice").see("/devices/fuxi")
    for told in ("还没有版本", "没有已知问题", "没有进行中的反馈", "还没有修好的"):
        assert told in words(page)
    assert 'href="/reports/new?device=fuxi"' in page
    assert 'href="/settings/devices?device=fuxi"' in page


async def test_any_of_its_names_leads_to_it(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    for name in ("FUXI", "2211133C"):
        answer = await alice.get(f"/devices/{name}")
        assert answer.headers["location"] == "/devices/fuxi"
    assert (await alice.get("/devices/nokia")).status_code == 404


@pytest.mark.parametrize("path", ["/devices", "/devices/fuxi"])
async def test_outside_the_closed_beta_there_are_none(browser_of: BrowserOf, path: str) -> None:
    assert (await browser_of("charlie").get(path)).status_code == 404
    assert "/devices" not in await browser_of("charlie").see("/settings")
    assert (await browser_of(None).get(path)).headers["location"].startswith("/signin")


async def test_a_board_costs_ten_queries(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    await file(alice)
    with counting_queries() as queries:
        await alice.see("/devices/fuxi")
    assert len(queries) <= 10, queries
