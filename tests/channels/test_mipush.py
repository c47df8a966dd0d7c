"""Mi Push: what phones show, and what its answers mean."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from tests.channels.messages import FRIDAY, send
from tests.channels.mipush_server import CHANNEL, PACKAGE, SECRET, Failed, MiPushServer
from tests.channels.receiver import Always, Answer, Receiver, receiving
from tracker.channels.base import Outcome, Verdict
from tracker.channels.mipush import MiPush, shortened
from tracker.channels.web import Web
from tracker.errors import Invalid
from tracker.settings import Settings

REGISTRATION = "d//igwEhgBGCI2TG6lWqlBMwcvtQ0Ohcxz1gu+Pm="


@dataclass
class Place:
    channel: MiPush
    server: MiPushServer
    receiver: Receiver

    async def send(self, *ids: str, **changed: Any) -> list[Outcome]:
        """One message to phones, each with a key of its own."""
        return list(
            await self.channel.send(
                [
                    msgspec.structs.replace(
                        FRIDAY, key=f"n7-{n}", address={"registration_id": one}, **changed
                    )
                    for n, one in enumerate(ids)
                ]
            )
        )


def configured(url: str) -> Settings:
    return Settings(
        mipush_secret=SECRET, mipush_package=PACKAGE, mipush_channel=CHANNEL, mipush_url=url
    )


@pytest_asyncio.fixture
async def mipush() -> AsyncIterator[Place]:
    server = MiPushServer()
    async with receiving() as receiver, Web(private=True) as web:
        receiver.answer = server
        yield Place(MiPush(web, configured(receiver.url)), server, receiver)


async def test_a_friday_on_a_phone(mipush: Place) -> None:
    address = mipush.channel.read({"registration_id": f" {REGISTRATION}\n"})
    assert await send(mipush.channel, address) == Outcome(Verdict.SENT, "code 0")
    [shown] = mipush.server.phones[REGISTRATION].values()
    assert shown["title"] == FRIDAY.title
    assert shown["description"] == FRIDAY.text
    assert shown["extra.web_uri"] == FRIDAY.url
    assert shown["extra.channel_id"] == CHANNEL
    assert b"the-link-of-alice" not in mipush.receiver.got[0].body
    assert mipush.channel.host(address) == f"127.0.0.1:{mipush.receiver.port}"


async def test_a_thousand_phones_hear_the_same_in_one_call(mipush: Place) -> None:
    ids = [f"registration/{n:04}+{'x' * 40}=" for n in range(1000)]
    mipush.server.bad = set(ids[::2])
    outcomes = await mipush.send(*ids)
    assert len(mipush.receiver.got) == 1
    assert [one.verdict for one in outcomes] == [Verdict.GONE, Verdict.SENT] * 500
    assert len(mipush.server.phones) == 500


async def test_a_repeat_takes_the_place_of_what_it_repeats(mipush: Place) -> None:
    await mipush.send("phone-of-alice", "phone-of-bob")
    await mipush.send("phone-of-bob")
    assert len(mipush.server.calls) == 2
    assert len(mipush.server.phones["phone-of-bob"]) == 1, "in other company, with another key"
    await mipush.send("phone-of-bob", title="工程师想请你补充一点信息")
    assert len(mipush.server.phones["phone-of-bob"]) == 2


async def test_what_is_too_long_is_shortened(mipush: Place) -> None:
    for title, text in (("长" * 80, "x" * 300), ("🍊" * 60, "🍊" * 200), ("短", "")):
        [outcome] = await mipush.send("phone-of-alice", title=title, text=text)
        assert outcome.verdict == Verdict.SENT
    first, second, third = mipush.server.calls
    assert first["title"] == "长" * 48 + "…"
    assert first["description"] == "x" * 126 + "…"
    assert second["title"] == "🍊" * 24 + "…"
    assert third["description"] == "短", "it may not be empty"
    assert shortened("x" * 49, 49) == "x" * 49


async def test_a_registration_that_is_no_more(mipush: Place) -> None:
    mipush.server.bad = {"phone-of-alice"}
    [alone] = await mipush.send("phone-of-alice")
    assert alone.verdict == Verdict.GONE
    gone, well = await mipush.send("phone-of-alice", "phone-of-bob")
    assert (gone.verdict, well.verdict) == (Verdict.GONE, Verdict.SENT)
    assert "phone-of-alice" not in gone.detail
    mipush.server.fails = Failed(200001, "over quota", bad_regids="phone-of-alice")
    gone, well = await mipush.send("phone-of-alice", "phone-of-bob")
    assert (gone.verdict, well.verdict) == (Verdict.GONE, Verdict.LATER)


async def test_http_200_with_an_error(mipush: Place) -> None:
    for code, verdict, of_host, seconds, word in (
        (200001, Verdict.LATER, False, 3600.0, "quota"),
        (22022, Verdict.LATER, False, 30.0, "too many"),
        (21301, Verdict.LATER, True, None, "TRACKER_MIPUSH_SECRET"),
        (22006, Verdict.LATER, True, None, "TRACKER_MIPUSH_PACKAGE"),
        (10001, Verdict.LATER, True, None, "in trouble"),
        (10016, Verdict.REFUSED, False, None, "too long"),
        (20301, Verdict.LATER, False, None, "20301"),
        (99999, Verdict.LATER, False, None, "99999"),
    ):
        mipush.server.fails = Failed(code, "the reason")
        outcomes = await mipush.send("phone-of-alice", "phone-of-bob")
        assert len(outcomes) == 2
        for outcome in outcomes:
            assert (outcome.verdict, outcome.host_failed) == (verdict, of_host), code
            assert outcome.retry_after == seconds
            assert word in outcome.detail
            assert SECRET not in outcome.detail


async def test_no_answer_of_mi_push(mipush: Place) -> None:
    for answer, of_host in (
        (Answer(500, b"<html>"), True),
        (Answer(503, b'{"code": 0}'), True),
        (Answer(404, b"<html>"), True),
        (Answer(401, b""), True),
        (Answer(200, b"<html>a proxy's page</html>"), True),
        (Answer(200, b'["code"]'), True),
        (Answer(429, b"", {"Retry-After": "7"}), False),
    ):
        mipush.receiver.answer = Always(answer)
        for outcome in await mipush.send("phone-of-alice", "phone-of-bob"):
            assert outcome.verdict == Verdict.LATER, answer
            assert outcome.host_failed == of_host, answer
            assert outcome.retry_after == (7.0 if answer.status == 429 else None)


async def test_it_says_what_is_not_set_up() -> None:
    async with Web() as web:
        for settings, variable in (
            (Settings(), "TRACKER_MIPUSH_SECRET"),
            (Settings(mipush_secret=SECRET), "TRACKER_MIPUSH_PACKAGE"),
        ):
            problem = MiPush(web, settings).problem()
            assert problem is not None
            assert variable in problem.zh
            assert variable in problem.en
        assert MiPush(web, Settings(mipush_secret=SECRET, mipush_package=PACKAGE)).problem() is None


async def test_what_is_no_registration_id(mipush: Place) -> None:
    for typed, word in (("", "regId"), ("one-phone,another-phone", "复制"), ("x" * 201, "复制")):
        with pytest.raises(Invalid) as found:
            mipush.channel.read({"registration_id": typed})
        assert list(found.value.problems) == ["registration_id"]
        assert word in found.value.problems["registration_id"].zh
