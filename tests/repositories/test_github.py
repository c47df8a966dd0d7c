"""A push to GitHub marks proposals as fixed, or takes that back, and a repeat does nothing."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlencode

import pytest

from tests.cast import ApiOf, BrowserOf
from tests.doing import file, fix, ok, propose, stored, words
from tests.repositories.hosts import SHA, body_of, github, pushed, register
from tracker import database as door
from tracker.repositories import receiving

pytestmark = pytest.mark.usefixtures("world")

FIX = "camera: start earlier\n\nProposal: P-1"


async def test_a_push_marks_a_proposal_as_fixed(browser_of: BrowserOf, api_of: ApiOf) -> None:
    cai, erin, nobody = browser_of("cai"), api_of("erin"), browser_of(None)
    report = await file(browser_of("alice"))
    await propose(erin, report, changelog=None)
    at = await register(cai, "github")
    answer = await ok(await github(nobody, at, body_of("github_push")))
    assert answer["status"] == "done"
    (done,) = answer["done"]
    assert (done["proposal"], done["outcome"], done["models"]) == ("P-1", "fixed", None)
    found = await ok(await erin.get("proposals/P-1"))
    assert [(one["model"], one["change"], one["by"]) for one in found["fixes"]] == [
        (None, SHA, None)
    ]
    assert found["changelog"] == {
        "zh": "修复相机打开后闪退",
        "en": "Camera no longer closes right after it opens",
    }
    assert (await stored(erin, report))["status"] == "fixed"
    history = words(await browser_of("erin").see("/proposals/P-1"))
    assert "marked it fixed: all models (a commit to orange/camera)" in history
    # Testers do not learn where the code is.
    assert "orange/camera" not in await browser_of("alice").see("/proposals/P-1")
    assert "orange/camera" not in await browser_of("alice").see(f"/reports/{report}")
    log = words(await cai.see(f"/repositories/{at.number}"))
    assert "做了 P-1 标记为已修复" in log
    assert "camera: start the service before its sensors" in log


async def test_a_wrong_signature_is_refused_and_leaves_nothing(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    cai, nobody = browser_of("cai"), browser_of(None)
    await propose(api_of("erin"))
    at = await register(cai, "github")
    other = await register(cai, "github", name="orange/other")
    body = pushed(FIX)
    for secret in ("", "whsec_AAAA", other.secret):
        assert (await github(nobody, at, body, secret=secret)).status_code == 401
    raw = json.dumps(body).encode()
    unsigned = {"X-GitHub-Event": "push", "X-GitHub-Delivery": "1"}
    for headers in (
        unsigned,
        unsigned | {"X-Hub-Signature-256": "sha256="},
        unsigned | {"X-Gitlab-Token": at.secret},
    ):
        assert (await nobody.post(at.path, content=raw, headers=headers)).status_code == 401
    assert (await nobody.post(f"{at.path}/{at.secret}", content=raw)).status_code in (401, 404)
    assert await door.fetch("SELECT 1 FROM repository_deliveries") == []
    assert await door.fetch("SELECT 1 FROM fixes") == []
    assert (await github(nobody, at, body)).status_code == 200, "the right one is"


async def test_a_repeat_does_nothing(browser_of: BrowserOf, api_of: ApiOf) -> None:
    cai, erin, nobody = browser_of("cai"), api_of("erin"), browser_of(None)
    await propose(erin)
    at = await register(cai, "github")
    assert (await ok(await github(nobody, at, pushed(FIX))))["status"] == "done"
    await ok(await erin.request("DELETE", "proposals/P-1/fix", json={"reason": "夜景变慢了"}))
    again = await ok(await github(nobody, at, pushed(FIX)))
    assert (again["status"], again["done"]) == ("already", [])
    # Under another name, which is not signed: the commit was here.
    again = await ok(await github(nobody, at, pushed(FIX), delivery="another"))
    assert (again["status"], again["not_done"][0]["outcome"]) == ("ignored", "seen")
    assert (await ok(await erin.get("proposals/P-1")))["fixes"] == []


async def test_of_many_at_once_one_counts(browser_of: BrowserOf, api_of: ApiOf) -> None:
    cai, nobody = browser_of("cai"), browser_of(None)
    await propose(api_of("erin"))
    await propose(api_of("erin"))
    at = await register(cai, "github")
    here, there = "a\n\nProposal: P-1, P-2", "b\n\nProposal: P-2, P-1"
    sent = [
        github(nobody, at, pushed(here) if n % 2 else pushed(there, first="b" * 40), delivery=name)
        for n, name in enumerate(["one", "two", "one", "two", "three", "four"])
    ]
    answers = [await ok(one) for one in await asyncio.gather(*sent)]
    assert sorted(one["status"] for one in answers).count("already") == 2
    assert sum(len(one["done"]) for one in answers) == 2
    events = await door.fetch("SELECT proposal FROM events WHERE kind = 'proposal.fixed'")
    assert sorted(row["proposal"] for row in events) == [1, 2]


async def test_what_cannot_be_done_is_said(browser_of: BrowserOf, api_of: ApiOf) -> None:
    cai, erin, nobody = browser_of("cai"), api_of("erin"), browser_of(None)
    await propose(erin)
    await propose(erin)
    await propose(erin)
    await fix(erin, "P-2")
    await ok(await erin.patch("proposals/P-3", json={"state": "declined", "reason": "有意如此"}))
    at = await register(cai, "github")
    body = pushed(
        "a\n\nProposal: P-9, P-2, P-3, soon",
        "b\n\nProposal: P-1\nModel: cupid",
        "c\n\nProposal: P-1\n\nand more",
        "d\n\nReverts: P-1",
        "e\n\nReverts: abcdef0123",
        "f: nothing for us\n\nSigned-off-by: Erin <erin@example.com>",
    )
    answer = await ok(await github(nobody, at, body))
    said = [(one["proposal"], one["outcome"]) for one in answer["not_done"]]
    assert answer["done"] == []
    assert said == [
        (None, "unreadable"),
        ("P-9", "unknown_proposal"),
        ("P-2", "already_fixed"),
        ("P-3", "declined"),
        ("P-1", "unknown_model"),
        (None, "misplaced"),
        ("P-1", "nothing_to_revert"),
        (None, "unknown_commit"),
    ]
    log = words(await cai.see(f"/repositories/{at.number}"))
    for sentence in (
        "没有 cupid 这个机型",
        "最后一段",
        "「soon」不是提案编号",
        "提案已经决定不采纳",
    ):
        assert sentence in log
    await door.execute("UPDATE people SET language = 'en' WHERE handle = 'cai'")
    log = words(await cai.see(f"/repositories/{at.number}"))
    for sentence in (
        "no device model cupid",
        "last paragraph",
        "“soon” is no",
        "has been declined",
    ):
        assert sentence in log


async def test_a_fix_is_for_the_models_of_the_repository_or_of_the_commit(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    cai, erin, nobody = browser_of("cai"), api_of("erin"), browser_of(None)
    await propose(erin)
    await propose(erin)
    at = await register(cai, "github", models="Fuxi")
    body = pushed(FIX, "b\n\nProposal: P-2\nModel: umi, 2211133C")
    answer = await ok(await github(nobody, at, body))
    assert [one["models"] for one in answer["done"]] == [["fuxi"], ["umi", "fuxi"]]
    fixes = (await ok(await erin.get("proposals/P-1")))["fixes"]
    assert [one["model"] for one in fixes] == ["fuxi"]
    refused = await cai.submit(
        "/repositories", {"host": "github", "name": "x", "branch": "main", "models": "fuxi, nope"}
    )
    assert refused.status_code == 422
    assert "没有「nope」这个机型" in refused.text


async def test_reverts_take_back(browser_of: BrowserOf, api_of: ApiOf) -> None:
    cai, erin, nobody = browser_of("cai"), api_of("erin"), browser_of(None)
    report = await file(browser_of("alice"))
    await propose(erin, report)
    await propose(erin)
    at = await register(cai, "github")
    body = pushed(FIX, "b\r\n\r\nproposal : P-2\r\nReviewed-by: Cai <cai@example.com>\r\n")
    assert len((await ok(await github(nobody, at, body)))["done"]) == 2
    assert (await stored(erin, report))["status"] == "fixed"
    taken = pushed(
        f'Revert "camera: start earlier"\n\nThis reverts commit {SHA}.\n\nIt heats the phone.',
        "c\n\nReverts: P-2\nReason-zh: 夜景变慢了\nReason-en: Night mode got slower",
        first="c" * 40,
    )
    answer = await ok(await github(nobody, at, taken, delivery="later"))
    assert [(one["proposal"], one["outcome"]) for one in answer["done"]] == [
        ("P-1", "reverted"),
        ("P-2", "reverted"),
    ]
    assert (await stored(erin, report))["status"] == "in_progress"
    rows = await door.fetch(
        "SELECT data->'reason' AS reason FROM events WHERE kind = 'proposal.reverted' ORDER BY id"
    )
    said = [json.loads(row["reason"]) for row in rows]
    assert said[0]["zh"] == said[0]["en"] == 'Revert "camera: start earlier"'
    assert said[1] == {"zh": "夜景变慢了", "en": "Night mode got slower"}
    back = pushed(
        f'Reapply "camera: start earlier"\n\nThis reverts commit {"c" * 40}.', first="d" * 40
    )
    answer = await ok(await github(nobody, at, back, delivery="even later"))
    assert [one["outcome"] for one in answer["not_done"]] == ["reapplied"]
    named = pushed(
        f'Reapply "camera: start earlier"\n\nThis reverts commit {"c" * 40}.\n\nProposal: P-1',
        first="e" * 40,
    )
    answer = await ok(await github(nobody, at, named, delivery="at last"))
    assert [one["outcome"] for one in answer["done"]] == ["fixed"]


async def test_what_is_no_push_to_the_branch_is_answered(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    cai, nobody = browser_of("cai"), browser_of(None)
    await propose(api_of("erin"))
    at = await register(cai, "github")
    sent = [
        ("ping", body_of("github_ping"), "The connection works"),
        ("issues", {"action": "opened"}, "Events of this kind are not looked at"),
        ("push", pushed(FIX, branch="feature/x"), "Another branch than the one that counts"),
        ("push", pushed(FIX) | {"deleted": True, "commits": []}, "The branch was deleted"),
        ("push", pushed("camera: tidy up"), "No commit names a proposal"),
    ]
    for n, (event, body, said) in enumerate(sent):
        answer = await ok(await github(nobody, at, body, event=event, delivery=str(n)))
        assert (answer["status"], answer["detail"]) == ("ignored", said)
    log = words(await cai.see(f"/repositories/{at.number}"))
    assert "连接正常" in log
    assert "不是要看的分支" in log
    assert await door.fetch("SELECT 1 FROM fixes") == []


async def test_a_body_that_cannot_be_read_is_refused(browser_of: BrowserOf, api_of: ApiOf) -> None:
    cai, nobody = browser_of("cai"), browser_of(None)
    await propose(api_of("erin"))
    at = await register(cai, "github")
    for body in (b"", b"{", b"[]", b'{"ref": 1}', b'{"ref": "refs/heads/main", "commits": [{}]}'):
        answer = await github(nobody, at, body)
        assert (answer.status_code, answer.json()["status"]) == (400, 400)
    answer = await github(nobody, at, b"x" * (5 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert await door.fetch("SELECT 1 FROM repository_deliveries") == []
    # As GitHub sends it where nobody chose JSON.
    form = urlencode({"payload": json.dumps(pushed(FIX))}).encode()
    kind = "application/x-www-form-urlencoded"
    assert (await ok(await github(nobody, at, form, kind=kind)))["status"] == "done"


async def test_an_unknown_or_removed_repository_is_not_there(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    cai, nobody = browser_of("cai"), browser_of(None)
    at = await register(cai, "github")
    for number in ("99", "0", str(2**31), str(2**70)):
        assert (await nobody.post(f"/api/hooks/{number}", content=b"{}")).status_code == 404
    page = await cai.see_after(await cai.submit(f"/repositories/{at.number}/removal"))
    assert "已移除" in page
    for secret in (at.secret, ""):
        assert (await github(nobody, at, pushed(FIX), secret=secret)).status_code == 404
    assert (await cai.get(f"/repositories/{at.number}")).status_code == 404


async def test_a_secret_is_shown_once_and_can_be_renewed(browser_of: BrowserOf) -> None:
    cai, nobody = browser_of("cai"), browser_of(None)
    at = await register(cai, "github")
    assert at.secret not in await cai.see(f"/repositories/{at.number}")
    answer = await cai.submit(f"/repositories/{at.number}/secret")
    assert answer.status_code == 201
    assert at.secret not in answer.text
    assert (await github(nobody, at, pushed("x"))).status_code == 401
    given = "a-secret-of-our-own-making"
    mine = await cai.submit(
        "/repositories",
        {"host": "github", "name": "mine", "branch": "refs/heads/main", "secret": given},
    )
    assert mine.status_code == 201
    too_short = await cai.submit("/repositories", {"host": "github", "name": "x", "secret": "abc"})
    assert too_short.status_code == 422
    assert "16" in too_short.text


async def test_what_came_long_ago_is_thrown_away_and_still_counts_once(
    browser_of: BrowserOf, api_of: ApiOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "REMEMBERED", 2)
    erin, nobody = api_of("erin"), browser_of(None)
    await propose(erin)
    at = await register(browser_of("cai"), "github")
    await ok(await github(nobody, at, pushed(FIX), delivery="first"))
    await ok(await erin.request("DELETE", "proposals/P-1/fix", json={"reason": "夜景变慢了"}))
    for name in ("second", "third"):
        await ok(await github(nobody, at, pushed("x"), delivery=name))
    kept = await door.fetch("SELECT key FROM repository_deliveries ORDER BY id")
    assert [row["key"] for row in kept] == ["second", "third"]
    again = await ok(await github(nobody, at, pushed(FIX), delivery="first"))
    assert [one["outcome"] for one in again["not_done"]] == ["seen"]
    assert (await ok(await erin.get("proposals/P-1")))["fixes"] == []
