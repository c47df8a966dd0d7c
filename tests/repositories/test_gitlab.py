"""GitLab: signed pushes, and the bare token of servers that cannot sign."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import ok, propose, words
from tests.repositories.hosts import Registered, body_of, gitlab_signed, register
from tracker import database as door

pytestmark = pytest.mark.usefixtures("world")

UUID = "f5a0d0ae-1c1a-4b6a-9f4c-1f0f6d2f2a11"


async def push(
    nobody: httpx.AsyncClient, at: Registered, body: Any, headers: dict[str, str]
) -> httpx.Response:
    return await nobody.post(
        at.path,
        content=json.dumps(body).encode(),
        headers={
            "User-Agent": "GitLab/18.10.0",
            "Content-Type": "application/json",
            "X-Gitlab-Event": "Push Hook",
            "X-Gitlab-Instance": "https://gitlab.example.com",
            "X-Gitlab-Webhook-UUID": "02affd2d-2cba-4033-917d-ec22d5dc4b38",
            "X-Gitlab-Event-UUID": UUID,
            **headers,
        },
    )


async def test_a_token_opens_once(browser_of: BrowserOf, api_of: ApiOf) -> None:
    cai, erin, nobody = browser_of("cai"), api_of("erin"), browser_of(None)
    await propose(erin)
    at = await register(cai, "gitlab")
    body = body_of("gitlab_push")
    for wrong in ({}, {"X-Gitlab-Token": ""}, {"X-Gitlab-Token": at.secret + "x"}):
        assert (await push(nobody, at, body, wrong)).status_code == 401
    assert await door.fetch("SELECT 1 FROM repository_deliveries") == []
    answer = await ok(await push(nobody, at, body, {"X-Gitlab-Token": at.secret}))
    assert [(one["proposal"], one["outcome"]) for one in answer["done"]] == [("P-1", "fixed")]
    fixes = (await ok(await erin.get("proposals/P-1")))["fixes"]
    assert [one["change"] for one in fixes] == ["da1560886d4f094c3e6c9ef40349f7d38b5d27d7"]
    answer = await ok(await push(nobody, at, body, {"X-Gitlab-Token": at.secret}))
    assert (answer["status"], answer["done"]) == ("already", [])


async def test_a_signature_is_checked_with_its_time(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, nobody = browser_of("cai"), browser_of(None)
    await propose(api_of("erin"))
    at = await register(cai, "gitlab")
    body = body_of("gitlab_push")
    raw, now = json.dumps(body).encode(), int(clock.now.timestamp())
    good = dict(gitlab_signed(at.secret, raw, now, "one"))
    token = {"X-Gitlab-Token": at.secret}
    refused = [
        dict(gitlab_signed(at.secret, raw + b" ", now, "one")),
        dict(gitlab_signed("whsec_" + "A" * 43 + "=", raw, now, "one")),
        dict(gitlab_signed(at.secret, raw, now - 301, "one")),
        dict(gitlab_signed(at.secret, raw, now + 301, "one")),
        good | {"webhook-id": "two"},
        good | {"webhook-timestamp": "soon"},
        good | {"webhook-timestamp": "9" * 30},
        # Signed badly is refused, whatever else is right.
        good | {"webhook-signature": "v1,AAAA"} | token,
    ]
    for headers in refused:
        assert (await push(nobody, at, body, headers)).status_code == 401
    assert await door.fetch("SELECT 1 FROM repository_deliveries") == []
    rolled = good | {"webhook-signature": f"v1,AAAA {good['webhook-signature']}"}
    assert (await ok(await push(nobody, at, body, rolled)))["status"] == "done"
    clock.advance(minutes=1)
    later = dict(gitlab_signed(at.secret, raw, now + 60, "one"))
    assert (await ok(await push(nobody, at, body, later)))["status"] == "already", "tried again"


async def test_a_signing_token_that_gitlab_made_is_taken(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, nobody = browser_of("cai"), browser_of(None)
    await propose(api_of("erin"))
    made = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    at = await register(cai, "gitlab", secret=made)
    body = body_of("gitlab_push")
    headers = dict(
        gitlab_signed(made, json.dumps(body).encode(), int(clock.now.timestamp()), "one")
    )
    assert (await ok(await push(nobody, at, body, headers)))["status"] == "done"


async def test_other_hooks_and_what_was_not_sent_along(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    cai, nobody = browser_of("cai"), browser_of(None)
    await propose(api_of("erin"))
    at = await register(cai, "gitlab")
    token = {"X-Gitlab-Token": at.secret}
    whole = token | {"X-Gitlab-Event": "System Hook", "Idempotency-Key": "of the server"}
    assert (await ok(await push(nobody, at, body_of("gitlab_push"), whole)))["status"] == "done"
    gone = body_of("gitlab_push") | {"checkout_sha": None, "commits": []}
    sent: list[tuple[dict[str, str], Any, str]] = [
        ({"X-Gitlab-Event": "Tag Push Hook"}, body_of("gitlab_push"), "Events of this kind"),
        ({"X-Gitlab-Event": "System Hook"}, {"event_name": "user_create"}, "Events of this kind"),
        ({}, body_of("gitlab_push") | {"ref": "refs/heads/next"}, "Another branch"),
        ({}, gone, "The branch was deleted"),
        ({}, body_of("gitlab_push") | {"total_commits_count": 35}, "34 commits were not sent"),
    ]
    for n, (headers, body, said) in enumerate(sent):
        key = {"Idempotency-Key": f"key-{n}"}
        answer = await ok(await push(nobody, at, body, token | key | headers))
        assert said in answer["detail"]
    log = words(await cai.see(f"/repositories/{at.number}"))
    assert "还有 34 个没发过来，要手动标记" in log
