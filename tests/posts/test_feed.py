"""The posts as an Atom feed (RFC 4287)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from xml.etree import ElementTree

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Cast, Clock, reaching
from tests.doing import BUILD, FRIDAY, counting_queries, ok
from tests.releases.program import publish_friday
from tracker import database as door
from tracker.app import create_app
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

FEED = "/releases/feed.atom"
ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Feed:
    """A feed that holds to what RFC 4287 demands of one."""

    def __init__(self, answer: httpx.Response) -> None:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
        self.root = ElementTree.fromstring(answer.content)
        assert self.root.tag == f"{ATOM}feed"
        self.entries = self.root.findall(f"{ATOM}entry")
        for element in (self.root, *self.entries):
            for name in ("id", "title", "updated"):
                assert len(element.findall(f"{ATOM}{name}")) == 1, name
            assert self.of(element, "id").startswith("tag:")
            assert self.moment(element).tzinfo is not None
            for link in element.findall(f"{ATOM}link"):
                assert link.get("href", "").startswith("http"), "addresses are whole"
        assert self.root.findtext(f"{ATOM}author/{ATOM}name"), "entries have no author of their own"
        ids = [self.of(entry, "id") for entry in self.entries]
        assert len(set(ids)) == len(ids)
        updated = max((self.moment(entry) for entry in self.entries), default=None)
        assert updated in (None, self.moment(self.root))

    def of(self, element: ElementTree.Element, name: str) -> str:
        text = element.findtext(f"{ATOM}{name}")
        assert text is not None
        return text

    def moment(self, element: ElementTree.Element, name: str = "updated") -> datetime:
        return datetime.fromisoformat(self.of(element, name))

    def link(self, rel: str) -> str:
        found = self.root.find(f"{ATOM}link[@rel='{rel}']")
        assert found is not None
        return found.get("href", "")


async def test_a_friday_in_chinese(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await publish_friday(api_of("erin"), clock, settings)
    feed = Feed(await browser_of(None).get(FEED))
    assert feed.root.get(LANG) == "zh-CN"
    assert feed.of(feed.root, "title") == "橙色星期五 更新日志"
    assert feed.link("self") == f"{settings.base_url}{FEED}?lang=zh"
    assert feed.link("alternate") == f"{settings.base_url}/releases"
    [entry] = feed.entries
    assert feed.of(entry, "title") == "2026 年 11 月 27 日：5 条更新"
    assert feed.moment(entry) == feed.moment(entry, "published") == clock.now
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == f"{settings.base_url}/releases/{FRIDAY}"
    content = feed.of(entry, "content")
    assert "<p>Redmi Note 12 Turbo：因处理屏幕闪烁问题延迟发布；小米 8：" in content
    assert "<h3>设置</h3>\n<ul>\n<li><b>新增</b> 防闪烁模式（小米 13、小米 10）</li>" in content


async def test_in_english_by_address_or_by_header(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await publish_friday(api_of("erin"), clock, settings)
    visitor = browser_of(None)
    for answer in (
        await visitor.get(f"{FEED}?lang=en"),
        await visitor.get(FEED, headers={"Accept-Language": "en-GB,en;q=0.9"}),
    ):
        feed = Feed(answer)
        assert feed.root.get(LANG) == "en"
        assert feed.of(feed.entries[0], "title") == "27 November 2026: 5 changes"
        assert "<b>Fix</b> Shortcut cards were lost (Xiaomi 13)</li>" in feed.of(
            feed.entries[0], "content"
        )
    chinese = Feed(await visitor.get(f"{FEED}?lang=zh", headers={"Accept-Language": "en"}))
    assert chinese.root.get(LANG) == "zh-CN"


async def test_a_correction_and_a_late_build_are_news_of_the_same_post(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    erin, visitor = api_of("erin"), browser_of(None)
    await publish_friday(erin, clock, settings)
    before = Feed(await visitor.get(FEED))
    published = clock.now

    corrected = clock.advance(days=1)
    await ok(await erin.request("DELETE", "proposals/P-5/fix", json={"reason": "会丢卡片"}))
    feed = Feed(await visitor.get(FEED))
    [entry] = feed.entries
    assert feed.of(entry, "id") == before.of(before.entries[0], "id")
    assert (feed.moment(entry), feed.moment(entry, "published")) == (corrected, published)
    assert "<del>捷径卡片丢失</del>（小米 13） <b>更正</b>：会丢卡片" in feed.of(entry, "content")

    out = clock.advance(days=2)
    late = {"ring": "closed", "release": FRIDAY}
    await ok(await erin.put(f"builds/marble/{BUILD}", json=late))
    feed = Feed(await visitor.get(FEED))
    assert feed.moment(feed.root) == out


async def test_the_last_ten_and_none_in_the_making(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    feed = Feed(await browser_of(None).get(FEED))
    assert feed.entries == []
    await door.execute(
        "INSERT INTO releases (date, published_at, notes_zh, notes_en) SELECT day::date, CASE WHEN"
        " day < '2026-11-27' THEN day + interval '9 hours' END, '1 < 2 & \"x\"', ''"
        " FROM generate_series('2026-08-07'::timestamptz, '2026-11-27', '7 days') day"
    )
    with counting_queries() as seen:
        answer = await browser_of("alice").get(FEED)
    assert len(seen) == 3, "however many posts, and nobody looks who is asking"
    feed = Feed(answer)
    assert len(feed.entries) == 10
    assert "2026-11-20" in feed.of(feed.entries[0], "id")
    assert "1 &lt; 2 &amp;" in feed.of(feed.entries[0], "content")


async def test_it_may_be_kept_and_asked_for_again(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await publish_friday(api_of("erin"), clock, settings)
    answer = await browser_of("alice").get(FEED)
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert answer.headers["vary"] == "Accept-Language"
    tag = {"If-None-Match": f'"other", {answer.headers["etag"]}'}
    assert (await browser_of(None).get(FEED, headers=tag)).status_code == 304
    assert (await browser_of(None).get(f"{FEED}?lang=en", headers=tag)).status_code == 200


async def test_addresses_are_those_that_people_use(
    cast: Cast, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await publish_friday(api_of("erin"), clock, settings)
    outside = replace(settings, base_url="https://beta.example.com")
    app = create_app(outside, clock=lambda: clock.now + timedelta(hours=1), schedule=False)
    async with httpx.AsyncClient(transport=reaching(app), base_url="http://10.0.0.7") as client:
        feed = Feed(await client.get(FEED))
    assert feed.link("alternate") == "https://beta.example.com/releases"
    assert feed.of(feed.entries[0], "id") == f"tag:beta.example.com,{FRIDAY}:release:zh"


async def test_pages_name_it(browser_of: BrowserOf) -> None:
    page = await browser_of(None).see("/releases")
    assert f'type="application/atom+xml" href="{FEED}?lang=zh"' in page
