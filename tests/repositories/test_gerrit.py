"""Gerrit: merged changes, at an address that is the key."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf
from tests.doing import ok, propose, words
from tests.repositories.hosts import Registered, body_of, register
from tracker import database as door

pytestmark = pytest.mark.usefixtures("world")


async def post(
    nobody: httpx.AsyncClient, at: Registered, body: Any, path: str = ""
) -> httpx.Response:
    """As the webhooks plugin posts: no headers but the kind of the body."""
    raw = json.dumps(body).encode()
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return await nobody.post(path or at.path, content=raw, headers=kind)


async def test_a_merged_change_marks_a_proposal_once(browser_of: BrowserOf, api_of: ApiOf) -> None:
    cai, erin, nobody = browser_of("cai"), api_of("erin"), browser_of(None)
    await propose(erin)
    at = await register(cai, "gerrit", name="platform")
    body = body_of("gerrit_change_merged")
    answer = await ok(await post(nobody, at, body))
    assert [(one["proposal"], one["outcome"]) for one in answer["done"]] == [("P-1", "fixed")]
    fixes = (await ok(await erin.get("proposals/P-1")))["fixes"]
    assert [one["change"] for one in fixes] == [body["patchSet"]["revision"]]
    assert (await ok(await post(nobody, at, body)))["status"] == "already"
    # Told again a while later.
    again = await ok(await post(nobody, at, body | {"eventCreatedOn": 1795600000}))
    assert again["not_done"][0]["outcome"] == "seen"
    assert "platform/camera" in words(await cai.see(f"/repositories/{at.number}"))


async def test_its_own_revert_takes_back(browser_of: BrowserOf, api_of: ApiOf) -> None:
    cai, erin, nobody = browser_of("cai"), api_of("erin"), browser_of(None)
    await propose(erin)
    at = await register(cai, "gerrit")
    body = body_of("gerrit_change_merged")
    await ok(await post(nobody, at, body))
    sha = body["patchSet"]["revision"]
    message = (
        f'Revert "camera: start"\n\nThis reverts commit {sha}.\n\nReason for revert: it heats\n\n'
        "Change-Id: I0000000000000000000000000000000000000001\n"
    )
    revert = body | {
        "change": body["change"] | {"commitMessage": message},
        "patchSet": body["patchSet"] | {"revision": "b" * 40},
    }
    answer = await ok(await post(nobody, at, revert))
    assert [(one["proposal"], one["outcome"]) for one in answer["done"]] == [("P-1", "reverted")]
    assert (await ok(await erin.get("proposals/P-1")))["fixes"] == []


async def test_a_wrong_address_opens_nothing(browser_of: BrowserOf, api_of: ApiOf) -> None:
    cai, nobody = browser_of("cai"), browser_of(None)
    await propose(api_of("erin"))
    at = await register(cai, "gerrit")
    other = await register(cai, "gerrit", name="kernel")
    hub = await register(cai, "github")
    body = body_of("gerrit_change_merged")
    bare = f"/api/hooks/{at.number}"
    for path in (bare, f"{bare}/{at.secret}x", f"{bare}/{other.secret}"):
        assert (await post(nobody, at, body, path)).status_code == 401
    # No key has a slash in it, so this is no address of anything.
    assert (await post(nobody, at, body, f"{bare}/{at.secret}/x")).status_code == 404
    # A host that can sign has no key in its address.
    assert (await post(nobody, at, body, f"/api/hooks/{hub.number}/x")).status_code == 401
    assert await door.fetch("SELECT 1 FROM repository_deliveries") == []
    page = await cai.see(f"/repositories/{at.number}")
    assert at.secret not in page
    given = {"host": "gerrit", "name": "x", "branch": "main", "secret": "a-secret-of-our-own"}
    assert (await cai.submit("/repositories", given)).status_code == 422


async def test_other_events_are_passed_over(browser_of: BrowserOf, api_of: ApiOf) -> None:
    cai, nobody = browser_of("cai"), browser_of(None)
    await propose(api_of("erin"))
    at = await register(cai, "gerrit", branch="main")
    updated = await ok(await post(nobody, at, body_of("gerrit_ref_updated")))
    assert (updated["status"], updated["detail"]) == (
        "ignored",
        "Events of this kind are not looked at",
    )
    body = body_of("gerrit_change_merged")
    other = body | {"change": body["change"] | {"branch": "next"}}
    assert "Another branch" in (await ok(await post(nobody, at, other)))["detail"]
    assert (await post(nobody, at, {"type": "change-merged"})).status_code == 400
    assert (await post(nobody, at, {})).status_code == 400
