"""A team's robots: the changelog of a Friday, and what cannot wait, once in each group."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from tests.cast import ApiOf, BrowserOf, Cast, Clock
from tests.channels.receiver import Receiver, receiving
from tests.channels.team_chats import Chat, DingTalkChat, FeishuChat, WeComChat
from tests.doing import BUILD, FRIDAY, file, fix, friday, ok, propose, words
from tracker import database as door
from tracker import schedule
from tracker.channels.dingtalk import DingTalk
from tracker.channels.feishu import Feishu
from tracker.channels.robots import Robot
from tracker.channels.web import Web
from tracker.channels.wecom import WeCom
from tracker.language import Language
from tracker.settings import Settings
from tracker.subscriptions.defaults import RobotKind
from tracker.subscriptions.robots import AddRobot, add_robot

pytestmark = pytest.mark.usefixtures("world")

TOKEN, SECRET = "0b5c2f0e-9d1b-4c3a", "SEC0123456789abcdef"
ALL: list[RobotKind] = ["changelog", "severe", "blocked"]


class Group:
    """A group of people with our robot in it."""

    def __init__(self, channel: type[Robot], chat: Chat, receiver: Receiver, cast: Cast) -> None:
        self.channel, self.chat, self.receiver, self.cast = channel, chat, receiver, cast

    async def add(
        self, clock: Clock, *, hears: Sequence[RobotKind] = ALL, language: Language = "zh"
    ) -> int:
        robot = self.channel(Web(), private=True)
        secret = {"secret": SECRET} if robot.signs else {}
        self.chat.secret_of = {TOKEN: SECRET} if robot.signs else {}
        address = robot.read({"url": f"{self.receiver.url}{robot.path}{TOKEN}", **secret})
        form = AddRobot(name="相机组", hears=list(hears), language=language)
        return await add_robot(self.cast.cai, robot, address, form, now=clock.now)

    @property
    def posted(self) -> list[str]:
        """What people read there, oldest first: title, lines and link."""
        return [self._read(body) for body in self.chat.groups[TOKEN]]

    @staticmethod
    def _read(body: dict[str, Any]) -> str:
        if "content" in body:
            [page] = body["content"]["post"].values()
            lines = [page["title"], *(part["text"] for [part] in page["content"])]
            return "\n".join([*lines, page["content"][-1][0]["href"]])
        shown = body["markdown"]
        return str(shown.get("content") or shown["text"]).replace("  \n", "\n")


@pytest_asyncio.fixture
async def groups(cast: Cast) -> AsyncIterator[dict[str, Group]]:
    async with AsyncExitStack() as stack:
        found = {}
        for channel, chat in ((Feishu, FeishuChat), (WeCom, WeComChat), (DingTalk, DingTalkChat)):
            receiver = await stack.enter_async_context(receiving())
            receiver.answer = server = chat(TOKEN)
            found[channel.name.value] = Group(channel, server, receiver, cast)
        yield found


@pytest.fixture
def at_home(settings: Settings) -> Settings:
    """A tracker whose admin allows addresses of its own network: here, loopback."""
    return dataclasses.replace(settings, private_addresses=True)


async def deliveries() -> list[tuple[str, str, int, str]]:
    rows = await door.fetch(
        "SELECT channel, state, attempts, detail FROM deliveries ORDER BY channel, id"
    )
    return [tuple(row) for row in rows]


async def test_a_friday_is_posted_once_in_every_group(
    browser_of: BrowserOf,
    api_of: ApiOf,
    groups: dict[str, Group],
    clock: Clock,
    at_home: Settings,
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    for group in groups.values():
        group.chat.keyword = "Orange Friday" if group.channel is WeCom else "橙色星期五"
        await group.add(clock, language="en" if group.channel is WeCom else "zh")
    await fix(erin, await propose(erin, await file(alice), await file(alice, title="夜景发绿")))
    new = {"zh": "新增一键抠图", "en": "New: cut-outs in one tap"}
    await fix(erin, await propose(erin, kind="new", changelog=new), "fuxi")
    late = {"ring": "closed", "release": FRIDAY, "delayed": {"zh": "因适配问题", "en": "not ready"}}
    await ok(await erin.put(f"builds/umi/{BUILD}", json=late))
    await schedule.tick(at_home, clock.now)
    notes = {"notes_zh": "升级前请**备份**。", "notes_en": "Back up first."}
    cai = browser_of("cai")
    await cai.see_after(await cai.submit(f"/releases/{FRIDAY}/notes", notes))
    await friday(clock, at_home, erin, "fuxi")

    for name in ("feishu", "dingtalk"):
        [shown] = groups[name].posted
        lines = [line for line in shown.split("\n") if line]
        assert lines == [
            f"{'#### ' * (name == 'dingtalk')}橙色星期五 11 月 27 日更新日志",
            "2 项更新，1 个机型，解决了 1 位内测用户的 2 个反馈。",
            "延迟发布：小米 10（因适配问题）",
            "升级前请备份。",
            "【相机】",
            "· 新增 一键抠图",
            "· 修复 打开相机后闪退的问题",
            *(
                ["打开看看", f"{at_home.base_url}/releases/{FRIDAY}"]
                if name == "feishu"
                else [f"[打开看看]({at_home.base_url}/releases/{FRIDAY})"]
            ),
        ]
    [shown] = groups["wecom"].posted
    assert "**Orange Friday, 27 November: changelog**" in shown
    assert "2 changes for 1 model; 2 reports by 1 tester solved." in shown
    assert "Later: Xiaomi 10 (not ready)" in shown
    assert "Camera:\n· New: Cut-outs in one tap" in shown
    taken = await deliveries()
    assert [one[:3] for one in taken] == [(name, "sent", 1) for name in sorted(groups)]

    await asyncio.gather(*(schedule.tick(at_home, clock.now) for _ in range(3)))
    await ok(await api_of("cai").put(f"releases/{FRIDAY}/publication"))
    await schedule.tick(at_home, clock.advance(hours=1))
    assert await deliveries() == taken
    assert all(len(group.posted) == 1 for group in groups.values())


async def test_a_rehearsal_posts_nothing(
    api_of: ApiOf, browser_of: BrowserOf, groups: dict[str, Group], clock: Clock, at_home: Settings
) -> None:
    await groups["feishu"].add(clock)
    erin = api_of("erin")
    await fix(erin, await propose(erin, await file(browser_of("alice"))))
    await ok(await erin.put(f"builds/fuxi/{BUILD}", json={"ring": "closed", "release": FRIDAY}))
    preview = await ok(await api_of("cai").get(f"releases/{FRIDAY}/preview"))
    assert [one["person"] for one in preview["messages"]] == ["alice"]
    await schedule.tick(at_home, clock.now)
    assert groups["feishu"].posted == []


async def test_what_is_severe_is_posted_at_once(
    browser_of: BrowserOf, groups: dict[str, Group], clock: Clock, at_home: Settings
) -> None:
    await groups["feishu"].add(clock)
    groups["feishu"].chat.keyword = "橙色星期五"
    await groups["wecom"].add(clock, hears=["changelog"])
    alice = browser_of("alice")
    report = await file(alice, title='照片没了 <at user_id="all"></at>', severity="data_loss")
    await file(alice, title="不急")
    await schedule.tick(at_home, clock.now)
    [shown] = groups["feishu"].posted
    assert shown.split("\n") == [
        "橙色星期五 · 严重问题：请马上看",
        f'{report} · 相机 · 丢数据：「照片没了 <at user_id="all"></at>」',
        "打开看看",
        f"{at_home.base_url}/reports/{report}",
    ]
    assert groups["wecom"].posted == [], "that one posts changelogs alone"


async def test_a_private_report_is_not_told_in_a_group(
    browser_of: BrowserOf, groups: dict[str, Group], clock: Clock, at_home: Settings
) -> None:
    await groups["feishu"].add(clock, language="en")
    report = await file(
        browser_of("alice"), title="锁屏可以绕过", severity="security", private="true"
    )
    await schedule.tick(at_home, clock.now)
    [shown] = groups["feishu"].posted
    assert f"{report} · Camera. A private report: sign in to open it." in shown
    [sent] = groups["feishu"].receiver.got
    for secret in ("绕过", "安全", "Security", "security"):
        assert secret not in sent.body.decode()


async def test_a_train_that_cannot_leave(
    groups: dict[str, Group], clock: Clock, at_home: Settings
) -> None:
    await groups["feishu"].add(clock)
    await schedule.tick(at_home, clock.now)
    clock.advance(days=3, hours=6, minutes=30)
    for _ in range(2):
        await schedule.tick(at_home, clock.now)
    [shown] = groups["feishu"].posted
    assert shown.startswith("橙色星期五 · 11 月 27 日的车还不能发\n")
    assert shown.endswith(f"/releases/{FRIDAY}/rehearsal")


async def test_a_robot_that_its_group_has_removed(
    browser_of: BrowserOf, groups: dict[str, Group], clock: Clock, at_home: Settings
) -> None:
    number = await groups["dingtalk"].add(clock)
    groups["dingtalk"].chat.groups = {}
    await file(browser_of("alice"), severity="brick")
    await schedule.tick(at_home, clock.now)
    [(_, state, attempts, detail)] = await deliveries()
    assert (state, attempts) == ("dead", 1)
    assert "300001" in detail
    row = await door.fetch_row("SELECT address, gone_at FROM subscriptions WHERE id = $1", number)
    assert row is not None
    assert (row["address"], row["gone_at"]) == ("{}", clock.now)


async def test_too_many_is_waited_for(
    browser_of: BrowserOf, groups: dict[str, Group], clock: Clock, at_home: Settings
) -> None:
    group = groups["wecom"]
    await group.add(clock)
    group.chat.fails = (45009, "api freq out of limit")
    await file(browser_of("alice"), severity="brick")
    await schedule.tick(at_home, clock.now)
    await schedule.tick(at_home, clock.advance(seconds=40))
    assert (await deliveries())[0][1:3] == ("failed", 1)
    group.chat.fails = None
    await schedule.tick(at_home, clock.advance(minutes=2))
    assert (await deliveries())[0][1:3] == ("sent", 2)
    assert len(group.posted) == 1


async def test_captains_see_what_became_of_the_last_one(
    browser_of: BrowserOf, groups: dict[str, Group], clock: Clock, at_home: Settings
) -> None:
    group, cai = groups["feishu"], browser_of("cai")
    await group.add(clock)
    assert "上次" not in words(await cai.see("/robots"))
    for fails, told in (
        ((11232, "frequency limited"), "上次的还没发出，会再试（code 11232: too many messages）"),
        ((19024, "Key Words Not Found"), "上次的没有发出（code 19024: the message has none of its"),
        (None, "上次发出： 刚刚"),
    ):
        group.chat.fails = fails
        await file(browser_of("alice"), severity="brick")
        await schedule.tick(at_home, clock.advance(seconds=20))
        assert told in words(await cai.see("/robots"))
