"""The three hosts, as far as they send webhooks: bodies of tests/data/webhooks, signed as they sign."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import httpx

from tests.cast import Browser

WEBHOOKS = Path(__file__).parents[1] / "data" / "webhooks"
SHA = "4f1c2aa0d1e94c1f8a5b0a7d8f3f9b1c2d3e4f50"


def body_of(name: str) -> Any:
    return json.loads((WEBHOOKS / f"{name}.json").read_text())


@dataclass(frozen=True)
class Registered:
    number: int
    path: str
    secret: str


async def register(captain: Browser, host: str, **more: Any) -> Registered:
    """Register a repository on the page, and take what it shows this once."""
    form = {"host": host, "name": "orange/camera", "branch": "main", **more}
    answer = await captain.submit("/repositories", form)
    assert answer.status_code == 201, answer.text
    shown = [unescape(one) for one in re.findall(r"<code>(\S+)</code><button", answer.text)]
    path = "/api/hooks/" + shown[0].partition("/api/hooks/")[2]
    secret = shown[1] if len(shown) > 1 else path.rpartition("/")[2]
    found = re.search(r'action="/repositories/(\d+)/removal"', answer.text)
    assert found
    return Registered(int(found[1]), path, secret)


def pushed(*messages: str, branch: str = "main", first: str = SHA) -> Any:
    """GitHub's push of these commits; the second has the name of the first, plus one."""
    body = body_of("github_push")
    (commit,) = body["commits"]
    body["ref"] = f"refs/heads/{branch}"
    body["commits"] = [
        commit | {"id": f"{int(first, 16) + n:040x}", "message": message}
        for n, message in enumerate(messages)
    ]
    return body


async def github(
    nobody: httpx.AsyncClient,
    at: Registered,
    body: Any,
    *,
    delivery: str = "72d3162e-cc78-11e3-81ab-4c9367dc0958",
    event: str = "push",
    secret: str | None = None,
    kind: str = "application/json",
) -> httpx.Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    key = (at.secret if secret is None else secret).encode()
    signature = hmac.new(key, raw, hashlib.sha256).hexdigest()
    headers = {
        "User-Agent": "GitHub-Hookshot/044aadd",
        "Content-Type": kind,
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery,
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    return await nobody.post(at.path, content=raw, headers=headers)


def gitlab_signed(secret: str, raw: bytes, at: int, name: str) -> Mapping[str, str]:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{name}.{at}.".encode() + raw, hashlib.sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
