"""Robots in a team's chat: what the group reads, and what the vendors' answers mean."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from tests.channels.messages import FRIDAY, send
from tests.channels.receiver import Always, Answer, Receiver, receiving
from tests.channels.team_chats import Chat, DingTalkChat, FeishuChat, WeComChat
from tracker.channels.base import Address, Outcome, Verdict
from tracker.channels.dingtalk import DingTalk
from tracker.channels.feishu import Feishu
from tracker.channels.robots import Robot
from tracker.channels.web import Web
from tracker.channels.wecom import WeCom
from tracker.errors import Invalid

TOKEN = "0b5c2f0e-9d1b-4c3a-8a52-6d1f1d9f0c11"
SECRET = "SEC0123456789abcdef/+secret"


@dataclass
class Place:
    channel: Robot
    chat: Chat
    receiver: Receiver

    def read(self, secret: str = "", token: str = TOKEN) -> Address:
        url = f"{self.receiver.url}{self.channel.path}{token}"
        return self.channel.read({"url": url, "secret": secret})

    @property
    def posted(self) -> list[dict[str, Any]]:
        return self.chat.groups[TOKEN]

    @property
    def reads(self) -> str:
        """The last message, as its vendor is given it."""
        body = self.posted[-1]
        if "content" in body:
            [page] = body["content"]["post"].values()
            return "\n".join([page["title"], *(part["text"] for [part] in page["content"])])
        shown = body["markdown"]
        return str(shown.get("content") or shown["text"])


@pytest_asyncio.fixture
async def chats() -> AsyncIterator[dict[str, Place]]:
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(Web(private=True))
        found = {}
        for robot, chat in ((Feishu, FeishuChat), (WeCom, WeComChat), (DingTalk, DingTalkChat)):
            receiver = await stack.enter_async_context(receiving())
            receiver.answer = server = chat(TOKEN)
            found[robot.name.value] = Place(robot(web, private=True), server, receiver)
        yield found


@pytest.fixture(params=["feishu", "wecom", "dingtalk"])
def place(request: pytest.FixtureRequest, chats: dict[str, Place]) -> Place:
    return chats[request.param]


async def test_a_group_reads_title_text_and_link(place: Place) -> None:
    assert (await send(place.channel, place.read())).verdict == Verdict.SENT
    assert FRIDAY.title in place.reads
    assert FRIDAY.text in place.reads
    assert "打开看看" in place.reads
    assert FRIDAY.url in str(place.posted)
    assert b"the-link-of-alice" not in place.receiver.got[0].body
    await send(place.channel, place.read(), language="en")
    assert "Open" in place.reads


@pytest.mark.parametrize("vendor", ["feishu", "dingtalk"])
async def test_a_signature(chats: dict[str, Place], vendor: str) -> None:
    place = chats[vendor]
    place.chat.secret_of[TOKEN] = SECRET
    assert (await send(place.channel, place.read(SECRET))).verdict == Verdict.SENT
    for other in ("", "SECof-another-robot"):
        outcome = await send(place.channel, place.read(other))
        assert outcome.verdict == Verdict.REFUSED
        assert "signature" in outcome.detail
        assert "SEC" not in outcome.detail
    assert len(place.posted) == 1


async def test_a_long_message_ends_with_whole_lines_and_the_link(place: Place) -> None:
    lines = [f"修复 {n:03}：打开“相机”后闪退 \\ 的问题" for n in range(900)]
    assert (await send(place.channel, place.read(), text="\n".join(lines))).verdict == Verdict.SENT
    shown = [line.strip() for line in place.reads.split("\n") if line.strip()]
    kept = [line for line in shown if line.startswith("修复")]
    assert kept == lines[: len(kept)]
    assert f"……还有 {900 - len(kept)} 行" in shown
    assert FRIDAY.url in str(place.posted[-1])
    size = len(place.receiver.got[-1].body)
    assert size > (3900 if place.channel.name == "wecom" else 19_800), (
        "as much as there is room for"
    )
    assert (await send(place.channel, place.read(), text="长" * 9000)).verdict == Verdict.SENT
    assert "长" * 1000 in place.reads
    assert "长…" in place.reads


async def test_nobody_calls_everybody_by_a_title(place: Place) -> None:
    text = '「<at user_id="all">x</at> <@all> [点我](https://evil.example.com) ![](x)」'
    assert (await send(place.channel, place.read(), text=text, title="[a](b)")).verdict == "sent"
    if place.channel.name != "feishu":
        assert "<" not in place.reads
        assert place.reads.count("](") == 1, "but the link to our page"
        assert "［点我］" in place.reads


async def test_a_keyword(chats: dict[str, Place]) -> None:
    for vendor in ("feishu", "dingtalk"):
        place = chats[vendor]
        place.chat.keyword = "橙色星期五"
        outcome = await send(place.channel, place.read())
        assert outcome.verdict == Verdict.REFUSED
        assert "keywords" in outcome.detail
        assert (await send(place.channel, place.read(), title="橙色星期五")).verdict == Verdict.SENT


async def test_a_robot_that_was_removed(place: Place) -> None:
    outcome = await send(place.channel, place.read(token="another-robots-token"))
    assert outcome.verdict == Verdict.GONE
    assert "another" not in outcome.detail


async def test_more_than_a_robot_may_post(place: Place) -> None:
    """Its own limits, which a lane keeps by the channel's."""
    place.chat.clock = lambda: 0.0
    outcomes = [await send(place.channel, place.read()) for _ in range(21)]
    most = place.chat.rates[0][0]
    assert [one.verdict for one in outcomes[:most]] == [Verdict.SENT] * most
    assert outcomes[most].verdict == Verdict.LATER
    for most, within in place.chat.rates:
        limits = place.channel.limits
        assert limits.at_once == 1
        assert within / limits.seconds_between <= most


@pytest.mark.parametrize(
    ("vendor", "code", "message", "seconds"),
    [
        ("feishu", 11232, "frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]", 5.0),
        ("feishu", 9499, "too many request", 5.0),
        ("wecom", 45009, "api freq out of limit", 60.0),
        ("dingtalk", 130101, "send too fast, exceed 20 times per minute", 600.0),
        ("dingtalk", 410100, "发送速度太快而限流", 600.0),
    ],
)
async def test_too_many(
    chats: dict[str, Place], vendor: str, code: int, message: str, seconds: float
) -> None:
    place = chats[vendor]
    place.chat.fails = (code, message)
    outcome = await send(place.channel, place.read())
    assert (outcome.verdict, outcome.retry_after) == (Verdict.LATER, seconds)
    assert not outcome.host_failed


@pytest.mark.parametrize(
    ("vendor", "code", "message", "verdict"),
    [
        ("feishu", 9499, "Bad Request", Verdict.REFUSED),
        ("feishu", 19022, "Ip Not Allowed", Verdict.REFUSED),
        ("wecom", 93000, "Invalid input : content exceed max length.", Verdict.REFUSED),
        ("wecom", 93008, "not in chat", Verdict.GONE),
        ("wecom", -1, "system busy", Verdict.LATER),
        ("dingtalk", 310000, "ip 203.0.113.7 not in whitelist", Verdict.REFUSED),
        ("dingtalk", 310000, "invalid timestamp", Verdict.REFUSED),
        ("dingtalk", 400013, "群已被解散", Verdict.GONE),
        ("dingtalk", 430104, "暴恐", Verdict.REFUSED),
        ("dingtalk", -1, "系统繁忙", Verdict.LATER),
    ],
)
async def test_http_200_with_an_error(
    chats: dict[str, Place], vendor: str, code: int, message: str, verdict: Verdict
) -> None:
    place = chats[vendor]
    place.chat.fails = (code, message)
    outcome = await send(place.channel, place.read())
    assert outcome.verdict == verdict
    assert str(code) in outcome.detail
    assert "203.0.113.7" not in outcome.detail


async def test_what_is_no_answer_of_the_vendor(place: Place) -> None:
    for answer, verdict in (
        (Answer(200, b"<html>somebody's proxy</html>"), Verdict.LATER),
        (Answer(200, b"{}"), Verdict.LATER),
        (Answer(502, b'{"code": 0, "errcode": 0}'), Verdict.LATER),
        (Answer(429, b""), Verdict.LATER),
        (Answer(404, b"<html>"), Verdict.REFUSED),
    ):
        place.receiver.answer = Always(answer)
        outcome = await send(place.channel, place.read())
        assert outcome.verdict == verdict, answer


async def test_each_robot_has_a_lane_of_its_own_and_its_secret_is_in_no_name(place: Place) -> None:
    one, other = place.read(), place.read(token="another-robots-token")
    assert place.channel.host(one) != place.channel.host(other)
    assert place.channel.key(one) != place.channel.key(other)
    assert place.channel.key(one) == place.channel.key(place.read())
    for address in (one, other):
        assert address["url"].rpartition("=")[2] not in place.channel.host(address)
        assert TOKEN not in place.channel.key(address)


OFFICIAL = {
    Feishu: "https://open.feishu.cn/open-apis/bot/v2/hook/0b5c2f0e-9d1b",
    WeCom: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0b5c2f0e-9d1b",
    DingTalk: "https://oapi.dingtalk.com/robot/send?access_token=0b5c2f0e9d1b",
}


@pytest.mark.parametrize("robot", OFFICIAL)
async def test_only_the_vendors_own_addresses_are_taken(robot: type[Robot]) -> None:
    official = OFFICIAL[robot]
    async with Web() as web:
        channel = robot(web, private=False)
        assert channel.read({"url": f" {official} "}) == {"url": official}
        more = "&timestamp=1&sign=x" if "?" in official else "?utm_source=x"
        assert channel.read({"url": official + more, "secret": ""}) == {"url": official}
        others = [url for kind, url in OFFICIAL.items() if kind is not robot]
        for wrong in (
            "",
            "robot",
            *others,
            official.replace("https", "http"),
            official.replace(".c", ".evil.c"),
            official.replace(".com/", ".com:8443/").replace(".cn/", ".cn:8443/"),
            official.replace("https://", "https://me:secret@"),
            official.rstrip("0123456789abcdef-"),
            "http://127.0.0.1" + channel.path + TOKEN,
        ):
            with pytest.raises(Invalid) as found:
                channel.read({"url": wrong})
            assert list(found.value.problems) == ["url"], wrong
        if channel.signs:
            with pytest.raises(Invalid) as found:
                channel.read({"url": "", "secret": "密钥"})
            assert list(found.value.problems) == ["url", "secret"]


async def test_the_guard_stands_before_robots_too(chats: dict[str, Place]) -> None:
    place = chats["feishu"]
    async with Web() as guarded:
        outcome: Outcome = await send(Feishu(guarded, private=False), place.read())
    assert outcome.verdict == Verdict.LATER
    assert place.receiver.connections == 0
