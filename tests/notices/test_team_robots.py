"""The page of a team's robots: who sees it, adding one, a test, the end of one."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from litestar import Litestar

from tests.cast import BrowserOf
from tests.channels.receiver import receiving
from tests.channels.team_chats import FeishuChat
from tests.doing import words
from tracker import database as door
from tracker.subscriptions import robots, testing

pytestmark = pytest.mark.usefixtures("world")

URL = "https://open.feishu.cn/open-apis/bot/v2/hook/0b5c2f0e-9d1b-4c3a"
TOKEN, SECRET = "0b5c2f0e-9d1b-4c3a", "the-signing-secret"
FORM = {
    "name": "相机组",
    "url": URL,
    "secret": SECRET,
    "hears": ["changelog", "severe"],
    "language": "zh",
}


@pytest.fixture(autouse=True)
def nothing_tested_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testing, "_lately", {})


async def test_captains_find_it_and_nobody_else(browser_of: BrowserOf) -> None:
    for who in ("cai", "ada"):
        browser = browser_of(who)
        assert 'href="/robots"' in await browser.see("/settings")
        page = await browser.see("/robots")
        assert ("还没有机器人" in page) or ("No robots yet" in page)
        for channel in ("feishu", "wecom", "dingtalk"):
            assert f'href="/robots/{channel}"' in page
    for who in ("charlie", "alice", "erin"):
        browser = browser_of(who)
        assert "/robots" not in await browser.see("/settings")
        assert (await browser.get("/robots")).status_code == 404
        assert (await browser.submit("/robots/feishu", FORM)).status_code == 404


async def test_adding_one_and_what_is_shown_of_it(browser_of: BrowserOf) -> None:
    cai = browser_of("cai")
    page = await cai.see("/robots/feishu")
    assert page.count("checked") == 4, "all that it can post, in Chinese"
    assert 'name="secret"' in page
    assert 'name="secret"' not in await cai.see("/robots/wecom"), "WeCom signs nothing"
    page = await cai.see_after(await cai.submit("/robots/feishu", FORM))
    shown = words(page)
    assert "已添加，发一条测试看看" in shown
    assert "相机组 飞书机器人 地址以 4c3a 结尾 有签名 中文" in shown
    assert "每周五的更新日志 严重问题的反馈" in shown
    assert "还不能发的车" not in shown
    for secret in (TOKEN, SECRET):
        assert secret not in page
    assert TOKEN not in await browser_of("ada").see("/robots")


async def test_the_same_robot_again_is_changed(browser_of: BrowserOf) -> None:
    cai = browser_of("cai")
    await cai.submit("/robots/feishu", FORM)
    again = {**FORM, "name": "系统组", "hears": "blocked", "language": "en", "secret": ""}
    shown = words(await cai.see_after(await cai.submit("/robots/feishu", again)))
    assert "相机组" not in shown
    assert "系统组 飞书机器人 地址以 4c3a 结尾 English" in shown
    assert "发车前一小时还不能发的车" in shown
    [row] = await door.fetch("SELECT id FROM subscriptions")
    assert row["id"] == 1


async def test_what_cannot_be_taken_is_said_by_its_field(browser_of: BrowserOf) -> None:
    cai = browser_of("cai")
    wrong = {"name": "", "url": "https://example.com/hook", "secret": "短", "hears": None}
    answer = await cai.submit("/robots/feishu", wrong)
    assert answer.status_code == 422
    for field, sentence in (
        ("name", "写一个名字"),
        ("url", "这不是飞书机器人的地址，它的样子是 https://open.feishu.cn/"),
        ("secret", "签名密钥没有空格和中文"),
        ("hears", "至少选一样它要发的"),
    ):
        assert f'href="#f-{field}"' in answer.text
        assert sentence in words(answer.text)
    assert 'value="https://example.com/hook"' in answer.text, "what was typed is kept"
    empty = await cai.submit("/robots/dingtalk", {})
    assert "https://oapi.dingtalk.com/robot/send?access_token=…" in empty.text
    assert await door.fetch("SELECT 1 FROM subscriptions") == []


async def test_there_is_an_end_to_how_many(
    browser_of: BrowserOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robots, "MOST", 1)
    cai = browser_of("cai")
    await cai.submit("/robots/feishu", FORM)
    answer = await cai.submit("/robots/feishu", {**FORM, "url": URL + "-2"})
    assert answer.status_code == 409
    assert "请先移除一个" in answer.text


@dataclass
class Group:
    chat: FeishuChat
    form: dict[str, object]

    @property
    def posted(self) -> list[dict[str, object]]:
        return self.chat.groups[TOKEN]


@pytest_asyncio.fixture
async def group(app: Litestar) -> AsyncIterator[Group]:
    """A group on loopback, with a robot of ours that signs."""
    async with receiving() as receiver:
        receiver.answer = chat = FeishuChat(TOKEN)
        chat.secret_of[TOKEN] = SECRET
        before = app.state.settings
        app.state.settings = dataclasses.replace(before, private_addresses=True)
        try:
            yield Group(chat, {**FORM, "url": f"{receiver.url}{chat.path}{TOKEN}"})
        finally:
            app.state.settings = before


async def test_a_test_is_seen_in_the_group(browser_of: BrowserOf, group: Group) -> None:
    cai = browser_of("cai")
    await cai.submit("/robots/feishu", group.form)
    answer = await cai.submit("/robots/feishu/1/test")
    assert answer.status_code == 200
    assert "测试已发出，去群里看看" in words(answer.text)
    [body] = group.posted
    assert "橙色星期五的机器人在这里了" in str(body)
    assert "群机器人" in await cai.see("/robots/feishu/1/test"), "loading it again sends nothing"
    assert len(group.posted) == 1


async def test_a_test_that_is_refused_says_why(browser_of: BrowserOf, group: Group) -> None:
    cai = browser_of("cai")
    await cai.submit("/robots/feishu", {**group.form, "secret": ""})
    shown = words((await cai.submit("/robots/feishu/1/test")).text)
    assert "对方不收" in shown
    assert "19021" in shown
    group.chat.groups = {}
    shown = words((await cai.submit("/robots/feishu/1/test")).text)
    assert "没有这个机器人了，所以把它移除了" in shown
    assert "最近没了的" in shown
    assert (await cai.submit("/robots/feishu/1/test")).status_code == 404


async def test_tests_are_braked(browser_of: BrowserOf, group: Group) -> None:
    cai = browser_of("cai")
    await cai.submit("/robots/feishu", group.form)
    answers = [await cai.submit("/robots/feishu/1/test") for _ in range(6)]
    assert [one.status_code for one in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_the_end_of_one(browser_of: BrowserOf) -> None:
    cai = browser_of("cai")
    await cai.submit("/robots/feishu", FORM)
    page = await cai.see_after(await browser_of("ada").submit("/robots/feishu/1/removal"))
    assert "相机组" not in page
    assert (await cai.submit("/robots/feishu/1/removal")).status_code == 404
    [row] = await door.fetch("SELECT address, gone_because FROM subscriptions")
    assert tuple(row) == ("{}", "removed by a captain")
