"""Having notices sent to a program or an ntfy topic of one's own, on the pages."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import AsyncIterator
from ipaddress import IPv4Address
from typing import Protocol

import pytest
import pytest_asyncio
from standardwebhooks import Webhook as Verifier

from tests.cast import ApiOf, Browser, BrowserOf, Cast, Clock, reaching, session_secret
from tests.channels.ntfy_server import NtfyServer
from tests.channels.receiver import Always, Answer, Receiver, receiving
from tests.doing import ask, file, words
from tracker import database as door
from tracker import schedule
from tracker.app import create_app
from tracker.channels.web import Web
from tracker.channels.webhook import Webhook
from tracker.settings import Settings
from tracker.subscriptions.actions import subscribe

pytestmark = pytest.mark.usefixtures("world")

WEBHOOK = "/settings/notices/webhook"
NTFY = "/settings/notices/ntfy"


@pytest.fixture
def at_home(settings: Settings) -> Settings:
    """A tracker whose admin allows addresses of its own network: here, loopback."""
    return dataclasses.replace(settings, private_addresses=True)


class HomeBrowser(Protocol):
    def __call__(self, handle: str) -> Browser: ...


@pytest.fixture
def browser_at_home(cast: Cast, clock: Clock, at_home: Settings) -> HomeBrowser:
    app = create_app(at_home, clock=clock, schedule=False)

    def make(handle: str) -> Browser:
        browser = Browser(
            transport=reaching(app),
            base_url=at_home.base_url,
            headers={"Accept-Language": "zh-CN"},
        )
        browser.cookies.set("session", session_secret(handle), domain="127.0.0.1")
        return browser

    return make


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


def secrets_on(page: str) -> list[str]:
    return re.findall(r"<code>(whsec_[^<]+)</code>", page)


def places_on(page: str) -> list[str]:
    """The addresses of their tests."""
    return re.findall(r'action="(/settings/notices/\w+/\d+/test)"', page)


async def test_a_webhook_from_its_address_to_its_first_notice(
    browser_at_home: HomeBrowser,
    api_of: ApiOf,
    clock: Clock,
    at_home: Settings,
    receiver: Receiver,
) -> None:
    alice = browser_at_home("alice")
    assert "签名密钥" not in await alice.see(WEBHOOK)
    page = await alice.see_after(await alice.submit(WEBHOOK, {"url": receiver.url, "name": "家里"}))
    assert "已添加，发一条测试看看" in words(page)
    assert '<details class="fold" open>' in page, "the secret is what is needed now"
    [secret] = secrets_on(page)
    page = await alice.see(WEBHOOK)
    assert secrets_on(page) == [secret], "its owner finds it again"
    assert '<details class="fold">' in page

    [test] = places_on(page)
    page = (await alice.submit(test)).text
    assert "测试已发出，看看收到没有" in words(page)
    [got] = receiver.got
    said = Verifier(secret).verify(got.body, got.headers)
    assert (said["type"], said["data"]["title"]) == ("notice.test", "收到了")
    # Loaded again, or in the other language, its page is there without another test.
    assert "在用的" in words(await alice.see_after(await alice.get(test)))
    assert len(receiver.got) == 1

    await ask(api_of("erin"), await file(alice), "哪个模式下？")
    await schedule.tick(at_home, clock.now)
    notice = Verifier(secret).verify(receiver.got[1].body, receiver.got[1].headers)
    assert notice["type"] == "notice.question"
    assert [one["id"] for one in notice["data"]["reports"]] == ["R-1"]

    await alice.submit(test.replace("/test", "/removal"))
    await ask(api_of("erin"), await file(alice), "哪个模式下？")
    await schedule.tick(at_home, clock.now)
    assert len(receiver.got) == 2
    assert places_on(await alice.see(WEBHOOK)) == []


async def test_the_same_address_again_gets_a_new_secret(
    browser_at_home: HomeBrowser, receiver: Receiver
) -> None:
    alice = browser_at_home("alice")
    [old] = secrets_on(await alice.see_after(await alice.submit(WEBHOOK, {"url": receiver.url})))
    [new] = secrets_on(await alice.see_after(await alice.submit(WEBHOOK, {"url": receiver.url})))
    assert new != old


async def test_somebody_elses_secret_and_place_are_nobodys_business(
    browser_at_home: HomeBrowser, receiver: Receiver
) -> None:
    alice, bob = browser_at_home("alice"), browser_at_home("bob")
    page = await alice.see_after(await alice.submit(WEBHOOK, {"url": receiver.url}))
    [test] = places_on(page)
    assert "whsec_" not in await bob.see(WEBHOOK)
    for path in (test, test.replace("/test", "/removal"), test.replace("webhook", "ntfy")):
        assert (await bob.submit(path)).status_code == 404
    assert receiver.got == []
    await bob.submit(WEBHOOK, {"url": receiver.url})
    assert places_on(await alice.see(WEBHOOK)) == [test], "and nobody takes it over"


@pytest.mark.parametrize(
    ("path", "form", "says"),
    [
        (WEBHOOK, {"url": ""}, "填写接收通知的地址"),
        (WEBHOOK, {"url": "http://example.com/hook"}, "地址要以 https:// 开头"),
        (WEBHOOK, {"url": "https://10.0.0.7/hook"}, "这个地址不在公网上"),
        (WEBHOOK, {"url": "https://0x7f.1/hook"}, "这个地址不在公网上"),
        (WEBHOOK, {"url": "https://a:b@example.com/hook"}, "去掉 @ 前面的部分"),
        (NTFY, {"topic": ""}, "填写主题名"),
        (NTFY, {"topic": "我的主题"}, "主题名只能用字母"),
        (NTFY, {"topic": "https://ntfy.internal/abc"}, "这个地址不在公网上"),
        (NTFY, {"topic": "abc", "token": "tk_中文"}, "访问令牌不能有空格"),
    ],
)
async def test_what_cannot_be_is_told_at_its_field_and_what_was_typed_is_kept(
    browser_of: BrowserOf, path: str, form: dict[str, str], says: str
) -> None:
    answer = await browser_of("alice").submit(path, {"name": "我的", **form})
    assert answer.status_code == 422
    field = list(form)[-1]
    assert f'id="f-{field}-error"' in answer.text
    assert says in words(answer.text)
    for typed in ("我的", *form.values()):
        assert f'value="{typed}"' in answer.text
    assert places_on(await browser_of("alice").see(path)) == []


async def test_a_test_says_nothing_of_what_our_network_answers(
    browser_of: BrowserOf, browser_at_home: HomeBrowser, receiver: Receiver
) -> None:
    alice = browser_at_home("alice")
    page = await alice.see_after(await alice.submit(WEBHOOK, {"url": receiver.url}))
    [test] = places_on(page)
    nothing_of_it = "现在送不到：地址连不上，或对方没有接受"
    receiver.answer = Always(Answer(403))
    assert nothing_of_it in words((await alice.submit(test)).text)
    assert receiver.connections == 1
    assert nothing_of_it in words((await browser_of("alice").submit(test)).text)
    assert receiver.connections == 1, "where no admin allows it, it is not even knocked at"


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (403, "对方没有让我们进去（HTTP 403）"),
        (404, "对方没有收下，回答是 HTTP 404"),
        (429, "对方说太频繁了（HTTP 429）"),
        (500, "对方出错了（HTTP 500）"),
        (410, "对方说这个地址已经不在了，所以把它移除了"),
    ],
)
async def test_a_test_says_what_a_server_on_the_internet_answers(
    browser_of: BrowserOf,
    cast: Cast,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    says: str,
) -> None:
    # Loopback that is taken for the internet here.
    monkeypatch.setattr(IPv4Address, "is_global", property(lambda one: str(one) == "127.0.0.2"))
    webhook = Webhook(Web(), private=True)
    async with receiving("127.0.0.2") as receiver:
        receiver.answer = Always(Answer(status))
        address = webhook.read({"url": receiver.url})
        await subscribe(cast.alice, webhook, address, name="家里", now=clock.now)
        alice = browser_of("alice")
        [test] = places_on(await alice.see(WEBHOOK))
        assert says in words((await alice.submit(test)).text)
    assert len(places_on(await alice.see(WEBHOOK))) == (status != 410)


async def test_an_ntfy_topic(browser_at_home: HomeBrowser, receiver: Receiver) -> None:
    server = NtfyServer()
    receiver.answer = server
    server.tokens["closed"] = {"tk_alice"}
    alice = browser_at_home("alice")
    form = {"topic": f"{receiver.url}/closed", "token": "tk_alice"}
    page = await alice.see_after(await alice.submit(NTFY, form))
    assert f"{receiver.url}/closed" in words(page)
    name = await door.fetch_row("SELECT name FROM subscriptions")
    assert name is not None
    assert "closed" not in name["name"], "which engineers see, and a topic is as good as a password"
    assert "tk_alice" not in page
    [test] = places_on(page)
    assert "测试已发出" in words((await alice.submit(test)).text)
    [seen] = server.topics["closed"].values()
    assert seen["title"] == "收到了"
    assert seen["actions"] == []
