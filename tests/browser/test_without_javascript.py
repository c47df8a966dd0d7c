"""Testers file from the very phone that is broken: everything works without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.links import verification_links
from tests.browser.phones import PhoneOf

pytestmark = pytest.mark.browser


async def test_filing_a_report(phone_of: PhoneOf) -> None:
    alice = await phone_of("alice", javascript=False)
    page = alice.page
    assert await alice.open("/reports/new") == 200
    await alice.choose("哪里有问题？", "相机")
    await alice.choose("多久一次？", "经常")
    await page.get_by_label("实际怎样").fill('第一行\n第二行：< & "引号"')
    await page.get_by_label("只给官方看").check()

    assert await alice.send("提交反馈") == 422
    await expect(page.get_by_role("alert")).to_contain_text("标题还空着")
    await expect(page.get_by_label("实际怎样")).to_have_value('第一行\n第二行：< & "引号"')
    await expect(page.get_by_role("radio", name="相机", exact=True)).to_be_checked()
    await expect(page.get_by_role("radio", name="经常", exact=True)).to_be_checked()
    await expect(page.get_by_label("只给官方看")).to_be_checked()

    await page.get_by_label("一句话说清楚").fill("录像时对焦来回拉")
    assert await alice.send("提交反馈") == 200
    assert re.match(r"/reports/R-\d+", alice.path)
    await expect(page.get_by_role("heading", level=1)).to_have_text("录像时对焦来回拉")
    assert '第二行：< & "引号"' in await alice.text()


async def test_saying_whether_it_is_fixed(phone_of: PhoneOf) -> None:
    alice = await phone_of("alice", javascript=False)
    page = alice.page
    assert await alice.open("/reports?reporter=alice&status=released") == 200
    await page.get_by_role("main").locator("a[href^='/reports/R-']").first.click()
    assert "更新到" in await alice.text()
    await page.get_by_text("换个版本，或补充几句").click()
    await page.get_by_label("看到了什么").fill("更新后试了二十次，都好。")
    assert await alice.send("好了") == 200
    assert "你确认已解决" in await alice.text()


async def test_saying_so_by_a_link(phone_of: PhoneOf) -> None:
    """From a mail, in a browser that knows nobody."""
    links = await verification_links(await phone_of("alice", javascript=False))
    link = list(links.values())[-1]
    somebody = await phone_of(None, javascript=False, language="en")
    page = somebody.page
    assert await somebody.open(link) == 200
    assert "好了吗？" in await somebody.text(), "alice reads Chinese, whatever the browser does"
    for name in ("好了", "还有", "说不准"):
        box = await page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["y"] + box["height"] < 740, "without scrolling"
    await page.get_by_text("还有的话，说说看到了什么").click()
    await page.get_by_label("看到了什么").fill("夜景下还是会")
    assert await somebody.send("说不准") == 200
    assert "记下了。什么时候确定了，再回来说。" in await somebody.text()
    await somebody.read_in("en")
    assert somebody.path.startswith("/v/"), "back to where it was"
    assert "you said: Can't tell" in await somebody.text()
    assert await somebody.send("Fixed") == 200
    assert "Good. Thanks for telling us." in await somebody.text()


async def test_finding_a_report(phone_of: PhoneOf) -> None:
    alice = await phone_of("alice", javascript=False)
    assert await alice.open("/reports") == 200
    await alice.page.get_by_role("searchbox").fill("没有人会这样写")
    assert await alice.send("找") == 200
    assert "没有人会这样写" in alice.page.url or "q=" in alice.path


async def test_choosing_what_to_hear(phone_of: PhoneOf) -> None:
    charlie = await phone_of("charlie", javascript=False, language="zh")
    page = charlie.page
    assert await charlie.open("/settings/notices") == 200
    await page.get_by_text("各个渠道收哪些").click()
    await page.get_by_role("group", name="邮件").get_by_label("更正").uncheck()
    await page.get_by_label("从", exact=False).fill("22:30")
    assert await charlie.send("保存") == 422
    assert "从几点到几点都要填" in await charlie.text()
    await page.get_by_label("到", exact=False).last.fill("08:00")
    assert await charlie.send("保存") == 200
    assert "已保存" in await charlie.text()
    await page.get_by_text("各个渠道收哪些").click()
    mail = page.get_by_role("group", name="邮件")
    await expect(mail.get_by_label("更正")).not_to_be_checked()
    await expect(mail.get_by_label("周五的消息")).to_be_checked()


async def test_changing_the_language_and_signing_out(phone_of: PhoneOf) -> None:
    alice = await phone_of("alice", javascript=False, language="en")
    assert await alice.open("/reports") == 200
    await expect(alice.page.locator("html")).to_have_attribute("lang", "en")
    await alice.read_in("zh")
    assert alice.path == "/reports", "back to where it was"
    await expect(alice.page.locator("html")).to_have_attribute("lang", "zh")
