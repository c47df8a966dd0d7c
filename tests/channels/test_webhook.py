"""Webhooks: what receivers get, by which they know it is ours, and what their answers mean."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import pytest_asyncio
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from tests.channels.messages import FRIDAY, send
from tests.channels.receiver import Always, Answer, Receiver, receiving
from tracker.channels.base import Address, Outcome, Verdict
from tracker.channels.web import Web
from tracker.channels.webhook import Webhook
from tracker.errors import Invalid


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest_asyncio.fixture
async def webhook() -> AsyncIterator[Webhook]:
    async with Web(private=True) as web:
        yield Webhook(web, private=True)


@pytest.fixture
def address(webhook: Webhook, receiver: Receiver) -> Address:
    return webhook.read({"url": f"{receiver.url}/hook?for=alice"})


async def test_a_receiver_can_tell_that_it_is_ours(
    webhook: Webhook, receiver: Receiver, address: Address
) -> None:
    assert (await send(webhook, address)).verdict == Verdict.SENT
    [got] = receiver.got
    assert (got.method, got.path) == ("POST", "/hook?for=alice")
    assert got.headers["content-type"] == "application/json"
    assert Verifier(address["secret"]).verify(got.body, got.headers) == {
        "type": "notice.friday",
        "timestamp": "2026-11-24T02:00:00Z",
        "data": {
            "title": FRIDAY.title,
            "text": FRIDAY.text,
            "url": FRIDAY.url,
            "language": "zh",
            "reports": [
                {
                    "id": line.report,
                    "title": line.title,
                    "status": line.says,
                    "url": line.url,
                    "verify": line.verify or None,
                }
                for line in FRIDAY.lines
            ],
        },
    }
    another = webhook.read({"url": address["url"]})
    with pytest.raises(WebhookVerificationError):
        Verifier(another["secret"]).verify(got.body, got.headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(address["secret"]).verify(got.body + b" ", got.headers)


def test_a_secret_is_one_that_libraries_know(webhook: Webhook, address: Address) -> None:
    prefix, _, rest = address["secret"].partition("_")
    assert prefix == "whsec"
    assert len(base64.b64decode(rest, validate=True)) == 24
    assert webhook.key(webhook.read({"url": address["url"]})) == webhook.key(address)


async def test_a_repeat_is_the_same_message_at_another_time(
    webhook: Webhook, receiver: Receiver, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.answer = Always(Answer(500))
    for _ in range(2):
        assert (await send(webhook, address)).verdict == Verdict.LATER
    await send(webhook, address, key="n8-3")
    first, again = receiver.got[:2]
    assert again.body == first.body
    ids = [one.headers["webhook-id"] for one in receiver.got]
    assert ids == ["n7-3", "n7-3", "n8-3"]
    for one in receiver.got:
        assert Verifier(address["secret"]).verify(one.body, one.headers)
        at = datetime.fromtimestamp(int(one.headers["webhook-timestamp"]), UTC)
        assert abs(datetime.now(UTC) - at) < timedelta(minutes=1), "of this try, not of the notice"


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_any_success_is_one(
    webhook: Webhook, receiver: Receiver, address: Address, status: int
) -> None:
    receiver.answer = Always(Answer(status))
    assert await send(webhook, address) == Outcome(Verdict.SENT, f"HTTP {status}")


@pytest.mark.parametrize(
    ("status", "host_failed"),
    [
        (301, False),
        (307, False),
        (400, False),
        (401, False),
        (404, False),
        (413, False),
        (422, False),
        (500, True),
        (502, True),
        (503, True),
        (504, True),
    ],
)
async def test_every_failure_but_one_is_tried_again(
    webhook: Webhook, receiver: Receiver, address: Address, status: int, host_failed: bool
) -> None:
    elsewhere = {"Location": f"{receiver.url}/elsewhere"} if status < 400 else {}
    receiver.answer = Always(Answer(status, b"secrets of theirs", elsewhere))
    outcome = await send(webhook, address)
    assert outcome == Outcome(Verdict.LATER, f"HTTP {status}", None, host_failed)
    assert len(receiver.got) == 1, "a redirect is not followed"


async def test_who_is_gone_is_left_alone(
    webhook: Webhook, receiver: Receiver, address: Address
) -> None:
    receiver.answer = Always(Answer(410))
    assert (await send(webhook, address)).verdict == Verdict.GONE


async def test_who_asks_for_time_gets_it(
    webhook: Webhook, receiver: Receiver, address: Address
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    date = {"Date": format_datetime(now, usegmt=True)}
    in_a_minute = {"Retry-After": format_datetime(now + timedelta(minutes=1), usegmt=True)}
    for headers, seconds in (
        ({}, 1.0),
        ({"Retry-After": "30"}, 30.0),
        (date | in_a_minute, 60.0),
        ({"Retry-After": "999999"}, 3600.0),
        ({"Retry-After": f"Fri, 27 Nov {'9' * 20} 09:00:00 GMT"}, 1.0),
        ({"Retry-After": "soon"}, 1.0),
    ):
        receiver.answer = Always(Answer(429, headers=headers))
        outcome = await send(webhook, address)
        assert outcome == Outcome(Verdict.LATER, "HTTP 429", seconds, host_failed=False)
    receiver.answer = Always(Answer(503, headers={"Retry-After": "30"}))
    assert (await send(webhook, address)).retry_after == 30.0


async def test_a_long_message_is_whole(
    webhook: Webhook, receiver: Receiver, address: Address
) -> None:
    await send(webhook, address, text="长" * 50_000)
    assert json.loads(receiver.got[0].body)["data"]["text"] == "长" * 50_000


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "Give the address that receives notices"),
        ("http://example.com/hook", "begin with https://"),
        ("https://192.168.1.7/hook", "not on the public internet"),
        ("https://alice:secret@example.com/hook", "leave out what is before the @"),
        ("https://" + "a" * 2000, "too long"),
    ],
)
def test_what_cannot_be_a_webhook_is_told_at_once(url: str, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        Webhook(Web(), private=False).read({"url": url})
    assert list(refused.value.problems) == ["url"]
    assert says in refused.value.problems["url"].en


def test_hosts_and_places(webhook: Webhook) -> None:
    one = webhook.read({"url": "https://Hooks.example.com:8443/a"})
    two = webhook.read({"url": "https://hooks.example.com:8443/b"})
    assert webhook.host(one) == webhook.host(two) == "hooks.example.com:8443"
    assert webhook.key(one) != webhook.key(two)
