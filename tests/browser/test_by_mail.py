"""A Friday by e-mail: the address confirmed, the mail read, answered and ended, all by its links."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from tests.browser.phones import Phone, PhoneOf
from tests.browser.test_layout import AXE, LOOK, WCAG
from tests.browser.town import Town, built
from tests.channels.mailserver import MailServer, Received, mail_server
from tracker.settings import Settings
from tracker.timetable import Timetable

__all__ = ["mail_server"]

pytestmark = pytest.mark.browser

TIMETABLE = Timetable.of(Settings())


@pytest_asyncio.fixture
async def town(
    place: Path, data_with_programme: Path, mail_server: MailServer
) -> AsyncIterator[Town]:
    async with built(
        place,
        data_with_programme,
        TRACKER_SMTP_URL=mail_server.url,
        TRACKER_MAIL_FROM="橙色星期五 <beta@example.com>",
    ) as town:
        yield town


async def friday(alice: Phone, captain: Phone, town: Town) -> str:
    """A report of alice's, solved by a train that the captain has sent off."""
    assert await alice.open("/reports/new") == 200
    await alice.choose("哪里有问题？", "相机")
    await alice.page.get_by_label("一句话说清楚").fill("从锁屏打开相机后闪退")
    assert await alice.send("提交反馈") == 200
    found = re.match(r"/reports/(R-\d+)", alice.path)
    assert found is not None
    await town.triage("login", town.address, stdin=await town("token", "erin", "--name", "t"))
    made = await town.triage("propose", found[1], "--title", "锁屏与相机的启动顺序", "--json")
    train = TIMETABLE.coming(datetime.now(UTC))
    if TIMETABLE.freeze_at(train) <= datetime.now(UTC):
        train = TIMETABLE.following(train)
    await town.triage("fix", made.thing["id"], "--zh", "相机闪退", "--en", "Camera closed")
    build = f"{train:%y.%m.%d}-2"
    await town.triage(
        *("build", "add", "fuxi", build, "--ring", "closed", "--release", train.isoformat())
    )
    assert await captain.open(f"/releases/{train}/rehearsal") == 200
    assert await captain.send("发布…") == 200
    confirm = captain.page.get_by_role("region", name=re.compile("现在发布"))
    assert await captain.send("发布", within=confirm) == 200
    await town("tick")
    return found[1]


def link(letter: Received, kind: str) -> str:
    """The first of its links to an address like `/v/…`."""
    return next(one for one in letter.links() if f"/{kind}/" in one)


async def look(phone: Phone) -> None:
    """At what only comes by mail, and no other test finds."""
    await phone.signals(AXE.read_text("utf-8"))
    assert await phone.signals(LOOK, ["zh", WCAG]) == []


async def read(phone: Phone, letter: Received) -> None:
    """Open the mail, as a program does that keeps to what is in it."""
    await phone.page.set_content(letter.part("html").replace('lang="zh-CN"', 'lang="zh"'))
    await look(phone)


async def test_a_friday(town: Town, phone_of: PhoneOf, mail_server: MailServer) -> None:
    alice = await phone_of("alice", at=town.address)
    somebody = await phone_of(None, at=town.address)
    assert await alice.open("/settings/notices/email") == 200
    await alice.page.get_by_label("邮箱").fill("alice@example.com")
    assert await alice.send("添加") == 200
    assert "确认信已发出" in await alice.text()
    assert "还没确认" in await alice.text()
    [asking] = mail_server.letters
    await read(somebody, asking)
    assert await somebody.open(link(asking, "c")) == 200
    await look(somebody)
    assert await somebody.send("确认，是我的邮箱") == 200
    assert "邮箱已确认" in await somebody.text()
    await look(somebody)

    report = await friday(alice, await phone_of("cai", at=town.address), town)
    letter = mail_server.letters[-1]
    assert letter.to == "alice@example.com"
    assert "解决了" in letter.parsed["Subject"]
    mail = await phone_of(None, at=town.address)
    await read(mail, letter)
    await mail.page.emulate_media(color_scheme="dark")
    await look(mail)
    assert f"{report} · 已解决" in await mail.page.inner_text("body")
    card = mail.page.locator(".card").filter(has_text=report)
    async with mail.page.expect_navigation():
        await card.get_by_role("link", name="好了吗？回答一下").click()
    assert mail.path.startswith("/v/")
    assert await mail.send("好了") == 200
    await alice.open(f"/reports/{report}")
    assert "你确认已解决" in await alice.text()

    assert await somebody.open(link(letter, "u")) == 200
    await look(somebody)
    assert await somebody.send("不再收到") == 200
    assert "已经停了" in await somebody.text()
    await look(somebody)
    assert await alice.open("/settings/notices/email") == 200
    assert "alice@example.com" not in await alice.text()
    assert alice.troubles == somebody.troubles == mail.troubles == []
