"""The posts as a JSON Feed 1.1 (jsonfeed.org), which says what the Atom feed says."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import httpx
import jsonschema
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import FRIDAY, ok
from tests.posts.test_feed import ATOM, FEED
from tests.releases.program import publish_friday
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

JSON_FEED = "/releases/feed.json"

TEXT = {"type": "string", "minLength": 1}
ADDRESS = {"type": "string", "pattern": r"^https?://\S+$"}
MOMENT = {"type": "string", "format": "date-time"}
TAG = {"type": "string", "pattern": "^[a-z]{2}(-[A-Z]{2})?$"}

# What the specification says of the members that it names, in its own order. "Publishers should
# not add others", but for extensions with an underscore.
OBJECT: dict[str, Any] = {"type": "object", "additionalProperties": False}
AUTHOR = OBJECT | {
    "properties": {"name": TEXT, "url": ADDRESS, "avatar": ADDRESS},
    "minProperties": 1,
}
ITEM = OBJECT | {
    "required": ["id"],
    "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
    "properties": {
        "id": TEXT,
        "url": ADDRESS,
        "external_url": ADDRESS,
        "title": TEXT,
        "content_html": TEXT,
        "content_text": TEXT,
        "summary": TEXT,
        "image": ADDRESS,
        "banner_image": ADDRESS,
        "date_published": MOMENT,
        "date_modified": MOMENT,
        "authors": {"type": "array", "items": AUTHOR},
        "tags": {"type": "array", "items": TEXT},
        "language": TAG,
        "attachments": {"type": "array"},
    },
}
VERSION_1_1 = OBJECT | {
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": TEXT,
        "home_page_url": ADDRESS,
        "feed_url": ADDRESS,
        "description": TEXT,
        "user_comment": TEXT,
        "next_url": ADDRESS,
        "icon": ADDRESS,
        "favicon": ADDRESS,
        "authors": {"type": "array", "items": AUTHOR},
        "language": TAG,
        "expired": {"type": "boolean"},
        "hubs": {"type": "array"},
        "items": {"type": "array", "items": ITEM},
    },
}


def feed_of(answer: httpx.Response) -> Any:
    """The feed, which is one by its specification."""
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/feed+json"
    feed = answer.json()
    jsonschema.validate(feed, VERSION_1_1)
    ids = [item["id"] for item in feed["items"]]
    assert len(set(ids)) == len(ids)
    for item in feed["items"]:
        for name in ("date_published", "date_modified"):
            assert datetime.fromisoformat(item[name]).tzinfo is not None, "RFC 3339"
    return feed


async def test_it_says_what_the_atom_feed_says(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await publish_friday(api_of("erin"), clock, settings)
    visitor = browser_of(None)
    for language, title in (
        ("zh", "2026 年 11 月 27 日：5 条更新"),
        ("en", "27 November 2026: 5 changes"),
    ):
        feed = feed_of(await visitor.get(f"{JSON_FEED}?lang={language}"))
        root = ElementTree.fromstring((await visitor.get(f"{FEED}?lang={language}")).content)
        assert feed["title"] == root.findtext(f"{ATOM}title")
        assert feed["description"] == root.findtext(f"{ATOM}subtitle")
        assert feed["authors"] == [{"name": root.findtext(f"{ATOM}author/{ATOM}name")}]
        assert feed["language"] == ("zh-CN" if language == "zh" else "en")
        assert feed["home_page_url"] == f"{settings.base_url}/releases"
        assert feed["feed_url"] == f"{settings.base_url}{JSON_FEED}?lang={language}"
        [item], [entry] = feed["items"], root.findall(f"{ATOM}entry")
        assert item["title"] == entry.findtext(f"{ATOM}title") == title
        assert item["id"] == entry.findtext(f"{ATOM}id")
        assert item["content_html"] == entry.findtext(f"{ATOM}content")
        assert item["url"] == f"{settings.base_url}/releases/{FRIDAY}"
        assert datetime.fromisoformat(item["date_published"]) == clock.now


async def test_the_header_decides_where_the_address_does_not(browser_of: BrowserOf) -> None:
    visitor = browser_of(None)
    english = await visitor.get(JSON_FEED, headers={"Accept-Language": "en-GB"})
    assert feed_of(english)["language"] == "en"
    assert english.headers["vary"] == "Accept-Language"
    assert feed_of(await visitor.get(JSON_FEED))["items"] == [], "none has left yet"


async def test_a_correction_is_news_of_the_same_item(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    erin, visitor = api_of("erin"), browser_of(None)
    await publish_friday(erin, clock, settings)
    [before] = feed_of(await visitor.get(JSON_FEED))["items"]
    corrected = clock.advance(days=1)
    await ok(await erin.request("DELETE", "proposals/P-5/fix", json={"reason": "会丢卡片"}))
    [after] = feed_of(await visitor.get(JSON_FEED))["items"]
    assert after["id"] == before["id"]
    assert after["date_published"] == before["date_published"]
    assert datetime.fromisoformat(after["date_modified"]) == corrected
    assert "会丢卡片" in after["content_html"]


async def test_it_is_kept_for_everybody_and_asked_for_again(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await publish_friday(api_of("erin"), clock, settings)
    answer = await browser_of("alice").get(JSON_FEED)
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"].startswith("public, max-age=")
    tag = {"If-None-Match": answer.headers["etag"]}
    assert (await browser_of(None).get(JSON_FEED, headers=tag)).status_code == 304
    assert (await browser_of(None).get(f"{JSON_FEED}?lang=en", headers=tag)).status_code == 200


async def test_pages_lead_readers_to_both_feeds(browser_of: BrowserOf) -> None:
    """Feed readers look for these in the head of whatever page they are given."""
    visitor = browser_of(None)
    for path in ("/", "/releases", "/signin"):
        head = (await visitor.see(path)).partition("</head>")[0]
        found = dict(re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)"', head))
        assert found == {
            "application/atom+xml": f"{FEED}?lang=zh",
            "application/feed+json": f"{JSON_FEED}?lang=zh",
        }
        for address in found.values():
            assert (await visitor.get(address)).status_code == 200
