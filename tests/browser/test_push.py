"""Pushes in a real browser: subscribed on the page, sent for real, shown by the service worker.

The push services of browsers are on the internet. Here `subscribe()` gives what a push service on
loopback would; from there on everything is real but the last step of the way, from the push
service into the browser, which the DevTools' call takes.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import CDPSession, Worker, expect

from tests.browser.phones import LONGEST, WIDTH, Phone, PhoneOf
from tests.channels.push_service import PushService, Subscriber
from tests.channels.receiver import receiving
from tests.programme import copy_data
from tests.running.commands import Serving, Tracker

pytestmark = pytest.mark.browser

PAGE = "/settings/notices/webpush"


@pytest_asyncio.fixture(scope="module")
async def tracker(data_with_programme: Path) -> AsyncIterator[Serving]:
    """Whose admin allows addresses of its own network: here, loopback."""
    with tempfile.TemporaryDirectory(prefix="orange-friday-") as directory:
        place = Path(directory)
        # As root, the database runs as another user, who has to get through to its data.
        place.chmod(0o711)
        copy_data(data_with_programme, place / "data")
        ours = Tracker(place / "data", {"TRACKER_PRIVATE_ADDRESSES": "1"})
        serving = await asyncio.to_thread(ours.serve, "--no-schedule")
        try:
            yield serving
        finally:
            assert await asyncio.to_thread(serving.stop) == 0, ours.log


@pytest_asyncio.fixture
async def service() -> AsyncIterator[PushService]:
    async with receiving() as receiver:
        receiver.answer = service = PushService(receiver.url)
        yield service


@dataclass
class Pushed:
    """A phone with a page open, its service worker, and the browser's own end of the wire."""

    phone: Phone
    worker: Worker
    devtools: CDPSession
    registration: str

    async def arrives(self, message: str) -> list[dict[str, Any]]:
        """What the phone shows then."""
        # Asked earlier, Chromium forgets what it is about to show.
        await self.worker.evaluate(
            """() => {
                globalThis.shown = new Promise((resolve, reject) => {
                    registration.showNotification = (...given) => {
                        delete registration.showNotification;
                        const done = registration.showNotification(...given);
                        done.then(resolve, reject);
                        return done;
                    };
                });
            }"""
        )
        await self.devtools.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": self.phone.address,
                "registrationId": self.registration,
                "data": message,
            },
        )
        async with asyncio.timeout(LONGEST / 1000):
            shown: list[dict[str, Any]] = await self.worker.evaluate(
                """async () => {
                    await globalThis.shown;
                    const found = await registration.getNotifications();
                    return found.map(({ title, body, tag, lang, data, icon, badge, timestamp }) =>
                        ({ title, body, tag, lang, data, icon, badge, timestamp }));
                }"""
            )
        return shown


async def subscribed(phone: Phone, browser: Subscriber) -> None:
    """Allow notifications, as the push service's browser."""
    await phone.context.grant_permissions(["notifications"], origin=phone.address)
    keys = {name: browser.form[name] for name in ("p256dh", "auth")}
    await phone.page.add_init_script(
        """({ endpoint, keys }) => {
            let made = null;
            const subscription = {
                endpoint,
                toJSON: () => ({ endpoint, expirationTime: null, keys }),
                unsubscribe: async () => true,
            };
            PushManager.prototype.subscribe = async (options) => {
                sessionStorage.setItem("asked", JSON.stringify(options));
                sessionStorage.setItem("made", "yes");
                return subscription;
            };
            PushManager.prototype.getSubscription = async () =>
                sessionStorage.getItem("made") ? subscription : null;
        }""".replace("({ endpoint, keys }) =>", "(({ endpoint, keys }) =>")
        + f")({json.dumps({'endpoint': browser.endpoint, 'keys': keys})})"
    )


async def test_a_browser_is_subscribed_and_shows_what_is_sent(
    phone_of: PhoneOf, tracker: Serving, service: PushService
) -> None:
    alice = await phone_of("alice", at=tracker.address)
    page = alice.page
    assert await alice.open(PAGE) == 200
    key = await page.locator("[data-push]").get_attribute("data-key")
    assert key is not None
    browser = service.subscribe(key)
    await subscribed(alice, browser)
    assert await alice.open(PAGE) == 200
    async with page.expect_navigation():
        await page.get_by_role("button", name="在这个浏览器接收", exact=True).press("Enter")
    await expect(page.get_by_role("main")).to_contain_text("已添加，发一条测试看看")
    await expect(page.get_by_role("main")).to_contain_text("这个浏览器已经在用了")
    await expect(page.get_by_role("heading", name="Chrome · Linux")).to_be_visible()
    await expect(page.get_by_role("button", name="在这个浏览器接收")).to_be_hidden()
    asked = json.loads(await page.evaluate("sessionStorage.getItem('asked')"))
    assert asked == {"userVisibleOnly": True, "applicationServerKey": key}

    assert await alice.send("发一条测试") == 200
    await expect(page.get_by_role("main")).to_contain_text("测试已发出")
    [message] = browser.messages
    phone = await with_worker(alice)
    [shown] = await phone.arrives(json.dumps(message))
    assert shown["title"] == message["title"] == "收到了"
    assert shown["body"] == message["body"]
    assert shown["tag"] == message["tag"]
    assert shown["lang"] == "zh-CN"
    assert shown["timestamp"] == message["at"]
    for picture in (shown["icon"], shown["badge"]):
        answer = await page.request.get(picture)
        assert answer.headers["content-type"] == "image/png"

    # The browser is told to open it. Only a finger on the notification may do so for real.
    assert await clicked(phone) == [alice.address + message["url"]]

    await renewed(alice, phone, service.subscribe(key), instead=browser)
    [shown] = await phone.arrives("no JSON")
    assert shown["title"] == "橙色星期五 Orange Friday", "something has to be shown"
    assert await clicked(phone) == [f"{alice.address}/notices"]
    for elsewhere in ("https://example.com/", "//example.com/", "javascript:alert(1)"):
        [shown] = await phone.arrives(json.dumps({"title": elsewhere, "url": elsewhere}))
        assert shown["title"] == elsewhere
        assert await clicked(phone) == [f"{alice.address}/notices"]
    await phone.arrives(json.dumps({"title": "here", "url": PAGE}))
    assert await clicked(phone) == [f"to {alice.address}{PAGE}"], "which is open already"
    assert alice.troubles == []


async def renewed(phone: Phone, pushed: Pushed, now: Subscriber, *, instead: Subscriber) -> None:
    """The browser changes its subscription; tests go where it is reached from then on."""
    script = """async ({ was, is }) => {
        const event = new ExtendableEvent("pushsubscriptionchange");
        const { endpoint, ...keys } = is;
        event.oldSubscription = { endpoint: was };
        event.newSubscription = { toJSON: () => ({ endpoint, keys }) };
        const done = [];
        event.waitUntil = (work) => done.push(work);
        dispatchEvent(event);
        await Promise.all(done);
    }"""
    stranger = {"was": "https://push.example.com/of-nobody", "is": now.form}
    await pushed.worker.evaluate(script, stranger)
    await phone.open(PAGE)
    assert now.endpoint not in await phone.page.content(), "what was ended is not begun again"
    await pushed.worker.evaluate(script, {"was": instead.endpoint, "is": now.form})
    await phone.open(PAGE)
    await expect(phone.page.get_by_role("button", name="移除")).to_have_count(1)
    assert await phone.send("发一条测试") == 200
    assert len(now.messages) == 1
    # As it was before this test looked at it, but for what it shows.
    await phone.open(PAGE)


async def with_worker(phone: Phone) -> Pushed:
    context = phone.context
    worker = (
        context.service_workers[0]
        if context.service_workers
        else await context.wait_for_event("serviceworker")
    )
    devtools = await context.new_cdp_session(phone.page)
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def hear(event: Any) -> None:
        for one in event["registrations"]:
            if one["scopeURL"] == f"{phone.address}/" and not found.done():
                found.set_result(one["registrationId"])

    devtools.on("ServiceWorker.workerRegistrationUpdated", hear)
    await devtools.send("ServiceWorker.enable")
    return Pushed(phone, worker, devtools, await asyncio.wait_for(found, 15))


async def clicked(phone: Pushed) -> list[str]:
    """Touch what is shown, until nothing is; the pages that the service worker wants to open,
    or to go to."""
    wanted: list[str] = await phone.worker.evaluate(
        """async () => {
            const wanted = [];
            const focus = WindowClient.prototype.focus;
            clients.openWindow = async (address) => { wanted.push(address); };
            WindowClient.prototype.focus = async function () { wanted.push(`to ${this.url}`); };
            for (const notification of await registration.getNotifications()) {
                const event = new NotificationEvent("notificationclick", { notification });
                const done = [];
                event.waitUntil = (work) => done.push(work);
                dispatchEvent(event);
                await Promise.all(done);
            }
            delete clients.openWindow;
            WindowClient.prototype.focus = focus;
            while ((await registration.getNotifications()).length) {
                await new Promise((done) => setTimeout(done, 20));
            }
            return wanted;
        }"""
    )
    return wanted


IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.5 Mobile/15E148 Safari/604.1"
)
NO_PUSH = "delete window.PushManager;"
PERMISSION = "Object.defineProperty(Notification, 'permission', { get: () => '%s' });"
ASKING = PERMISSION % "default" + "Notification.requestPermission = async () => '%s';"
WAYS = {
    "denied": (
        PERMISSION % "denied",
        "这个浏览器禁止了本站的通知",
        "This browser blocks notifications",
    ),
    "unsupported": (NO_PUSH, "这个浏览器不支持推送", "This browser cannot receive pushes"),
    "on an iPhone": (
        f"{NO_PUSH} Object.defineProperty(navigator, 'userAgent', {{ get: () => '{IPHONE}' }});",
        "选「添加到主屏幕」",
        "Choose Add to Home Screen",
    ),
    "insecure": (
        "Object.defineProperty(window, 'isSecureContext', { get: () => false });",
        "请用 https 的地址打开",
        "Open it by its https address",
    ),
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_browser_that_cannot_is_told_what_to_do(
    phone_of: PhoneOf, tracker: Serving, way: str
) -> None:
    script, zh, en = WAYS[way]
    alice = await phone_of("alice", at=tracker.address)
    await alice.page.add_init_script(script)
    for language, words in (("zh", zh), ("en", en)):
        await alice.open(PAGE)
        await alice.read_in(language)
        await expect(alice.page.get_by_text(words)).to_be_visible()
        await expect(alice.page.locator("[data-push-state]:visible")).to_have_count(1)
        await expect(alice.page.locator("[data-push] form")).to_be_hidden()
        assert await alice.signals("document.documentElement.scrollWidth") == WIDTH


@pytest.mark.parametrize("answer", ["denied", "default", "granted"])
async def test_what_becomes_of_the_question(
    phone_of: PhoneOf, tracker: Serving, answer: str
) -> None:
    """Refused, closed unanswered, and allowed where the push service is out of reach."""
    alice = await phone_of("alice", at=tracker.address)
    script = ASKING % answer
    if answer == "denied":
        script += f"const ask = Notification.requestPermission; Notification.requestPermission = async () => {{ {PERMISSION % 'denied'} return ask(); }};"
    script += "PushManager.prototype.subscribe = async () => { throw new DOMException('', 'AbortError'); };"
    await alice.page.add_init_script(script)
    await alice.open(PAGE)
    page = alice.page
    button = page.get_by_role("button", name="在这个浏览器接收", exact=True)
    await button.click()
    if answer == "denied":
        await expect(page.get_by_text("这个浏览器禁止了本站的通知")).to_be_visible()
        await expect(button).to_be_hidden()
    elif answer == "granted":
        await expect(page.get_by_text("浏览器连不上它的推送服务")).to_be_visible()
        await expect(button).to_be_enabled()
    else:
        await expect(button).to_be_enabled()
        await expect(page.locator("[data-push-state]:visible")).to_have_count(0)


async def test_without_scripts_it_says_so(phone_of: PhoneOf, tracker: Serving) -> None:
    alice = await phone_of("alice", javascript=False, at=tracker.address)
    await alice.open(PAGE)
    text = await alice.text()
    assert "浏览器推送要用到脚本" in text
    assert "在这个浏览器接收" not in text
    await alice.read_in("en")
    assert "Browser push takes scripts" in await alice.text()
