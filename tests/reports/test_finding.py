"""People find reports: by progress, by what they are about, by words, page after page."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.cast import ApiOf, Browser, BrowserOf, Clock
from tests.doing import ask, counting_queries, file, propose, words
from tracker.reports import filters

pytestmark = pytest.mark.usefixtures("world")


def listed(page: str) -> list[str]:
    """The reports on a page, in its order."""
    return re.findall(r'class="name" href="/reports/(R-\d+)"', page)


@pytest.fixture
async def five(browser_of: BrowserOf, api_of: ApiOf, clock: Clock) -> list[str]:
    """R-1 to R-5, each different."""
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    await file(alice, title="打开相机后闪退", severity="brick")
    await file(alice, title="锁屏时间不走", module="lockscreen", build="26.11.6")
    await file(bob, title="Camera closes", device="umi", actual="夜景 mode")
    await file(bob, title="Show seconds", device="umi", kind="suggestion", module="lockscreen")
    await file(bob, title="Token in the log", device="umi", module="system", private="true")
    clock.advance(minutes=1)
    await ask(erin, "R-2", "哪个版本？")
    clock.advance(minutes=1)
    await propose(erin, "R-1")
    return [f"R-{n}" for n in range(1, 6)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "4 3 2 1"),
        ("sort=old", "1 2 3 4"),
        ("sort=updated", "1 2 4 3"),
        ("status=open", "4 3 2 1"),
        ("status=needs_info", "2"),
        ("status=new,accepted", "4 3 1"),
        ("status=released,verified", ""),
        ("device=umi", "4 3"),
        ("module=lockscreen", "4 2"),
        ("build=26.11.6", "2"),
        ("severity=brick", "1"),
        ("kind=suggestion", "4"),
        ("reporter=bob", "4 3"),
        ("reporter=@Alice", "2 1"),
        ("owner=erin", "2 1"),
        ("proposal=P-1", "1"),
        ("proposal=P-99999999999999999999", ""),
        ("q=相机", "1"),
        ("q=closes", "3"),
        ("q=夜景", "3"),
        ("q=闹钟", ""),
        ("q=log", ""),
        ("q=%00", "4 3 2 1"),
        ("device=umi&module=lockscreen&kind=suggestion", "4"),
        ("device=nokia", ""),
    ],
)
async def test_what_is_asked_for_is_found(
    browser_of: BrowserOf, five: list[str], query: str, found: str
) -> None:
    page = await browser_of("alice").see(f"/reports?{query}")
    assert listed(page) == [f"R-{n}" for n in found.split()], "R-5 is for bob and the officials"


async def test_the_private_one_is_there_for_its_reporter_and_the_team(
    browser_of: BrowserOf, five: list[str]
) -> None:
    for handle in ("bob", "erin"):
        page = await browser_of(handle).see("/reports?q=log")
        assert listed(page) == ["R-5"]
        assert "Officials only" in words(page)


async def test_the_address_is_the_list(browser_of: BrowserOf, five: list[str]) -> None:
    """A form sends every field; what can be shared is only what was chosen."""
    alice = browser_of("alice")
    answer = await alice.get(
        "/reports?q=&status=new&status=needs_info&device=&build=&module=camera&sort=new&kind="
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == "/reports?status=new,needs_info&module=camera"
    assert (await alice.get(answer.headers["location"])).status_code == 200


async def test_a_model_is_named_in_any_way(browser_of: BrowserOf, five: list[str]) -> None:
    alice = browser_of("alice")
    answer = await alice.get("/reports", params={"device": "小米 10", "kind": "bug"})
    assert answer.headers["location"] == "/reports?device=umi&kind=bug"
    answer = await alice.get("/reports", params={"device": "小米 99"})
    assert answer.status_code == 422
    assert "没有「小米 99」这个机型" in words(answer.text)


async def test_what_narrows_is_said_and_taken_away_one_by_one(
    browser_of: BrowserOf, five: list[str]
) -> None:
    page = await browser_of("alice").see("/reports?device=umi&module=lockscreen&q=seconds")
    assert "机型： 小米 10" in words(page)
    assert "模块： 锁屏、状态栏、通知栏" in words(page)
    assert 'href="/reports?module=lockscreen&amp;q=seconds"' in page
    assert 'href="/reports?device=umi&amp;q=seconds"' in page
    assert 'href="/reports?device=umi&amp;module=lockscreen"' in page
    page = await browser_of("bob").see("/reports?severity=brick&status=new,accepted")
    assert "Severity: Phone won't start" in words(page)
    assert "Status: Waiting, Recorded" in words(page)


async def test_a_number_leads_to_its_report(browser_of: BrowserOf, five: list[str]) -> None:
    alice = browser_of("alice")
    for typed in ("R-2", "r-2", "R2", " r-2 "):
        answer = await alice.get("/reports", params={"q": typed})
        assert answer.headers["location"] == "/reports/R-2"
    while_typing = await alice.get("/reports", params={"q": "R-2"}, headers={"HX-Request": "true"})
    assert while_typing.status_code == 200, "nobody is taken away while typing"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("status=lost", "没有「lost」这个状态"),
        ("sort=loud", "排序方式认不出来"),
        ("after=nonsense", "这一页的位置认不出来"),
        ("after=WzkyMjMzNzIwMzY4NTQ3NzU4MDg", "这一页的位置认不出来"),
    ],
)
async def test_what_cannot_be_asked_for_is_named(
    browser_of: BrowserOf, query: str, told: str
) -> None:
    answer = await browser_of("alice").get(f"/reports?{query}")
    assert answer.status_code == 422
    assert told in words(answer.text)


async def all_pages(browser: Browser, path: str) -> list[str]:
    found: list[str] = []
    while True:
        page = await browser.see(path)
        found += listed(page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        if older is None:
            return found
        path = older[1].replace("&amp;", "&")


@pytest.mark.parametrize("query", ["", "?sort=old", "?sort=updated", "?module=camera"])
async def test_all_pages_together_give_each_report_once(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, query: str
) -> None:
    alice, client = browser_of("alice"), api_of("alice")
    for n in range(60):
        body: dict[str, Any] = {"device": "fuxi", "module": "camera", "title": f"第 {n} 个"}
        assert (await client.post("reports", json=body)).is_success
    found = await all_pages(alice, f"/reports{query}")
    assert sorted(found, key=lambda name: int(name[2:])) == [f"R-{n}" for n in range(1, 61)]
    first = await alice.see(f"/reports{query}")
    assert len(listed(first)) == 25
    assert 'rel="prev"' not in first


async def test_a_report_filed_in_between_shifts_nothing(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    alice, client = browser_of("alice"), api_of("alice")
    body = {"device": "fuxi", "module": "camera", "title": "闪退"}
    for _ in range(30):
        await client.post("reports", json=body)
    first = await alice.see("/reports")
    for _ in range(3):
        await client.post("reports", json=body)
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    rest = await alice.see(following[1])
    assert listed(first) + listed(rest) == [f"R-{n}" for n in range(30, 0, -1)]
    assert 'rel="prev" href="/reports"' in rest


async def test_an_empty_list_says_what_to_do(browser_of: BrowserOf) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    assert "还没有反馈 手机哪里不对劲" in words(await alice.see("/reports"))
    assert "你还没有提交过反馈" in words(await alice.see("/reports?reporter=alice"))
    page = await bob.see("/reports?q=nothing-like-it")
    assert "Nothing matches Take away a filter" in words(page)
    assert 'href="/reports/new"' in page


async def test_the_filters_keep_what_is_chosen(browser_of: BrowserOf, five: list[str]) -> None:
    page = await browser_of("alice").see(
        "/reports/filters?status=new,closed&module=camera&severity=brick&q=相机&device=fuxi"
    )
    assert re.search(r'value="new"[^>]* checked', page)
    assert re.search(r'value="closed"[^>]* checked', page)
    assert '<option value="camera" selected>' in page
    assert '<option value="brick" selected>' in page
    assert 'value="相机"' in page
    assert 'value="fuxi"' in page
    assert 'href="/reports?status=new,closed&amp;device=fuxi' in page


async def test_the_team_sees_who_waits_for_it(browser_of: BrowserOf, five: list[str]) -> None:
    erin = browser_of("erin")
    assert "Waiting for the team" in words(await erin.see("/reports"))
    assert listed(await erin.see("/reports?waiting=true&sort=waiting")) == ["R-3", "R-4", "R-5"]
    assert "等团队回复" not in words(await browser_of("alice").see("/reports"))


@pytest.mark.parametrize(
    ("query", "cost"),
    [("", 2), ("?status=open&device=umi&module=camera&sort=old", 2), ("?q=closes", 3)],
)
async def test_what_a_list_costs(
    browser_of: BrowserOf, five: list[str], query: str, cost: int
) -> None:
    alice = browser_of("alice")
    with counting_queries() as queries:
        await alice.see(f"/reports{query}")
    assert len(queries) == cost, queries


async def test_a_frequent_word_and_a_rare_one_find_the_same_way(
    browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch, five: list[str]
) -> None:
    alice = browser_of("alice")
    for few in (0, 1000):
        monkeypatch.setattr(filters, "FEW", few)
        assert listed(await alice.see("/reports?q=相机&status=open")) == ["R-1"]
