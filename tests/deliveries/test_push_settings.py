"""Beginning to hear in a browser, on the page for it."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from tests.cast import Browser, BrowserOf, Cast
from tests.channels.push_service import PushService, Subscriber
from tests.doing import words
from tracker import database as door
from tracker.web.templating import STATIC

pytestmark = pytest.mark.usefixtures("world")

PAGE = "/settings/notices/webpush"
ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/131.0.0.0 Mobile Safari/537.36"
)


def a_browser(number: int = 0) -> Subscriber:
    service = PushService("https://push.example.com")
    for _ in range(number):
        service.subscribe("")
    return service.subscribe("")


async def places(browser: Browser) -> list[str]:
    return re.findall(r"<h3>(.*?)</h3>", await browser.see(PAGE))


def known(page: str) -> list[str]:
    """The browsers that the page's script takes for subscribed."""
    found = re.search(r"data-known='(.*?)'", page)
    assert found
    endpoints: list[str] = json.loads(unescape(found[1]))
    return endpoints


async def test_a_browser_is_called_what_it_is(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    alice.headers["User-Agent"] = ANDROID
    page = await alice.see_after(await alice.submit(PAGE, a_browser().form))
    assert "已添加，发一条测试看看" in words(page)
    assert "Chrome · Android" in words(page)
    assert known(page) == ["https://push.example.com/push/0"]
    await alice.submit(PAGE, a_browser().form)
    assert await places(alice) == ["Chrome · Android"], "the same one again"


async def test_signing_out_ends_it_in_that_browser_alone(browser_of: BrowserOf) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    for browser, number in ((alice, 0), (alice, 1), (bob, 2)):
        await browser.submit(PAGE, a_browser(number).form)
    assert len(await places(alice)) == 2
    # Somebody else's, and then their own, from a browser of hers that stays signed in elsewhere.
    await bob.submit("/signout", {"endpoint": "https://push.example.com/push/0"})
    assert len(await places(alice)) == 2, "bob signs out of nothing of hers"
    other = browser_of("alice")
    await other.submit("/signout", {"endpoint": "https://push.example.com/push/1"})
    row = await door.fetch_row(
        "SELECT key, gone_because FROM subscriptions WHERE gone_at IS NOT NULL"
    )
    assert row is not None
    assert tuple(row) == ("https://push.example.com/push/1", "signed out")


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge · Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox · Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; U; Android 14) Chrome/123 Mobile Safari/537.36 XiaoMi/MiuiBrowser/18", "Mi Browser · Android"),
        ("curl/8.0", "浏览器"),
        ("", "浏览器"),
    ],
)  # fmt: skip
async def test_browsers_by_their_names(browser_of: BrowserOf, says: str, name: str) -> None:
    alice = browser_of("alice")
    alice.headers["User-Agent"] = says
    await alice.submit(PAGE, a_browser().form)
    assert await places(alice) == [name]


async def test_what_is_not_a_subscription_is_said(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    answer = await alice.submit(PAGE, a_browser().form | {"auth": "short"})
    assert answer.status_code == 422
    assert "浏览器给的订阅信息不完整，请刷新页面后再试一次" in words(answer.text)
    for endpoint in ("https://127.0.0.1:8443/push", "http://push.example.com/", "https://nas/"):
        answer = await alice.submit(PAGE, a_browser().form | {"endpoint": endpoint})
        assert answer.status_code == 422, endpoint
    assert await places(alice) == []


async def test_a_browser_is_of_whoever_uses_it_now(browser_of: BrowserOf) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    await alice.submit(PAGE, a_browser().form)
    await bob.submit(PAGE, a_browser().form)
    assert await places(alice) == []
    assert len(await places(bob)) == 1


async def test_a_browser_that_is_reached_in_another_way_keeps_its_place(
    browser_of: BrowserOf, cast: Cast
) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    was, now = a_browser(0), a_browser(1)
    await alice.submit(PAGE, was.form)
    await alice.submit(PAGE, now.form | {"instead": was.endpoint})
    assert known(await alice.see(PAGE)) == [now.endpoint]
    rows = await door.fetch("SELECT id, host, gone_at FROM subscriptions")
    assert len(rows) == 1
    assert rows[0]["gone_at"] is None
    await bob.submit(PAGE, a_browser(2).form | {"instead": now.endpoint})
    assert known(await alice.see(PAGE)) == [now.endpoint], "it is not bob's to change"
    assert known(await bob.see(PAGE)) == [a_browser(2).endpoint]
    await alice.submit(PAGE, was.form | {"instead": "https://push.example.com/unheard-of"})
    assert known(await alice.see(PAGE)) == [now.endpoint, was.endpoint]


async def test_the_key_on_the_page_is_that_of_all_hosts(browser_of: BrowserOf) -> None:
    pages = [await browser_of(handle).see(PAGE) for handle in ("alice", "bob")]
    keys = {found[1] for page in pages if (found := re.search(r'data-key="([\w-]{87})"', page))}
    assert len(keys) == 1


async def test_the_service_worker_looks_after_the_whole_site_and_is_never_an_old_one(
    browser_of: BrowserOf,
) -> None:
    answer = await browser_of(None).get("/sw.js")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, no-cache"
    assert "set-cookie" not in answer.headers
    for picture in re.findall(r'"/static/([\w.-]+)"', answer.text):
        assert (STATIC / picture).is_file()


async def test_it_can_be_put_on_a_home_screen(browser_of: BrowserOf) -> None:
    """Which iPhones ask for before anything may be pushed to them."""
    anybody = browser_of(None)
    page = await anybody.see("/signin")
    found = re.search(r'rel="manifest" href="(.*?)"', page)
    assert found
    manifest = (await anybody.get(found[1])).json()
    assert manifest["display"] == "standalone"
    sizes = {icon["sizes"] for icon in manifest["icons"] if icon["type"] == "image/png"}
    assert sizes == {"192x192", "512x512"}
    for icon in manifest["icons"]:
        answer = await anybody.get(f"/static/{icon['src']}")
        assert answer.headers["content-type"].startswith(icon["type"])
    found = re.search(r'rel="apple-touch-icon" href="(.*?)"', page)
    assert found
    assert (await anybody.get(found[1])).headers["content-type"] == "image/png"
