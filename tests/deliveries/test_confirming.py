"""A mail address is somebody's own once they have confirmed it, and nobody is flooded meanwhile."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import httpx
import pytest

from tests.cast import ApiOf, Browser, BrowserOf, Cast, Clock, reaching, session_secret
from tests.channels.mailserver import MailServer, Received, mail_server, mailing
from tests.doing import ask, file, words
from tracker import schedule
from tracker.app import create_app
from tracker.settings import Settings

__all__ = ["mail_server", "mailing"]

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
async def signed_in(
    mailing: Settings, clock: Clock, cast: Cast
) -> AsyncIterator[Callable[[str], Browser]]:
    """`signed_in("alice")`: her browser, at a server that can send mail."""
    app = create_app(mailing, clock=clock, schedule=False)
    async with contextlib.AsyncExitStack() as browsers:

        def make(handle: str) -> Browser:
            browser = Browser(transport=reaching(app), base_url=mailing.base_url)
            browser.cookies.set("session", session_secret(handle), domain="127.0.0.1")
            browsers.push_async_callback(browser.aclose)
            return browser

        yield make


async def types(browser: Browser, address: str = "alice@example.com") -> httpx.Response:
    """Into the form of the settings."""
    return await browser.submit("/settings/notices/email", {"address": address})


def link(letter: Received) -> str:
    [one] = {one for one in letter.links() if "/c/" in one}
    assert one in letter.part("plain")
    return urlsplit(one).path


async def test_confirming(
    browser_of: BrowserOf,
    signed_in: Callable[[str], Browser],
    api_of: ApiOf,
    clock: Clock,
    mailing: Settings,
    mail_server: MailServer,
) -> None:
    alice = signed_in("alice")
    page = words(await alice.see_after(await types(alice)))
    assert "确认信已发出" in page
    assert "alice@example.com" in page
    assert "还没确认" in page
    [letter] = mail_server.letters
    assert letter.to == "alice@example.com"
    assert letter.parsed["Subject"] == "确认用这个邮箱接收通知"
    assert letter.parsed["List-Unsubscribe"] is None, "there is nothing to end yet"
    for part in ("plain", "html"):
        assert "账号 alice 想用这个邮箱接收橙色星期五的通知" in letter.part(part)
        assert "不是你的话，不用理会" in letter.part(part)
    await ask(api_of("erin"), await file(alice), "哪个模式下？")
    await schedule.tick(mailing, clock.now)
    assert len(mail_server.letters) == 1, "nothing before it is confirmed"

    nobody = browser_of(None)
    answer = await nobody.get(link(letter))
    assert "用这个邮箱接收通知？ alice@example.com" in words(answer.text)
    assert answer.headers["cache-control"] == "no-store"
    assert "还没确认" in await alice.see("/settings/notices/email"), "looking is not confirming"
    for _ in range(2):
        answer = await nobody.post(link(letter))
        assert answer.status_code == 200
        assert "邮箱已确认" in words(answer.text)
        assert "set-cookie" not in answer.headers
    assert "还没确认" not in await alice.see("/settings/notices/email")
    await ask(api_of("erin"), await file(alice, title="闹钟不响"), "什么闹钟？")
    await schedule.tick(mailing, clock.now)
    assert mail_server.letters[1].parsed["Subject"] == "工程师想请你补充一点信息"
    again = await types(alice)
    assert again.status_code == 422
    assert "这个邮箱已经在接收通知了" in again.text


async def test_what_is_no_address(
    signed_in: Callable[[str], Browser], mail_server: MailServer
) -> None:
    for typed in ("alice", "alice@example.com\r\nBcc: bob@example.com", "a@b.c, d@e.f"):
        answer = await types(signed_in("alice"), typed)
        assert answer.status_code == 422
        assert "写成 name@example.com 的样子" in words(answer.text)
    assert mail_server.connections == 0


async def test_no_test_goes_to_an_address_that_is_not_confirmed(
    signed_in: Callable[[str], Browser], browser_of: BrowserOf, mail_server: MailServer
) -> None:
    alice = signed_in("alice")
    assert "/test" not in await alice.see_after(await types(alice))
    assert (await alice.submit("/settings/notices/email/1/test")).status_code == 404
    assert len(mail_server.letters) == 1
    await browser_of(None).post(link(mail_server.letters[0]))
    assert "/settings/notices/email/1/test" in await alice.see("/settings/notices/email")
    answer = await alice.submit("/settings/notices/email/1/test")
    assert answer.status_code == 200
    assert "测试已发出" in answer.text
    assert mail_server.letters[1].parsed["Subject"] == "收到了"


async def test_typing_somebody_elses_takes_nothing_from_them(
    browser_of: BrowserOf,
    signed_in: Callable[[str], Browser],
    clock: Clock,
    mail_server: MailServer,
) -> None:
    alice, bob, nobody = signed_in("alice"), signed_in("bob"), browser_of(None)
    await types(alice)
    await nobody.post(link(mail_server.letters[0]))
    clock.advance(hours=1)
    await types(bob, "Alice@Example.com")
    there = await alice.see("/settings/notices/email")
    assert "alice@example.com" in there
    assert "还没确认" not in there
    assert "Not confirmed yet" in await bob.see("/settings/notices/email")
    assert "The account bob would like to get notices" in mail_server.letters[1].part("plain")
    await nobody.post(link(mail_server.letters[1]))
    assert "alice@example.com" not in await alice.see("/settings/notices/email")
    assert "Not confirmed yet" not in await bob.see("/settings/notices/email")


async def test_nobody_is_flooded(
    signed_in: Callable[[str], Browser], clock: Clock, mail_server: MailServer
) -> None:
    people = [signed_in(handle) for handle in ("alice", "bob", "cai")]
    assert (await types(people[0])).status_code == 303
    for person in people[:2]:
        answer = await types(person, "ALICE@example.com")
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "600"
    assert "确认信刚刚发出，先看看收件箱和垃圾邮件" in (await types(people[0])).text
    for _ in range(30):
        clock.advance(minutes=10)
        for person in people:
            await types(person)
    assert len(mail_server.letters) == 5, "of all of them together, in a day"
    erin = signed_in("erin")
    statuses = [(await types(erin, f"somebody{n}@example.com")).status_code for n in range(7)]
    assert statuses == [303] * 5 + [429] * 2
    clock.advance(days=1)
    assert (await types(people[0])).status_code == 303


async def test_any_of_the_mails_will_do(
    browser_of: BrowserOf,
    signed_in: Callable[[str], Browser],
    clock: Clock,
    mail_server: MailServer,
) -> None:
    alice = signed_in("alice")
    await types(alice)
    clock.advance(minutes=11)
    await types(alice)
    first, second = mail_server.letters
    assert first.parsed["Message-ID"] != second.parsed["Message-ID"]
    for letter in (first, second):
        assert "邮箱已确认" in words((await browser_of(None).post(link(letter))).text)
    assert (await alice.see("/settings/notices/email")).count("alice@example.com") == 1


async def test_the_link_ages(
    browser_of: BrowserOf,
    signed_in: Callable[[str], Browser],
    clock: Clock,
    mail_server: MailServer,
) -> None:
    alice = signed_in("alice")
    await types(alice)
    way = link(mail_server.letters[0])
    clock.advance(days=3)
    for answer in (await browser_of(None).get(way), await browser_of(None).post(way)):
        assert answer.status_code == 404
        assert "登录后在通知设置里再填一次邮箱" in words(answer.text)
    assert "还没确认" in await alice.see("/settings/notices/email")


async def test_a_link_to_an_address_that_was_removed(
    browser_of: BrowserOf, signed_in: Callable[[str], Browser], mail_server: MailServer
) -> None:
    alice = signed_in("alice")
    await types(alice)
    await alice.submit("/settings/notices/email/1/removal")
    way = link(mail_server.letters[0])
    assert (await browser_of(None).post(way)).status_code == 404
    assert "alice@example.com" not in await alice.see("/settings/notices/email")


async def test_what_cannot_be_sent_is_said_and_can_be_tried_again(
    browser_of: BrowserOf, signed_in: Callable[[str], Browser], mail_server: MailServer
) -> None:
    without = browser_of("ada")
    assert "E-mail is not set up: TRACKER_SMTP_URL" in await without.see("/settings/notices/email")
    answer = await types(without)
    assert answer.status_code == 409
    alice = signed_in("alice")
    for _ in range(7):
        mail_server.at_rcpt.append("451 4.3.0 not now")
        answer = await types(alice)
        assert answer.status_code == 422
        assert "过几分钟再试一次" in answer.text
        assert 'value="alice@example.com"' in answer.text, "what was typed is kept"
    assert (await types(alice)).status_code == 303
    assert len(mail_server.letters) == 1
    mail_server.at_rcpt.append("550 5.1.1 nobody of that name")
    answer = await types(alice, "alcie@example.com")
    assert answer.status_code == 422
    assert "有没有打错" in answer.text
    assert 'value="alcie@example.com"' in answer.text
