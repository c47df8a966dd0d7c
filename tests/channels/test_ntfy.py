"""ntfy: what a subscriber of a topic sees, and what the server's answers mean."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec
import pytest
import pytest_asyncio

from tests.channels.messages import FRIDAY, send
from tests.channels.ntfy_server import NtfyServer, Refused
from tests.channels.receiver import Always, Answer, Receiver, receiving
from tracker.channels.base import Address, Line, Outcome, Verdict
from tracker.channels.ntfy import NOT_A_TOPIC, Ntfy
from tracker.channels.web import Web
from tracker.errors import Invalid

TOPIC = "orange-friday-k7Qx2"


@dataclass
class Place:
    channel: Ntfy
    server: NtfyServer
    receiver: Receiver

    def read(self, **form: str) -> Address:
        topic = f"{self.receiver.url}/{form.pop('topic', TOPIC)}"
        return self.channel.read({"topic": topic, **form})

    def seen(self, topic: str = TOPIC) -> list[dict[str, object]]:
        return list(self.server.topics.get(topic, {}).values())


@pytest_asyncio.fixture
async def ntfy() -> AsyncIterator[Place]:
    server = NtfyServer()
    async with receiving() as receiver, Web(private=True) as web:
        receiver.answer = server
        yield Place(Ntfy(web, private=True), server, receiver)


async def test_a_friday_on_a_topic(ntfy: Place) -> None:
    assert await send(ntfy.channel, ntfy.read()) == Outcome(Verdict.SENT, "HTTP 200")
    assert ntfy.seen() == [
        {
            "topic": TOPIC,
            "title": "你的 2 个反馈解决了",
            "message": f"{FRIDAY.text}\n\nR-1 打开相机后闪退\nR-2 夜景发绿",
            "priority": 3,
            "tags": ["orange_circle"],
            "click": "https://beta.example.com/releases/2026-11-27",
            "actions": [
                {"action": "view", "label": "R-1", "url": "https://beta.example.com/reports/R-1"},
                {"action": "view", "label": "R-2", "url": "https://beta.example.com/reports/R-2"},
            ],
            "sequence_id": "n7-3",
        }
    ]
    assert b"the-link-of-alice" not in ntfy.receiver.got[0].body, "a topic may have other readers"


async def test_a_repeat_takes_the_place_of_what_it_repeats(ntfy: Place) -> None:
    for _ in range(2):
        await send(ntfy.channel, ntfy.read())
    assert len(ntfy.receiver.got) == 2
    assert len(ntfy.seen()) == 1
    await send(ntfy.channel, ntfy.read(), key="n8-3")
    assert len(ntfy.seen()) == 2


async def test_alarms_are_louder(ntfy: Place) -> None:
    await send(ntfy.channel, ntfy.read(), kind="severe", lines=())
    [alarm] = ntfy.seen()
    assert (alarm["priority"], alarm["tags"]) == (4, ["warning"])
    assert alarm["message"] == FRIDAY.text


async def test_what_is_too_long_is_shortened(ntfy: Place) -> None:
    many = tuple(
        Line(f"R-{n}", "很长的标题" * 10, "", f"https://x.example.com/{n}") for n in range(99)
    )
    await send(ntfy.channel, ntfy.read(), lines=many)
    await send(ntfy.channel, ntfy.read(), key="n9-3", text="x" + "长" * 2000, lines=())
    for one in ntfy.seen():
        message = str(one["message"])
        assert 4090 <= len(message.encode()) <= 4096
        assert message.endswith("…")
        assert "\ufffd" not in message
    assert len(ntfy.seen()) == 2


async def test_a_closed_topic_takes_an_access_token(ntfy: Place) -> None:
    ntfy.server.tokens[TOPIC] = {"tk_of_alice"}
    opened = await send(ntfy.channel, ntfy.read(token="tk_of_alice"))
    assert opened.verdict == Verdict.SENT
    without = await send(ntfy.channel, ntfy.read(), key="n8-3")
    assert without.verdict == Verdict.REFUSED
    assert "without an access token" in without.detail
    other = await send(ntfy.channel, ntfy.read(token="tk_of_bob"), key="n9-3")
    assert other.verdict == Verdict.REFUSED
    assert "with this access token" in other.detail
    assert "tk_of_bob" not in other.detail
    assert len(ntfy.seen()) == 1


async def test_too_many(ntfy: Place) -> None:
    ntfy.server.tokens[TOPIC] = {"tk_of_alice"}
    often = Refused(429, 42901, "limit reached: too many requests")
    daily = Refused(429, 42908, "limit reached: daily message quota reached")
    ours, alices = ntfy.read(topic="open"), ntfy.read(token="tk_of_alice")
    for refused, address, seconds in (
        (often, ours, 5.0),
        (often, alices, 5.0),
        (daily, ours, 3600.0),
        (daily, alices, None),
    ):
        ntfy.server.limit = refused
        outcome = await send(ntfy.channel, address)
        assert (outcome.verdict, outcome.retry_after) == (Verdict.LATER, seconds)
        assert not outcome.host_failed, "the server is well"
    ntfy.receiver.answer = Always(Answer(429, b"[]", {"Retry-After": "90"}))
    assert (await send(ntfy.channel, ours)).retry_after == 90.0
    for body in (b"\xff not JSON", b'{"code": "\xff"}', b"[" * 100_000):
        ntfy.receiver.answer = Always(Answer(429, body))
        assert (await send(ntfy.channel, ours)).retry_after == 5.0


@pytest.mark.parametrize(
    ("status", "verdict", "host_failed"),
    [
        (301, Verdict.REFUSED, False),
        (400, Verdict.REFUSED, False),
        (404, Verdict.LATER, True),
        (410, Verdict.GONE, False),
        (413, Verdict.REFUSED, False),
        (500, Verdict.LATER, True),
        (502, Verdict.LATER, True),
        (507, Verdict.LATER, True),
    ],
)
async def test_other_answers(ntfy: Place, status: int, verdict: Verdict, host_failed: bool) -> None:
    ntfy.receiver.answer = Always(Answer(status))
    outcome = await send(ntfy.channel, ntfy.read())
    assert (outcome.verdict, outcome.host_failed) == (verdict, host_failed)


async def test_what_the_server_would_not_take_is_noticed(ntfy: Place) -> None:
    """The stub is one that refuses."""
    address = ntfy.read() | {"topic": "docs"}
    outcome = await send(ntfy.channel, address)
    assert outcome == Outcome(Verdict.REFUSED, "HTTP 400")
    crooked = msgspec.structs.replace(FRIDAY.lines[0], url="javascript:alert(1)")
    assert (await send(ntfy.channel, ntfy.read(), lines=(crooked,))).detail == "HTTP 400"


@pytest.mark.parametrize(
    ("typed", "server", "topic"),
    [
        (TOPIC, "https://ntfy.sh", TOPIC),
        (f" {TOPIC} ", "https://ntfy.sh", TOPIC),
        (f"https://ntfy.example.com/{TOPIC}", "https://ntfy.example.com", TOPIC),
        (f"https://NTFY.example.com:8443/{TOPIC}/", "https://ntfy.example.com:8443", TOPIC),
        (f"ntfy.sh/{TOPIC}", "https://ntfy.sh", TOPIC),
        (f"https://ntfy.sh/{TOPIC}?x=1#y", "https://ntfy.sh", TOPIC),
    ],
)
def test_a_topic_is_typed_with_its_server_or_without(typed: str, server: str, topic: str) -> None:
    ntfy = Ntfy(Web(), private=False)
    address = ntfy.read({"topic": typed, "token": ""})
    assert address == {"server": server, "topic": topic, "token": ""}
    assert ntfy.key(address) == f"{server}/{topic}"
    assert ntfy.host(address) == server.removeprefix("https://")


@pytest.mark.parametrize(
    ("form", "field", "says"),
    [
        ({}, "topic", "Give a topic"),
        ({"topic": "https://ntfy.sh/"}, "topic", "Give a topic"),
        ({"topic": "my topic"}, "topic", "letters, digits"),
        ({"topic": "主题"}, "topic", "letters, digits"),
        ({"topic": "a" * 65}, "topic", "at most 64"),
        ({"topic": "https://ntfy.sh/a/b"}, "topic", "letters, digits"),
        ({"topic": "http://ntfy.example.com/a"}, "topic", "begin with https://"),
        ({"topic": "https://192.168.1.7/a"}, "topic", "not on the public internet"),
        ({"topic": "localhost/a"}, "topic", "not on the public internet"),
        ({"topic": "https://alice:pw@ntfy.sh/a"}, "topic", "before the @"),
        ({"topic": "a", "token": "tk one"}, "token", "no spaces"),
        ({"topic": "a", "token": "tk\r\nX-Evil: 1"}, "token", "no spaces"),
    ],
)
def test_what_cannot_be_a_topic_is_told_at_once(
    form: dict[str, str], field: str, says: str
) -> None:
    with pytest.raises(Invalid) as refused:
        Ntfy(Web(), private=False).read(form)
    assert list(refused.value.problems) == [field]
    assert says in refused.value.problems[field].en


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        Ntfy(Web(), private=False).read({"topic": "", "token": "a b"})
    assert list(refused.value.problems) == ["topic", "token"]


@pytest.mark.parametrize("typed", ["two words", "has space/and", "中文", "a" * 65])
def test_what_is_no_topic_is_called_that(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        Ntfy(Web(), private=False).read({"topic": typed, "token": ""})
    assert refused.value.problems == {"topic": NOT_A_TOPIC}
