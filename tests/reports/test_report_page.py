"""The page of a report: where it is, what happens next, and nothing that is not for the reader."""

from __future__ import annotations

import re

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import ask, close, counting_queries, file, fix, friday, ok, propose, start, words
from tracker import database as door
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


def stops(page: str) -> list[str]:
    """The stations of the line as a reader hears them, each with its date."""
    line = page[page.index('<ol class="line') :]
    line = line[: line.index("</ol>")]
    return [words(f"<main><li{stop}</main>") for stop in line.split("<li")[1:]]


async def test_the_line_from_the_first_station_to_the_last(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    page = await alice.see(f"/reports/{report}")
    assert stops(page)[0].endswith("已提交 11 月 24 日 已收到，工程师会来看。")
    assert [stop.split()[-1] for stop in stops(page)[1:]] == ["，还没到"] * 4
    assert "接下来 工程师会收录它，或者向你提问。" in words(page)

    clock.advance(hours=3)
    proposal = await propose(erin, report)
    page = await alice.see(f"/reports/{report}")
    assert "已收录 11 月 24 日 已收录，排队等待处理。" in stops(page)[1]
    assert "P-1 修复打开相机后闪退的问题" in words(page)

    clock.advance(days=1)
    await start(erin, proposal)
    assert "处理中 11 月 25 日 工程师正在修复。" in stops(await alice.see(f"/reports/{report}"))[2]

    await fix(erin, proposal)
    page = await alice.see(f"/reports/{report}")
    assert "已修复，预计随 11 月 27 日的版本到达你的小米 13。" in stops(page)[3]
    assert stops(page)[4].endswith("预计 11 月 27 日")
    assert "接下来 版本发布当天会通知你。" in words(page)

    await friday(clock, settings, erin, "fuxi")
    page = await alice.see(f"/reports/{report}")
    assert "已在 26.11.27 解决。更新后告诉我们：好了吗？" in stops(page)[4]
    assert "更新到 26.11.27 之后，好了吗？" in words(page)
    assert [stop.split("，已过")[1].strip() for stop in stops(page)[:4]] == [
        *("11 月 24 日", "11 月 24 日", "11 月 25 日", "11 月 25 日")
    ]


async def test_going_back_forgets_the_stations_ahead(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    proposal = await propose(erin, report)
    await fix(erin, proposal)
    body = {"reason": "耗电变多"}
    await ok(await erin.request("DELETE", f"proposals/{proposal}/fix", json=body))
    page = await alice.see(f"/reports/{report}")
    assert "工程师正在修复。" in stops(page)[2]
    assert stops(page)[3].endswith("还没到")
    await ok(await erin.delete(f"reports/{report}/proposal"))
    page = await alice.see(f"/reports/{report}")
    assert "已收到，工程师会接着看。" in stops(page)[0]
    assert [stop.split()[-1] for stop in stops(page)[1:]] == ["，还没到"] * 4
    assert "P-1" not in words(page).split("全部经过")[0]


async def test_those_who_share_it_are_counted_once(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice)
    other, third = await file(bob, device="umi"), await file(bob, device="umi")
    await propose(erin, report, other, third)
    page = words(await alice.see(f"/reports/{report}"))
    assert "已收录，和另外 1 位内测用户的反馈一起处理。" in page
    page = words(await bob.see(f"/reports/{other}"))
    assert "Recorded, together with reports from 1 other tester." in page


async def test_another_reader_is_told_nothing_as_theirs(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice)
    page = words(await bob.see(f"/reports/{report}"))
    assert "Received; an engineer will look at it." in page
    assert "An engineer will record it, or ask its reporter something." in page
    proposal = await propose(erin, report)
    await fix(erin, proposal)
    page = words(await bob.see(f"/reports/{report}"))
    assert "Fixed. Expected in the build of 27 November for Xiaomi 13." in page
    await friday(clock, settings, erin, "fuxi")
    page = words(await bob.see(f"/reports/{report}"))
    assert "Fixed in build 26.11.27 for Xiaomi 13." in page
    assert "In a build" in page
    assert "In your build" not in page
    assert "is it fixed?" not in page


async def test_the_time_to_an_answer_is_said_where_it_is_known(browser_of: BrowserOf) -> None:
    await door.execute(
        "INSERT INTO module_answer_times (module, median_seconds, answers, at)"
        " SELECT id, 21600, 40, now() FROM modules WHERE slug = 'camera'"
    )
    alice, bob = browser_of("alice"), browser_of("bob")
    page = words(await alice.see(f"/reports/{await file(alice)}"))
    assert "已收到。通常在 6 小时内回复。" in page
    page = words(await bob.see(f"/reports/{await file(bob, device='umi')}"))
    assert "We have it. An answer usually takes 6 hours." in page


async def test_what_was_reported_is_there(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    report = await file(alice, steps="1. 锁屏\n2. **右滑**", severity="data_loss", private="true")
    page = await alice.see(f"/reports/{report}")
    assert "<strong>右滑</strong>" in page
    text = words(page)
    for fact in ("模块 相机", "频率 偶尔", "严重程度 丢数据", "提交者 爱丽丝", "只给官方看"):
        assert fact in text, fact
    assert f"{report} 小米 13 26.11.20 内测 打开相机后闪退" in text
    assert 'href="/devices/fuxi"' in page


async def test_what_people_write_does_nothing(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    evil = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"
    report = await file(alice, title=f"标题 {evil}"[:200], actual=evil)
    await alice.submit(f"/reports/{report}/messages", {"message": evil})
    page = await alice.see(f"/reports/{report}")
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page


async def test_a_private_report_is_none_of_others_business(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    report = await file(alice, private="true")
    assert (await browser_of("bob").get(f"/reports/{report}")).status_code == 404
    assert (await browser_of("erin").get(f"/reports/{report}")).status_code == 200
    for act in ("messages", "answer", "affected", "withdrawal", "reopening", "appeal"):
        answer = await browser_of("bob").submit(
            f"/reports/{report}/{act}",
            {"message": "x", "answer": "x", "appeal": "x", "device": "umi"},
        )
        assert answer.status_code == 404, act
    answer = await browser_of("bob").submit(
        f"/reports/{report}/verification", {"build": "26.11.20", "verdict": "fixed"}
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["R-99", "R-0", "r-1", "1", "P-1", "R-1x", "R-99999999999999999"])
async def test_an_address_of_nothing(browser_of: BrowserOf, name: str) -> None:
    await file(browser_of("alice"))
    assert (await browser_of("alice").get(f"/reports/{name}")).status_code == 404


async def test_outside_the_closed_beta_it_does_not_exist(browser_of: BrowserOf) -> None:
    report = await file(browser_of("alice"))
    charlie = browser_of("charlie")
    assert (await charlie.get(f"/reports/{report}")).status_code == 404
    for act in (
        *("messages", "answer", "affected", "affected/removal", "withdrawal", "reopening"),
        *("appeal", "verification"),
    ):
        assert (await charlie.get(f"/reports/{report}/{act}")).status_code == 404, act
        assert (await charlie.submit(f"/reports/{report}/{act}", {})).status_code == 404, act


async def test_everything_that_happened_in_sentences(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice)
    await bob.submit(f"/reports/{report}/affected", {"device": "umi"})
    await ask(erin, report, "哪个版本？")
    await alice.submit(f"/reports/{report}/answer", {"answer": "26.11.20"})
    proposal = await propose(erin, report)
    await start(erin, proposal)
    await fix(erin, proposal)
    await friday(clock, settings, erin, "fuxi")
    await alice.submit(f"/reports/{report}/verification", {"build": "26.11.27", "verdict": "fixed"})

    async def told(handle: str) -> list[str]:
        page = await browser_of(handle).see(f"/reports/{report}")
        history = page[page.index('<ol class="history">') :]
        return [
            words(f"<main>{line}</main>")
            for line in re.findall(r"<li.*?><span>(.*?)</span>", history)
        ]

    assert await told("alice") == [
        "提交了反馈",
        "也遇到了这个问题（小米 10）",
        "请提交者补充信息",
        "补充了信息",
        "已收录到 P-1",
        "开始处理",
        "已修复，等待进入你机型的版本",
        "已在 26.11.27 解决",
        "确认已解决",
    ]
    assert (await told("bob"))[1] == "has the same problem (Xiaomi 10)"


async def test_the_page_costs_eight_queries_at_most_and_one_more_for_the_team(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice)
    await bob.submit(f"/reports/{report}/affected", {"device": "umi"})
    for n in range(20):
        await alice.submit(f"/reports/{report}/messages", {"message": f"第 {n} 次"})
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "fuxi", "umi")
    for handle in ("alice", "bob", "erin", "cai"):
        # Once a day a session is renewed on the way.
        await browser_of(handle).see("/reports")
        with counting_queries() as queries:
            await browser_of(handle).see(f"/reports/{report}")
        assert len(queries) <= 8 + (handle in {"erin", "cai"}), (handle, queries)


async def test_a_closed_one_stands_beside_the_line(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    await close(erin, report, "as_intended", "这是为了省电")
    page = await alice.see(f"/reports/{report}")
    assert stops(page)[1] == "已关闭 11 月 24 日 设计如此"
    assert "接下来 如果不同意，你可以申诉一次。" in words(page)
