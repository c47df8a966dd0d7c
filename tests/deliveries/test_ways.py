"""The tester's ledger: why did I get this, how did it get to me, and why didn't I hear?"""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime, timedelta

import pytest

from tests.cast import ApiOf, Browser, BrowserOf, Clock
from tests.deliveries.far_side import Hook, Mail, hears, tick_alone, work
from tests.doing import (
    BUILD,
    ask,
    close,
    counting_queries,
    file,
    fix,
    friday,
    ok,
    propose,
    start,
    words,
)
from tracker import database as door
from tracker.channels.base import ChannelName, gone, later, refused, sent
from tracker.deliveries.claiming import forget
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

SETTINGS = "/settings/notices"


async def newest(browser: Browser) -> str:
    """The address of the newest notice."""
    [address, *_] = re.findall(r'href="(/notices/\d+)"', await browser.see("/notices"))
    return str(address)


async def ways(browser: Browser) -> str:
    """The ledger of the newest notice, as text."""
    return words(await browser.see(f"{await newest(browser)}/deliveries"))


async def why(browser: Browser, report: str) -> str:
    return words(await browser.see(f"/notices/why?report={report}"))


async def since(clock: Clock) -> None:
    """What the tests put in stands since before."""
    await door.execute(
        "UPDATE subscriptions SET created_at = $1, confirmed_at = $1 WHERE confirmed_at IS NOT NULL",
        clock.now - timedelta(days=1),
    )


async def asked(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> tuple[Browser, str]:
    """alice has a question about her report; her notices are on their way."""
    alice = browser_of("alice")
    await since(clock)
    report = await file(alice)
    await ask(api_of("erin"), report, "哪个模式下？")
    await tick_alone(settings, clock)
    return alice, report


async def test_a_question_that_arrived(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await hears("alice", name="我的脚本")
    alice, report = await asked(browser_of, api_of, clock, settings)
    await work(Hook(), settings=settings, clock=clock)
    page = await ways(alice)
    assert f"为什么给我？ {report} 是你提交的，Erin 想请你补充。" in page
    assert "站内 11 月 24 日 10:00 UTC+8 到了，站内什么都有" in page
    assert (
        "Webhook 我的脚本 11 月 24 日 10:00 UTC+8 送出，对方已收下"
        " 「工程师的提问」在这个渠道开着" in page
    )
    assert "浏览器推送 、 邮件 、 小米推送 、 ntfy 你没有在这些渠道添加过接收的地方" in page
    folded = words(await alice.see(await newest(alice)))
    assert "为什么给我，还去了哪里" in folded
    assert "对方已收下" in folded


async def test_in_english(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await hears("bob", name="script")
    await since(clock)
    bob = browser_of("bob")
    report = await file(bob, device="umi")
    await close(api_of("erin"), report, "as_intended", "It is meant to.")
    await tick_alone(settings, clock)
    page = await ways(bob)
    assert f"You filed {report}, and Erin closed it." in page
    assert "In the queue: it leaves in a moment" in page
    assert "“Replies and closures” is on for this channel" in page


async def test_a_friday_for_own_reports_and_for_me_too(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    one, two = await file(alice), await file(alice, title="夜景发绿")
    await bob.submit(f"/reports/{one}/affected", {"device": "umi", "build": "26.11.20"})
    await fix(erin, await propose(erin, one, two))
    assert f"{one}" in await alice.see("/notices/why")
    assert "它已经修好，还没有进你机型的版本。" in await why(alice, one)
    assert "It is not fixed for the model that you said “me too” for: Xiaomi 10." in await why(
        bob, one
    )
    await friday(clock, settings, erin, "fuxi", "umi")
    assert f"{one}、{two} 是你提交的，已在 {BUILD} 解决。" in await ways(alice)
    told = f"You said “me too” on {one}, and build {BUILD} solves it on your model."
    assert told in await ways(bob)
    page = await why(alice, one)
    assert "给你的通知 1 你的 2 个反馈解决了" in page
    assert "该告诉你的都在上面。" in page


async def test_what_went_wrong_is_said_and_nothing_of_the_far_side(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await hears("alice", name="我的脚本")
    alice, _ = await asked(browser_of, api_of, clock, settings)
    hook = Hook()
    hook.says = later("500 secret words of a private server")
    await work(hook, settings=settings, clock=clock)
    page = await ways(alice)
    assert "还没送到：对方没有回应，或者没有接受； 11 月 24 日 10:00 UTC+8 再试" in page
    assert "试了一次， 11 月 24 日 10:00 UTC+8" in page
    hook.says = later("503", retry_after=1800)
    clock.advance(minutes=1)
    await work(hook, settings=settings, clock=clock)
    page = await ways(alice)
    assert "对方的服务器暂时连不上，等它恢复；最早 11 月 24 日 10:31 UTC+8 再试" in page
    assert "试了 2 次，最近一次 11 月 24 日 10:01 UTC+8" in page
    hook.says = refused("400 secret words of a private server")
    clock.advance(hours=1)
    await work(hook, settings=settings, clock=clock)
    page = await ways(alice)
    assert "没送到：对方不收这一条。" in page
    assert "secret" not in await alice.see(f"{await newest(alice)}/deliveries")


async def test_given_up_by_the_team_and_by_us(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await hears("alice", name="one")
    await hears("alice", ChannelName.EMAIL, name="alice@example.com", host="smtp")
    alice, _ = await asked(browser_of, api_of, clock, settings)
    [item] = (await ok(await api_of("erin").get("deliveries?person=alice&channel=webhook")))[
        "items"
    ]
    await ok(await api_of("erin").put(f"deliveries/{item['id']}/end", json={"reason": "重复了"}))
    assert "没送到：团队停止了这一条" in await ways(alice)
    mail = Mail()
    mail.says = later("451")
    for _ in range(2):
        await work(mail, settings=settings, clock=clock)
        clock.advance(days=4)
    assert "没送到：试了很久，对方一直没有回应或没有接受，不再试了" in await ways(alice)


async def test_a_place_that_is_no_more(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await hears("alice", name="旧手机")
    alice, report = await asked(browser_of, api_of, clock, settings)
    hook = Hook()
    hook.says = gone("410")
    await work(hook, settings=settings, clock=clock)
    assert "旧手机 11 月 24 日 10:00 UTC+8 对方说这个地址已经不在了，所以移除了" in await ways(
        alice
    )
    clock.advance(hours=1)
    await alice.submit(f"/reports/{report}/answer", {"answer": "夜景"})
    await ask(api_of("erin"), report, "还有呢？")
    await tick_alone(settings, clock)
    page = await ways(alice)
    assert (
        "为什么没到别处？ Webhook 旧手机 11 月 24 日 10:00 UTC+8 对方说这个地址已经不在了" in page
    )


@pytest.mark.parametrize(
    ("because", "told"),
    [
        ("removed by its owner", "你移除了它"),
        ("ended by its link", "你用通知里的链接退订了"),
        ("taken over by another account", "另一个账号开始在那里收通知"),
    ],
)
async def test_why_a_place_was_removed(
    browser_of: BrowserOf,
    api_of: ApiOf,
    clock: Clock,
    settings: Settings,
    because: str,
    told: str,
) -> None:
    place = await hears("alice", name="那一处")
    await since(clock)
    await forget(place, because, now=clock.now - timedelta(hours=1))
    alice, _ = await asked(browser_of, api_of, clock, settings)
    assert f"那一处 11 月 24 日 09:00 UTC+8 {told}" in await ways(alice)


async def test_places_that_came_later(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, _ = await asked(browser_of, api_of, clock, settings)
    for name in ("later", "confirmed later", "unconfirmed"):
        place = await hears("alice", ChannelName.EMAIL, name=name)
        await door.execute(
            "UPDATE subscriptions SET key = $2, created_at = $3, confirmed_at = $4 WHERE id = $1",
            place,
            name,
            clock.now + timedelta(hours=1 if name == "later" else -1),
            None if name == "unconfirmed" else clock.now + timedelta(hours=2),
        )
    page = await ways(alice)
    assert "邮件 later 11 月 24 日 11:00 UTC+8 才添加，在这条通知之后" in page
    assert "邮件 confirmed later 11 月 24 日 12:00 UTC+8 才确认，在这条通知之后" in page
    assert "邮件 unconfirmed 还没确认：打开那封确认信，点里面的链接" in page


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({}, "在这个渠道，「回复和关闭」是关着的"),
        ({"kinds_email": ["reply"], "fridays_only": "true"}, "你选了「只要周五的消息」"),
        ({"kinds_email": ["reply"], "inbox_only": "true"}, "你选了「只留站内」"),
    ],
)
async def test_what_the_settings_keep_away(
    browser_of: BrowserOf,
    api_of: ApiOf,
    clock: Clock,
    settings: Settings,
    chosen: dict[str, str],
    told: str,
) -> None:
    alice = browser_of("alice")
    await hears("alice", ChannelName.EMAIL, name="alice@example.com")
    await since(clock)
    if chosen:
        await alice.submit(SETTINGS, chosen)
    report = await file(alice)
    reply = {"text": "看到了"}
    clock.advance(minutes=10)
    await ok(await api_of("erin").post(f"reports/{report}/messages", json=reply))
    await tick_alone(settings, clock)
    page = await ways(alice)
    assert f"{report} 是你提交的，Erin 回复了你。" in page
    assert f"邮件 alice@example.com {told}" in page
    clock.advance(minutes=10)
    await alice.submit(SETTINGS, {"kinds_email": ["reply"]})
    page = await ways(alice)
    assert "你的设置在 11 月 24 日 10:20 UTC+8 改过，当时为什么没发到这里，已经查不到了" in page
    assert told not in page


async def test_quiet_hours_say_until_when(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice = browser_of("alice")
    await hears("alice", ChannelName.EMAIL)
    form = {"kinds_email": ["question"], "quiet_from": "22:00", "quiet_to": "08:00"}
    await alice.submit(SETTINGS, form)
    clock.set(datetime.fromisoformat("2026-11-24T23:30+08:00"))
    await asked(browser_of, api_of, clock, settings)
    page = await ways(alice)
    assert "你在免打扰时间，等到 11 月 25 日 08:00 UTC+8 再送" in page
    await door.execute(
        "INSERT INTO delivery_hosts (host, failures, paused_until, detail) VALUES ($1, 1, $2, '')",
        "hooks.example.com",
        clock.now + timedelta(minutes=5),
    )
    assert "等到 11 月 25 日 08:00 UTC+8 再送" in await ways(alice), "whatever the server does now"
    clock.set(datetime.fromisoformat("2026-11-25T08:00+08:00"))
    await work(Mail(), settings=settings, clock=clock)
    assert "11 月 25 日 08:00 UTC+8 送出，对方已收下" in await ways(alice)


async def test_captains_are_told_why(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    report = await file(browser_of("alice"), title="照片没了", severity="data_loss")
    await tick_alone(settings, clock)
    told = f"{report} 是严重的问题，负责它的人、每个发布负责人和管理员都会马上收到。"
    assert told in await ways(browser_of("cai"))


async def test_why_nothing_was_said_of_a_report(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice)
    assert f'href="/notices/why?report={report}"' in await alice.see(f"/reports/{report}")
    assert "/notices/why" not in await bob.see(f"/reports/{report}")
    page = await why(alice, report)
    assert "一条也没有。 为什么没有 它还没有修好。" in page
    assert "You neither filed this report nor said “me too”." in await why(bob, report)
    await start(erin, await propose(erin, report))
    await ask(erin, report, "哪个模式下？")
    assert "刚刚有了变化。" in await why(alice, report), "not told yet"
    await tick_alone(settings, clock)
    page = await why(alice, report)
    assert "给你的通知 1 工程师想请你补充一点信息" in page
    assert "刚刚有了变化。" not in page
    await alice.submit(f"/reports/{report}/withdrawal", {"farewell": ""})
    await tick_alone(settings, clock)
    page = await why(alice, report)
    assert "它已关闭。" in page
    assert "你自己做的事" in page


async def test_what_was_taken_back_before_it_was_told(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    patient = dataclasses.replace(settings, undo_window=timedelta(minutes=5))
    report = await file(alice)
    await ask(erin, report, "哪个模式下？")
    await tick_alone(patient, clock)
    assert "刚刚有了变化。通知会等一小会儿再发" in await why(alice, report)
    await ok(await erin.delete(f"reports/{report}/question"))
    clock.advance(minutes=6)
    await tick_alone(patient, clock)
    page = await why(alice, report)
    assert "一条也没有。" in page
    assert "有过一次提问或关闭，在通知发出之前就收回了" in page
    assert "刚刚有了变化" not in page


async def test_reports_that_are_none_of_theirs(browser_of: BrowserOf) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    private = await file(alice, title="只给官方看", private="true")
    for asked_for in (private, "R-999", "<b>"):
        answer = await bob.get("/notices/why", params={"report": asked_for})
        assert answer.status_code == 404
        assert "There is no such report." in answer.text
        assert "只给官方看" not in answer.text
        assert "<b>" not in answer.text
    assert "它还没有修好。" in await why(alice, private.removeprefix("R-"))
    assert (await browser_of("charlie").get("/notices/why")).status_code == 200


async def test_a_place_says_how_it_has_gone_lately(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await hears("alice", ChannelName.EMAIL, name="alice@example.com")
    alice, report = await asked(browser_of, api_of, clock, settings)
    assert "最近" not in words(await alice.see(f"{SETTINGS}/email")), "nothing was tried yet"
    mail = Mail()
    await work(mail, settings=settings, clock=clock)
    assert "最近送到 刚刚" in words(await alice.see(f"{SETTINGS}/email"))
    clock.advance(hours=2)
    await alice.submit(f"/reports/{report}/answer", {"answer": "夜景"})
    await ask(api_of("erin"), report, "还有呢？")
    await tick_alone(settings, clock)
    mail.says = later("500")
    await work(mail, settings=settings, clock=clock)
    page = await alice.see(f"{SETTINGS}/email")
    assert "最近送到 2 小时前 最近一条没送到（ 刚刚 ）。 看看为什么" in words(page)
    assert f'href="{await newest(alice)}/deliveries"' in page
    clock.advance(hours=1)
    mail.says = sent()
    await work(mail, settings=settings, clock=clock)
    page = words(await alice.see(f"{SETTINGS}/email"))
    assert "最近送到 刚刚" in page
    assert "没送到" not in page


async def test_queries(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    for channel in (ChannelName.EMAIL, ChannelName.NTFY, ChannelName.WEBHOOK):
        await hears("alice", channel)
    alice, report = await asked(browser_of, api_of, clock, settings)
    address = await newest(alice)
    for path, cost in (
        (f"{address}/deliveries", 2),
        (f"/notices/why?report={report}", 4),
        ("/notices/why", 2),
        (f"{SETTINGS}/email", 3),
    ):
        with counting_queries() as seen:
            await alice.see(path)
        assert len(seen) == cost, seen
