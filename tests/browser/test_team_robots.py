"""A captain puts a robot into the team's chat, on a phone, also without scripts."""

from __future__ import annotations

import pytest

from tests.browser.phones import Phone, PhoneOf
from tests.browser.test_layout import AXE, LOOK, WCAG

pytestmark = pytest.mark.browser

URL = "https://oapi.dingtalk.com/robot/send?access_token=0b5c2f0e9d1b4c3a"


async def look(phone: Phone) -> None:
    """At what no other test finds: pages as they are once something is there, or wrong."""
    await phone.signals(AXE.read_text("utf-8"))
    assert await phone.signals(LOOK, ["zh", WCAG]) == []


async def test_a_robot_from_beginning_to_end(phone_of: PhoneOf) -> None:
    cai = await phone_of("cai")
    assert await cai.open("/settings") == 200
    assert await cai.touch("群机器人") == 200
    assert await cai.touch("钉钉机器人") == 200
    await cai.page.get_by_label("名字").fill("系统组的群" * 12)
    await cai.page.get_by_label("Webhook 地址").fill("https://example.com/" + "hook" * 30)
    assert await cai.send("添加") == 422
    await look(cai)
    await cai.page.get_by_label("Webhook 地址").fill(URL)
    assert await cai.send("添加") == 200
    assert "地址以 4c3a 结尾" in await cai.text()
    await look(cai)
    assert await cai.send("移除") == 200
    assert "系统组的群" not in await cai.text()
    assert cai.troubles == []


async def test_without_scripts(phone_of: PhoneOf) -> None:
    ada = await phone_of("ada", language="en", javascript=False)
    assert await ada.open("/robots/wecom") == 200
    await ada.page.get_by_label("Name").fill("Camera")
    url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0b5c2f0e-9d1b-4c3a"
    await ada.page.get_by_label("Webhook address").fill(url)
    await ada.page.get_by_label("Severe reports").uncheck()
    assert await ada.send("Add") == 200
    assert "Severe reports" not in await ada.text()
    assert await ada.send("Remove") == 200
