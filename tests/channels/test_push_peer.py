"""Web Push against an independent push service and browser: npm's web-push-testing, which checks
who sends a message, and decrypts it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.channels.messages import FRIDAY, send
from tests.peers import environment, find_node
from tracker.channels.base import Address, Verdict
from tracker.channels.vapid import new_private_key
from tracker.channels.web import Web
from tracker.channels.webpush import MOST_BYTES, WebPush

pytestmark = pytest.mark.peers


@pytest_asyncio.fixture(scope="module")
async def peer() -> AsyncIterator[httpx.AsyncClient]:
    process = await asyncio.create_subprocess_exec(
        find_node(),
        str(Path(__file__).with_name("push_peer.js")),
        env=environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    async with asyncio.timeout(20):
        address = (await process.stdout.readline()).decode().strip()
    assert address, "web-push-testing did not start"
    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
        yield client
    process.stdin.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), 5)
    if process.returncode is None:
        process.kill()
        await process.wait()


@pytest_asyncio.fixture
async def webpush() -> AsyncIterator[WebPush]:
    async def key() -> str:
        return private

    private = new_private_key()
    async with Web(private=True) as web:
        yield WebPush(web, private=True, key=key, subject="mailto:beta@example.com")


class Subscribed:
    """One browser at the peer."""

    def __init__(self, peer: httpx.AsyncClient, told: Any, address: Address) -> None:
        self.peer = peer
        self.hash: str = told["clientHash"]
        self.address = address

    async def got(self) -> list[Any]:
        answer = await self.peer.post("/get-notifications", json={"clientHash": self.hash})
        return [json.loads(one) for one in answer.json()["data"]["messages"]]


async def subscribe(
    peer: httpx.AsyncClient, webpush: WebPush, key: str | None = None
) -> Subscribed:
    key = key or (await webpush.vapid()).public_key
    answer = await peer.post(
        "/subscribe", json={"userVisibleOnly": "true", "applicationServerKey": key}
    )
    assert answer.status_code == 200, answer.text
    told = answer.json()["data"]
    return Subscribed(peer, told, webpush.read({"endpoint": told["endpoint"], **told["keys"]}))


async def test_what_is_sent_is_what_the_browser_reads(
    peer: httpx.AsyncClient, webpush: WebPush
) -> None:
    phone, laptop = await subscribe(peer, webpush), await subscribe(peer, webpush)
    for _ in range(2):
        outcome = await send(webpush, phone.address, lines=())
        assert (outcome.verdict, outcome.detail) == (Verdict.SENT, "HTTP 201")
    first, again = await phone.got()
    assert (
        first
        == again
        == {
            "title": FRIDAY.title,
            "body": FRIDAY.text,
            "url": "/releases/2026-11-27",
            "tag": FRIDAY.key,
            "lang": "zh-CN",
            "at": int(FRIDAY.at.timestamp() * 1000),
        }
    )
    assert await laptop.got() == []


async def test_the_longest_message_is_read_too(peer: httpx.AsyncClient, webpush: WebPush) -> None:
    phone = await subscribe(peer, webpush)
    assert (await send(webpush, phone.address, text="长😀" * 3000)).verdict == Verdict.SENT
    [got] = await phone.got()
    assert got["body"].startswith("长😀长😀")
    assert got["body"].endswith("…")
    assert len(json.dumps(got, ensure_ascii=False, separators=(",", ":")).encode()) > MOST_BYTES - 8


async def test_a_subscription_that_has_expired_is_gone(
    peer: httpx.AsyncClient, webpush: WebPush
) -> None:
    phone = await subscribe(peer, webpush)
    await peer.post(f"/expire-subscription/{phone.hash}")
    outcome = await send(webpush, phone.address)
    assert (outcome.verdict, outcome.detail) == (Verdict.GONE, "HTTP 410")
    assert await phone.got() == []


async def test_a_subscription_for_another_sender_does_not_hear_us(
    peer: httpx.AsyncClient, webpush: WebPush
) -> None:
    async def another() -> str:
        return new_private_key()

    other = WebPush(Web(), private=True, key=another, subject="mailto:beta@example.com")
    phone = await subscribe(peer, webpush, (await other.vapid()).public_key)
    assert (await send(webpush, phone.address)).verdict == Verdict.REFUSED
    assert await phone.got() == []
