"""A Friday as its captain has it: rehearsed, held, published, answered, and put right in public."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from playwright.async_api import Locator, expect

from tests.browser.links import verification_links
from tests.browser.phones import Phone, PhoneOf
from tests.browser.town import Town
from tracker.settings import Settings
from tracker.timetable import Timetable

pytestmark = pytest.mark.browser

TIMETABLE = Timetable.of(Settings())

LINE = "从锁屏打开相机不再闪退，连开二十次也一样"
LINE_EN = "Camera opens from the lock screen, twenty times in a row"
WHY = "闹钟的问题还在查"
WRONG = "低温下仍然会闪退，正在重新修复"
WRONG_EN = "It still closes in the cold; it is being fixed anew"


async def aboard(alice: Phone, town: Town) -> tuple[str, str, date]:
    """A report of alice's, the proposal that fixes it, and the train that brings it."""
    assert await alice.open("/reports/new") == 200
    await alice.choose("哪里有问题？", "相机")
    await alice.page.get_by_label("一句话说清楚").fill("从锁屏打开相机后闪退")
    await alice.page.get_by_label("实际怎样").fill("一秒后回到锁屏")
    assert await alice.send("提交反馈") == 200
    found = re.match(r"/reports/(R-\d+)", alice.path)
    assert found is not None
    await town.triage("login", town.address, stdin=await town("token", "erin", "--name", "t"))
    made = await town.triage("propose", found[1], "--title", "锁屏与相机的启动顺序", "--json")
    proposal = made.thing["id"]
    train = TIMETABLE.coming(datetime.now(UTC))
    if TIMETABLE.freeze_at(train) <= datetime.now(UTC):
        train = TIMETABLE.following(train)
    await town.triage("fix", proposal, "--zh", "相机闪退")
    build = f"{train:%y.%m.%d}-2"
    await town.triage(
        *("build", "add", "fuxi", build, "--ring", "closed", "--release", train.isoformat())
    )
    return found[1], proposal, train


def line_of(captain: Phone, proposal: str) -> Locator:
    return captain.page.locator(f"li#{proposal}")


async def test_a_friday(town: Town, phone_of: PhoneOf) -> None:
    alice = await phone_of("alice", at=town.address)
    captain = await phone_of("cai", at=town.address)
    somebody = await phone_of(None, at=town.address)
    report, proposal, train = await aboard(alice, town)
    rehearsal = f"/releases/{train}/rehearsal"

    # She looks at Friday as it would be, and puts into words what has none.
    assert await captain.open(rehearsal) == 200
    assert f"{proposal} 缺英文更新说明" in await captain.text()
    await expect(captain.page.get_by_role("button", name="发布…")).to_be_disabled()
    line = line_of(captain, proposal)
    await line.get_by_text("改这一条").click()
    await line.get_by_label("中文").fill(LINE)
    await line.get_by_label("English").fill(LINE_EN)
    assert await captain.send("保存", within=line) == 200
    assert "缺英文更新说明" not in await captain.text()
    await expect(line).to_contain_text(LINE)
    await expect(line).to_contain_text(LINE_EN)
    await captain.page.get_by_text("逐条看").click()
    told = captain.page.get_by_role("listitem").filter(has_text="alice").last
    await told.get_by_text("alice").click()
    await expect(told).to_contain_text(report)

    # She holds the train; its time comes and goes.
    await captain.page.get_by_label("为什么").fill(WHY)
    assert await captain.send("暂缓发车") == 200
    assert f"这班车已暂缓：{WHY}" in await captain.text()
    await town("tick", "--now", TIMETABLE.publish_at(train).isoformat())
    assert await somebody.open(f"/releases/{train}") == 404
    assert await captain.open(rehearsal) == 200
    assert await captain.send("放行") == 200
    assert "这班车已暂缓" not in await captain.text()

    # She publishes, told first what that does.
    assert await captain.send("发布…") == 200
    assert "发出去的收不回来" in await captain.text()
    confirm = captain.page.get_by_role("region", name=re.compile("现在发布"))
    assert await captain.send("发布", within=confirm) == 200
    assert captain.path == f"/releases/{train}"
    await town("tick")
    assert await somebody.open(f"/releases/{train}") == 200
    assert LINE in await somebody.text()

    # Alice answers from the link in her notice, in a browser that does not know her.
    link = (await verification_links(alice))[report]
    assert await somebody.open(link) == 200
    assert "从锁屏打开相机后闪退" in await somebody.text()
    assert await somebody.send("好了") == 200
    await alice.open(f"/reports/{report}")
    assert "你确认已解决" in await alice.text()

    # It comes out that the line is wrong: it is taken back where everybody reads it.
    assert await captain.open(rehearsal) == 200
    line = captain.page.get_by_role("listitem").filter(has_text=LINE)
    await line.get_by_text("更正这一条").click()
    await line.get_by_label("原因，中文").fill(WRONG)
    await line.get_by_label("原因，英文").fill("  ")
    assert await captain.send("更正", within=line) == 422
    await expect(line.get_by_label("原因，中文")).to_have_value(WRONG)
    await line.get_by_label("原因，英文").fill(WRONG_EN)
    assert await captain.send("更正", within=line) == 200
    assert await somebody.open(f"/releases/{train}") == 200
    struck = somebody.page.get_by_role("listitem").filter(has_text=LINE)
    await expect(struck).to_contain_text(WRONG)
    await expect(struck.locator("del, s")).to_have_count(1)
    await town("tick")
    await alice.open("/notices")
    assert "更正：之前说已解决的问题还在" in await alice.text()
    await alice.open(f"/reports/{report}")
    assert "工程师正在修复" in await alice.text()
    assert [phone.troubles for phone in (alice, captain, somebody)] == [[], [], []]
