"""The link that ends a subscription: one click, no signing in, no cookie."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import httpx
import pytest

from tests.cast import ApiOf, Browser, BrowserOf, Cast, Clock
from tests.channels.mailserver import MailServer, Received, mail_server, mailing
from tests.doing import ask, counting_queries, file, words
from tracker import database as door
from tracker import schedule
from tracker.channels.mail import Mail
from tracker.settings import Settings
from tracker.subscriptions.actions import subscribe

__all__ = ["mail_server", "mailing"]

pytestmark = pytest.mark.usefixtures("world")

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
async def letter(
    browser_of: BrowserOf,
    api_of: ApiOf,
    cast: Cast,
    clock: Clock,
    mailing: Settings,
    mail_server: MailServer,
) -> Received:
    """A question, by mail to alice."""
    place = "alice@example.com"
    await subscribe(cast.alice, Mail(mailing), {"to": place}, name=place, now=clock.now)
    await ask(api_of("erin"), await file(browser_of("alice")), "哪个模式下？")
    await schedule.tick(mailing, clock.now)
    return mail_server.letters[0]


def way_out(letter: Received) -> str:
    """As a mail program finds it: the address in the header."""
    [line] = [line for line in letter.head if line.startswith("List-Unsubscribe:")]
    found = re.fullmatch(r"List-Unsubscribe: <(\S+)>", line)
    assert found is not None
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in letter.head
    return urlsplit(found[1]).path


async def places() -> list[str]:
    rows = await door.fetch("SELECT gone_because FROM subscriptions ORDER BY id")
    return [row["gone_because"] for row in rows]


async def one_click(browser: Browser, way: str) -> httpx.Response:
    """As RFC 8058 has it: this body, no cookie, no page seen before."""
    assert not browser.cookies
    return await browser.post(way, data=ONE_CLICK)


async def test_one_click(
    browser_of: BrowserOf,
    api_of: ApiOf,
    clock: Clock,
    mailing: Settings,
    mail_server: MailServer,
    letter: Received,
) -> None:
    nobody = browser_of(None)
    for _ in range(3):
        answer = await one_click(nobody, way_out(letter))
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
    assert await places() == ["ended by its link"]
    await ask(api_of("erin"), await file(browser_of("alice"), title="闹钟不响"), "什么闹钟？")
    await schedule.tick(mailing, clock.advance(minutes=5))
    assert len(mail_server.letters) == 1
    assert "闹钟不响" in await browser_of("alice").see("/notices"), "the inbox goes on"
    page = words(await nobody.see(way_out(letter)))
    assert "已经停了 alice@example.com 不会再收到橙色星期五的通知。" in page
    assert "想再收到的话，在设置里重新加上就行" in page


async def test_one_click_as_multipart(browser_of: BrowserOf, letter: Received) -> None:
    files = {name: (None, value) for name, value in ONE_CLICK.items()}
    assert (await browser_of(None).post(way_out(letter), files=files)).status_code == 200
    assert await places() == ["ended by its link"]


async def test_looking_ends_nothing(browser_of: BrowserOf, letter: Received) -> None:
    scanner, way = browser_of(None), way_out(letter)
    with counting_queries() as seen:
        page = await scanner.get(way)
        await scanner.head(way)
        await scanner.get(f"{way}?List-Unsubscribe=One-Click")
    assert not [one for one in seen if re.search(r"\b(INSERT|UPDATE|DELETE)\b", one)]
    assert await places() == [""]
    assert "账号 alice 的通知不再发到这个邮箱" in words(page.text)
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in page.headers["x-robots-tag"]
    assert "set-cookie" not in page.headers


async def test_by_the_button(browser_of: BrowserOf, letter: Received) -> None:
    [link] = [one for one in letter.links() if "/u/" in one]
    nobody, way = browser_of(None), urlsplit(link).path
    assert way == way_out(letter)
    page = await nobody.see(way)
    button = re.search(r'<button[^>]*name="([^"]+)"[^>]*value="([^"]+)"[^>]*>\s*不再收到', page)
    assert button is not None
    answer = await nobody.post(way, data={button[1]: button[2]})
    assert "已经停了" in words(answer.text)


async def test_years_later(browser_of: BrowserOf, clock: Clock, letter: Received) -> None:
    clock.advance(days=3 * 365)
    assert (await one_click(browser_of(None), way_out(letter))).status_code == 200
    assert await places() == ["ended by its link"]


async def test_what_we_did_not_sign(browser_of: BrowserOf, letter: Received) -> None:
    nobody, way = browser_of(None), way_out(letter)
    payload, stamp, signature = way.removeprefix("/u/").split(".")
    others = (
        f"{payload}.{stamp}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        f"x{payload[1:]}.{stamp}.{signature}",
        payload,
        "1",
        "x" * 5000,
    )
    for other in others:
        assert (await nobody.get(f"/u/{other}")).status_code == 404
        assert (await nobody.post(f"/u/{other}", data=ONE_CLICK)).status_code == 404
    token = way.removeprefix("/u/")
    for elsewhere in (f"/v/{token}", f"/c/{token}"):
        assert (await nobody.post(elsewhere)).status_code == 404, "a token does one thing"
    assert await places() == [""]
