"""What is like a report: for engineers before they link, for testers before they file. Advice only."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, file, fix, friday, ok, propose, stored
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


async def like(client: httpx.AsyncClient, report: str = "", **query: Any) -> list[dict[str, Any]]:
    path = f"reports/{report}/similar" if report else "similar"
    items: list[dict[str, Any]] = (await ok(await client.get(path, params=query)))["items"]
    return items


async def test_the_likest_first_and_itself_left_out(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    asked = await file(alice, title="打开相机后闪退", actual="切到夜景模式就退回桌面")
    near = await file(bob, title="相机夜景模式闪退", device="umi")
    far = await file(bob, title="夜景照片太暗", device="umi", module="system")
    await file(bob, title="Wi-Fi drops at night", device="umi", module="system")
    found = await like(erin, asked)
    assert [one["id"] for one in found] == [near, far]
    assert 1 >= found[0]["score"] > found[1]["score"] > 0
    assert {name: found[0][name] for name in found[0] if name != "score"} == {
        "id": near,
        "kind": "report",
        "title": "相机夜景模式闪退",
        "status": "new",
        "module": "camera",
        "device": "umi",
        "proposal": None,
        "fixed_in": None,
    }
    assert [one["id"] for one in await like(erin, asked, limit=1)] == [near]


async def test_a_proposal_and_the_build_that_solved_it_for_the_model(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    solved, same = await file(alice), await file(alice)
    proposal = await propose(erin, solved, same, title="CameraService 启动顺序")
    await fix(erin, proposal)
    await friday(clock, settings, erin, "fuxi")
    again = await file(alice, title="打开相机就闪退")
    elsewhere = await file(bob, title="打开相机就闪退", device="umi")
    found = await like(erin, again)
    assert [(one["id"], one["kind"], one["status"], one["fixed_in"]) for one in found] == [
        (elsewhere, "report", "new", None),
        (proposal, "proposal", "open", BUILD),
        (same, "report", "released", BUILD),
    ], "of the reports in a proposal the likest alone"
    assert {one["id"]: one["fixed_in"] for one in await like(erin, elsewhere)}[proposal] is None
    for device, build in (("fuxi", BUILD), ("umi", None), ("", None)):
        found = await like(erin, text="打开相机后闪退", device=device)
        assert {one["id"]: one["fixed_in"] for one in found}[proposal] == build
    assert (await stored(erin, again))["proposal"] is None, "nothing is linked by it"


async def test_module_and_model_lift(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    here = await file(alice, title="重启")
    there = await file(bob, title="重启", device="umi", module="system")
    for query, first in (
        ({"module": "camera"}, here),
        ({"module": "system"}, there),
        ({"device": "umi"}, there),
        ({"device": "fuxi", "build": "26.11.20"}, here),
    ):
        assert (await like(erin, text="夜里重启", **query))[0]["id"] == first, query


async def test_what_is_hidden_stays_hidden(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    secret = await file(alice, title="指纹能绕过", private="true")
    proposal = await propose(erin, secret, title="指纹绕过")
    for handle, found in (
        ("erin", {secret, proposal}),
        ("alice", {secret, proposal}),
        ("bob", set()),
    ):
        assert {one["id"] for one in await like(api_of(handle), text="指纹 绕过")} == found, handle
    assert (await api_of("bob").get(f"reports/{secret}/similar")).status_code == 404
    assert (await api_of("charlie").get("similar", params={"text": "指纹"})).status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "text"),
        ({"text": "\0 "}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"text": "闪退", "device": "nokia"}, "device"),
        ({"text": "闪退", "device": "fuxi", "build": "1"}, "build"),
        ({"text": "闪退", "module": "tea"}, "module"),
        ({"text": "闪退", "limit": 0}, "limit"),
    ],
)
async def test_what_cannot_be_compared_is_named(
    api_of: ApiOf, query: dict[str, Any], field: str
) -> None:
    answer = await api_of("bob").get("similar", params=query)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_signs_without_words(browser_of: BrowserOf, api_of: ApiOf) -> None:
    await file(browser_of("alice"))
    assert await like(api_of("erin"), text="?!… '\\'") == []
