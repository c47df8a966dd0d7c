"""Web Push: what push services get, by which they know us, and what their answers mean."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import AsyncIterator

import msgspec
import pytest
import pytest_asyncio
from py_vapid import jwt

from tests.channels.messages import FRIDAY, send
from tests.channels.push_service import DAY, PushService, Subscriber
from tests.channels.receiver import Answer, Receiver, receiving
from tracker.channels.base import Outcome, Verdict, later
from tracker.channels.vapid import GOOD_FOR, ORIGINS, Vapid, new_private_key, subject_of
from tracker.channels.web import UNREACHABLE, Web
from tracker.channels.webpush import LESS_BYTES, MOST_BYTES, WORTH_KEEPING, WebPush, message_of
from tracker.errors import Invalid
from tracker.settings import Settings

PRIVATE = new_private_key()
KEY = Vapid(PRIVATE, subject="").public_key


async def key() -> str:
    return PRIVATE


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
def service(receiver: Receiver) -> PushService:
    receiver.answer = PushService(receiver.url)
    return receiver.answer


@pytest.fixture
def phone(service: PushService) -> Subscriber:
    return service.subscribe(KEY)


@pytest_asyncio.fixture
async def webpush() -> AsyncIterator[WebPush]:
    async with Web(private=True) as web:
        yield WebPush(web, private=True, key=key, subject="mailto:beta@example.com")


async def test_what_a_push_service_gets(
    webpush: WebPush, service: PushService, phone: Subscriber
) -> None:
    assert (await send(webpush, webpush.read(phone.form))).verdict == Verdict.SENT, service.said
    [got], [message] = phone.heard, phone.messages
    assert got.headers["content-encoding"] == "aes128gcm"
    assert got.headers["ttl"] == str(3 * DAY) == str(WORTH_KEEPING)
    assert got.headers["urgency"] == "normal"
    assert message == {
        "title": FRIDAY.title,
        "body": f"{FRIDAY.text}\n\n打开相机后闪退：已在 26.11.27 解决\n夜景发绿：已在 26.11.27 解决",
        "url": "/releases/2026-11-27",
        "tag": "n7-3",
        "lang": "zh-CN",
        "at": int(FRIDAY.at.timestamp() * 1000),
    }
    for word in ("闪退".encode(), b"n7-3", b"releases"):
        assert word not in got.body
        assert word.decode() not in str(got.headers)


@pytest.mark.parametrize("kind", ["severe", "blocked"])
async def test_an_alarm_wakes_the_phone(webpush: WebPush, phone: Subscriber, kind: str) -> None:
    await send(webpush, webpush.read(phone.form), kind=kind)
    assert phone.heard[0].headers["urgency"] == "high"


async def test_a_repeat_takes_the_place_of_what_it_repeats(
    webpush: WebPush, phone: Subscriber
) -> None:
    address = webpush.read(phone.form)
    for _ in range(2):
        await send(webpush, address)
    assert len(phone.messages) == 1
    await send(webpush, address, key="n8-3")
    assert len(phone.messages) == 2
    first, again, _ = phone.heard
    assert first.body != again.body, "with keys of its own each time"


async def test_a_push_service_knows_who_sends(
    webpush: WebPush, receiver: Receiver, service: PushService, phone: Subscriber
) -> None:
    other = service.subscribe(KEY)
    for browser in (phone, other, phone):
        await send(webpush, webpush.read(browser.form))
    headers = {one.headers["authorization"] for one in receiver.got}
    assert len(headers) == 1, "signed once for all of an origin"
    token, k = headers.pop().removeprefix("vapid t=").split(", k=")
    assert k == KEY
    claims = jwt.decode(token, KEY)
    assert set(claims) == {"aud", "exp", "sub"}
    assert claims["aud"] == receiver.url, "its origin: no path, no slash"
    assert claims["sub"] == "mailto:beta@example.com"
    assert abs(claims["exp"] - time.time() - GOOD_FOR) < 60
    assert json.loads(base64.b64decode(token.split(".")[0] + "==")) == {
        "typ": "JWT",
        "alg": "ES256",
    }


def test_what_is_signed_is_signed_anew_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    ours = Vapid(PRIVATE, subject="https://beta.example.com")
    signed = []
    for _ in range(48):
        header = ours.authorization("https://push.example").header
        claims = jwt.decode(header.removeprefix("vapid t=").split(", ")[0], KEY)
        assert now + GOOD_FOR / 2 <= claims["exp"] <= now + DAY
        signed.append(header)
        now += 3600
    assert len(set(signed)) == 8
    now -= DAY
    header = ours.authorization("https://push.example").header
    claims = jwt.decode(header.removeprefix("vapid t=").split(", ")[0], KEY)
    assert claims["exp"] <= now + DAY, "a clock that was set back"


def test_everybody_may_name_another_push_service() -> None:
    ours = Vapid(PRIVATE, subject="https://beta.example.com")
    for n in range(ORIGINS + 10):
        ours.authorization(f"https://{n}.example")
    assert len(ours._kept) == ORIGINS


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        ({"contact": "mailto:beta@example.org"}, "mailto:beta@example.org"),
        (
            {"contact": "mailto:beta@example.org", "base_url": "https://beta.example.org"},
            "mailto:beta@example.org",
        ),
        ({"base_url": "https://beta.example.org"}, "https://beta.example.org"),
        ({}, "mailto:orange-friday@example.com"),
    ],
)
def test_whom_a_push_service_may_write_to(given: dict[str, str], subject: str) -> None:
    environment = {f"TRACKER_{name.upper()}": value for name, value in given.items()}
    assert subject_of(Settings.from_environment(environment)) == subject


@pytest.mark.parametrize("text", ["长😀" * 3000, '"\\\n' * 3000, "\x00" * 5000])
async def test_what_is_too_long_loses_its_end(
    webpush: WebPush, phone: Subscriber, text: str
) -> None:
    address = webpush.read(phone.form)
    assert (await send(webpush, address, text=text, lines=())).verdict == Verdict.SENT
    body = phone.messages[0]["body"]
    assert body.endswith("…")
    assert text.startswith(body[:-1])
    assert len(phone.heard[0].body) <= 4096


def test_no_more_is_left_out_than_has_to_be() -> None:
    def sized(text: str, most: int = MOST_BYTES, title: str = "标题") -> bytes:
        out = msgspec.structs.replace(FRIDAY, text=text, title=title, lines=())
        return message_of(out, most)

    rest = len(sized(""))
    whole = "a" * (MOST_BYTES - rest)
    assert len(sized(whole)) == MOST_BYTES
    assert json.loads(sized(whole))["body"] == whole
    assert json.loads(sized(whole + "a"))["body"] == whole[:-3] + "…"
    for most in range(600, 700):
        text = sized("长😀" * 3000, most)
        assert most - 12 < len(text) <= most
        assert set(json.loads(text)["body"]) == set("长😀…"), "no half of a character"
    assert len(sized("a", title="长" * 3000)) <= MOST_BYTES


async def test_a_push_service_that_takes_less_gets_less(
    webpush: WebPush, receiver: Receiver, service: PushService, phone: Subscriber
) -> None:
    address = webpush.read(phone.form)
    service.most = 2048
    assert (await send(webpush, address, text="长" * 3000)).verdict == Verdict.SENT
    assert [answer.status for answer in service.said] == [413, 201]
    assert 1000 < len(phone.heard[0].body) < LESS_BYTES + 200
    service.most = 100
    outcome = await send(webpush, address)
    assert outcome == Outcome(Verdict.REFUSED, "HTTP 413")
    assert len(receiver.got) == 4, "once more, and no more than that"


@pytest.mark.parametrize("status", [200, 201, 202])
async def test_any_success_is_one(
    webpush: WebPush, service: PushService, phone: Subscriber, status: int
) -> None:
    service.instead = Answer(status)
    assert (await send(webpush, webpush.read(phone.form))).verdict == Verdict.SENT


@pytest.mark.parametrize("status", [404, 410])
async def test_who_is_gone_is_gone(
    webpush: WebPush, service: PushService, phone: Subscriber, status: int
) -> None:
    service.instead = Answer(status)
    outcome = await send(webpush, webpush.read(phone.form))
    assert outcome == Outcome(Verdict.GONE, f"HTTP {status}")


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (429, {"Retry-After": "30"}, later("HTTP 429", retry_after=30.0, host_failed=False)),
        (429, {}, later("HTTP 429", retry_after=1.0, host_failed=False)),
        (406, {}, later("HTTP 406", retry_after=1.0, host_failed=False)),
        (500, {}, later("HTTP 500")),
        (503, {"Retry-After": "7"}, later("HTTP 503", retry_after=7.0)),
        (400, {}, Outcome(Verdict.REFUSED, "HTTP 400")),
        (307, {"Location": "/elsewhere"}, Outcome(Verdict.REFUSED, "HTTP 307")),
    ],
)
async def test_what_answers_mean(
    webpush: WebPush,
    service: PushService,
    phone: Subscriber,
    status: int,
    headers: dict[str, str],
    outcome: Outcome,
) -> None:
    service.instead = Answer(status, b"whatever they say", headers)
    assert await send(webpush, webpush.read(phone.form)) == outcome
    assert len(service.said) == 1


async def test_whose_fault_it_is_that_we_are_not_known(
    webpush: WebPush, service: PushService, phone: Subscriber
) -> None:
    """Nobody is heard: it is us, and the host is left alone. Others are: it is this browser."""
    stranger = service.subscribe(Vapid(new_private_key(), subject="").public_key)
    outcome = await send(webpush, webpush.read(stranger.form))
    assert outcome == later("HTTP 403: who sends it is not accepted", host_failed=True)
    await send(webpush, webpush.read(phone.form))
    outcome = await send(webpush, webpush.read(stranger.form))
    assert outcome == later("HTTP 403: who sends it is not accepted", host_failed=False)
    assert stranger.messages == []


async def test_private_addresses_are_out_of_reach(receiver: Receiver) -> None:
    async with Web() as web:
        webpush = WebPush(web, private=False, key=key, subject="mailto:beta@example.com")
        form = PushService(receiver.url).subscribe(KEY).form
        assert await send(webpush, form) == later(UNREACHABLE)
    assert receiver.connections == 0


ENDPOINT = "https://push.example.com/abc"
GOOD = PushService("https://push.example.com").subscribe(KEY).form


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"endpoint": ""}, "not a whole subscription"),
        ({"endpoint": "http://push.example.com/abc"}, "begin with https://"),
        ({"endpoint": "https://127.0.0.1/abc"}, "not on the public internet"),
        ({"endpoint": "https://localhost/abc"}, "not on the public internet"),
        ({"endpoint": "https://a:b@push.example.com/abc"}, "leave out what is before the @"),
        ({"p256dh": ""}, "not a whole subscription"),
        ({"p256dh": "Ä"}, "not a whole subscription"),
        ({"p256dh": "A" * 87}, "not a whole subscription"),
        ({"p256dh": "BA" * 43 + "A"}, "not a whole subscription"),
        ({"auth": ""}, "not a whole subscription"),
        ({"auth": "A" * 20}, "not a whole subscription"),
        ({"auth": "A" * 23}, "not a whole subscription"),
    ],
)
def test_what_is_no_subscription_is_not_taken(changed: dict[str, str], says: str) -> None:
    webpush = WebPush(Web(), private=False, key=key, subject="")
    with pytest.raises(Invalid) as refused:
        webpush.read(GOOD | changed)
    assert list(refused.value.problems) == ["endpoint"]
    assert says in refused.value.problems["endpoint"].en


def test_hosts_and_places() -> None:
    webpush = WebPush(Web(), private=False, key=key, subject="")
    one = webpush.read(GOOD)
    padded = {name: text + "==" if name == "auth" else text for name, text in GOOD.items()}
    assert webpush.read(padded) == one == GOOD
    two = webpush.read(GOOD | {"endpoint": "https://PUSH.example.com:443/def"})
    assert webpush.host(one) == webpush.host(two) == "push.example.com"
    assert webpush.key(one) != webpush.key(two)
