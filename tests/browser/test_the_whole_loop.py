"""A report goes all the way: filed on a phone, triaged from a terminal, shipped on a Friday, told.

The server is a real `tracker serve`, the engineer's command the real `triage`, the tester's phone a
real browser. Only the Friday is passed in.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.async_api import expect

from tests.browser.phones import Phone, PhoneOf
from tests.browser.town import Town
from tracker.sample.weeks import Weeks
from tracker.settings import Settings
from tracker.timetable import Timetable

pytestmark = pytest.mark.browser

TIMETABLE = Timetable.of(Settings())
UNDO_WINDOW = Settings().undo_window

TITLE = "从锁屏打开相机后闪退"
STEPS = "1. 锁屏\n2. 从右下角滑动打开相机"
ACTUAL = "取景框出现后约一秒，回到锁屏"
LINE = "修复从锁屏打开相机后闪退的问题"
LINE_EN = "Camera closed when it was opened from the lock screen"


async def join(
    somebody: Phone, town: Town, handle: str, name: str, *, phone: str, build: str
) -> None:
    """By an F-code, and straight on to which phone it is."""
    link = await town("invite", "--role", "tester", "--note", name)
    assert await somebody.open(link) == 200
    assert "成为内测用户" in await somebody.text()
    await somebody.page.get_by_label("怎么称呼你").fill(name)
    await somebody.page.get_by_label("用户名").fill(handle)
    await somebody.page.get_by_label("密码").fill("每周五的下午五点")
    assert await somebody.send("加入") == 200
    assert somebody.path == "/settings/devices?welcome=1"
    await somebody.page.get_by_label("机型").fill(phone)
    await somebody.choose("通道", "内测")
    await somebody.page.get_by_label("现在的版本").fill(build)
    assert await somebody.send("加上这台手机") == 200
    assert f"{phone} 已加入" in await somebody.text()


async def file(somebody: Phone, *, forgetful: bool) -> str:
    """A report about the camera; its number. Somebody forgetful leaves the title out at first."""
    assert await somebody.touch("提交反馈") == 200
    page = somebody.page
    await somebody.choose("哪里有问题？", "相机")
    await somebody.choose("多久一次？", "每次")
    await somebody.choose("多严重？", "严重影响使用")
    await page.get_by_label("怎么复现").fill(STEPS)
    await page.get_by_label("实际怎样").fill(ACTUAL)
    if forgetful:
        assert await somebody.send("提交反馈") == 422
        summary = page.get_by_role("alert")
        await expect(summary).to_be_focused()
        await expect(summary).to_contain_text("还差一处")
        await summary.get_by_role("link").click()
        await expect(page.get_by_label("一句话说清楚")).to_be_focused()
        await expect(page.get_by_label("怎么复现")).to_have_value(STEPS)
        await expect(page.get_by_label("实际怎样")).to_have_value(ACTUAL)
        for answer in ("相机", "每次", "严重影响使用"):
            await expect(page.get_by_role("radio", name=answer, exact=True)).to_be_checked()
    await page.get_by_label("一句话说清楚").fill(TITLE)
    assert await somebody.send("提交反馈") == 200
    found = re.match(r"/reports/(R-\d+)", somebody.path)
    assert found is not None, somebody.path
    await expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    return found[1]


async def station(somebody: Phone, report: str) -> str:
    """Where the line on the report's page says it is."""
    assert await somebody.open(f"/reports/{report}") == 200
    progress = somebody.page.get_by_role("region", name="进度")
    return await progress.locator("[aria-current]").inner_text()


async def test_the_whole_loop(town: Town, phone_of: PhoneOf) -> None:
    mei = await phone_of(None, at=town.address)
    jun = await phone_of(None, at=town.address)
    newest = Weeks(TIMETABLE, datetime.now(UTC)).version(3)

    # Two testers join by code, each with another phone, and run into the same thing.
    await join(mei, town, "mei", "小美", phone="小米 12", build=newest)
    await join(jun, town, "jun", "阿俊", phone="小米 13", build=newest)
    report = await file(mei, forgetful=True)
    other = await file(jun, forgetful=False)
    assert "已提交" in await station(mei, report)

    # An engineer finds them in the inbox, gathers them, and asks.
    token = await town("token", "erin", "--name", "terminal")
    assert "as erin" in (await town.triage("login", town.address, stdin=token)).out
    inbox = (await town.triage("inbox", "--module", "camera", "--json")).things
    assert {report, other} <= {one["id"] for one in inbox}
    proposal = (
        await town.triage(
            *("propose", report, other, "--title", "Camera start races the keyguard", "--json"),
        )
    ).thing["id"]
    assert "已收录" in await station(mei, report)
    await town.triage("start", proposal)
    assert "处理中" in await station(mei, report)
    await town.triage("ask", report, "闪退之前，预览画面亮过吗？")

    # She is told once it can no longer be taken back, answers on her phone, and it goes on.
    await town("tick")
    assert await mei.open("/notices") == 200
    assert await mei.unread() == 0
    await town("tick", "--now", (datetime.now(UTC) + UNDO_WINDOW).isoformat())
    assert await mei.open("/notices") == 200
    assert await mei.unread() == 1
    assert "闪退之前，预览画面亮过吗？" in await mei.text()
    assert await mei.open(f"/reports/{report}") == 200
    await mei.page.get_by_label("你的回答").fill("亮过，大约半秒。")
    assert await mei.send("回答，继续") == 200
    assert "亮过，大约半秒。" in await mei.text()
    answered = (await town.triage("show", report, "--json")).thing
    assert answered["status"] == "in_progress"
    assert answered["messages"][-1]["text"] == "亮过，大约半秒。"
    await town("tick")
    assert await mei.open("/notices") == 200
    assert await mei.unread() == 0, "what she has answered she has read"

    # It is fixed for her phone, and the build for the next Friday that still takes it comes in.
    train = TIMETABLE.coming(datetime.now(UTC))
    if TIMETABLE.freeze_at(train) <= datetime.now(UTC):
        train = TIMETABLE.following(train)
    build = f"{train:%y.%m.%d}-1"
    await town.triage("fix", proposal, "--model", "cupid", "--zh", LINE, "--en", LINE_EN)
    assert "已修复" in await station(mei, report)
    await town.triage(
        *("build", "add", "cupid", build, "--ring", "closed", "--release", train.isoformat()),
        *("--built-on", (train - timedelta(days=1)).isoformat()),
    )
    draft = (await town.triage("friday", train.isoformat(), "preview", "--json")).thing
    assert proposal in {entry["proposal"] for entry in draft["entries"]}
    told = [message for message in draft["messages"] if report in message["reports"]]
    assert [message["person"] for message in told] == ["mei"]
    assert LINE in (await town.triage("friday", train.isoformat(), "preview")).out

    # Friday.
    await town("tick", "--now", TIMETABLE.publish_at(train).isoformat())
    await she_is_told(mei, report, train, build)
    await he_is_not(jun, other, report, build)
    await others_see_nothing(await phone_of("charlie", at=town.address), report, proposal)
    assert [phone.troubles for phone in (mei, jun)] == [[], []]


async def she_is_told(mei: Phone, report: str, train: date, build: str) -> None:
    """By a count, a notice, the last station of the line, and her line in the post."""
    assert await mei.open("/") == 200
    assert TITLE in await mei.text()
    assert await mei.unread() == 1
    assert await mei.open("/notices") == 200
    news = mei.page.get_by_role("listitem").filter(has_text=build)
    await news.get_by_role("link", name="你的反馈解决了").click()
    await expect(mei.page.get_by_role("heading", level=1)).to_have_text("你的反馈解决了")
    assert TITLE in await mei.text()
    assert await mei.unread() == 0

    assert "已解决" in await station(mei, report)
    assert f"已在 {build} 解决" in await mei.text()

    assert await mei.open(f"/releases/{train}") == 200
    line = mei.page.get_by_role("listitem").filter(has_text=LINE.removeprefix("修复"))
    # The tag beside it says what kind of change it is.
    await expect(line.first).to_contain_text("修复")
    await expect(line.first).to_contain_text("来自你的反馈")
    assert build in await mei.text()
    await mei.open(f"/reports/{report}")
    assert await mei.send("好了") == 200
    assert "你确认已解决" in await mei.text()


async def he_is_not(jun: Phone, other: str, report: str, build: str) -> None:
    """On another model: no notice of it, and his report waits where it was."""
    assert "处理中" in await station(jun, other)
    assert build not in await jun.text()
    assert await jun.unread() == 0
    assert await jun.open("/notices") == 200
    assert TITLE not in await jun.text()
    # The report of the other tester is there to be read: both are in the closed beta.
    assert await jun.open(f"/reports/{report}") == 200


async def others_see_nothing(charlie: Phone, report: str, proposal: str) -> None:
    """A fan outside the closed beta reads the post, and finds nothing of the rest."""
    closed = (
        *("/reports", "/reports/new", f"/reports/{report}", "/devices", "/devices/fuxi"),
        *("/proposals", f"/proposals/{proposal}"),
    )
    found = {path: await charlie.open(path) for path in closed}
    assert found == dict.fromkeys(closed, 404)
    assert await charlie.open("/releases") == 200
    assert TITLE not in await charlie.text()
