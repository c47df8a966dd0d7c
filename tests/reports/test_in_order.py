"""Whoever changes several reports holds them in the order of their numbers, so that two never stand
in each other's way; and what is done to a module keeps nobody from filing."""

from __future__ import annotations

import asyncio

import pytest

from tests.cast import ApiOf, BrowserOf
from tests.doing import file, ok, stored
from tests.elsewhere import holding
from tracker import database as door

pytestmark = pytest.mark.usefixtures("world")

HOLD = "SELECT FROM reports WHERE id = $1 FOR UPDATE NOWAIT"


async def test_a_plan_whatever_the_order_of_its_lines(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    for _ in range(2):
        await file(alice)
    deed = {"do": "own", "owner": "erin"}
    lines = [{"line": n, "report": f"R-{3 - n}", **deed} for n in (1, 2)]
    async with holding(HOLD, 1) as other:
        applying = asyncio.create_task(erin.put("plans/monday", json={"lines": lines}))
        await other.waiting(1)
        await other.connection.execute(HOLD, 2)
    assert '"applied":true' in (await applying).text
    for report in ("R-1", "R-2"):
        assert (await stored(erin, report))["owner"] == "erin"


async def test_removing_a_saved_reply(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, cai = browser_of("alice"), api_of("cai")
    body = {"kind": "reply", "zh": "谢谢", "en": "Thank you"}
    await ok(await cai.put("saved-replies/thanks", json=body))
    for _ in range(2):
        await file(alice)
    # In this order they lie in the table.
    for number in (2, 1):
        await door.execute("UPDATE reports SET suggested_reply = 'thanks' WHERE id = $1", number)
    async with holding(HOLD, 1) as other:
        removing = asyncio.create_task(cai.delete("saved-replies/thanks"))
        await other.waiting(1)
        await other.connection.execute(HOLD, 2)
    await ok(await removing)
    assert (await stored(cai, "R-1"))["suggested_reply"] is None


async def test_filing_does_not_wait_for_a_module_that_is_given_away(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    alice, cai = browser_of("alice"), api_of("cai")
    first = await file(alice)
    async with holding(HOLD, 1) as other:
        body = {"owner": "erin", "reports": True}
        giving = asyncio.create_task(cai.put("modules/camera/owner", json=body))
        await other.waiting(1)
        second = await asyncio.wait_for(file(alice), 20)
    await ok(await giving)
    assert (await stored(cai, first))["owner"] == "erin"
    assert (await stored(cai, second))["owner"] == "cai", "whose it was when it was filed"


async def test_the_captain_who_comes_second_has_the_last_word(api_of: ApiOf) -> None:
    cai, ada = api_of("cai"), api_of("ada")
    await ok(await cai.put("modules/camera/owner", json={"owner": "erin"}))
    async with holding("SELECT FROM modules WHERE slug = 'camera' FOR UPDATE") as other:
        first = asyncio.create_task(cai.put("modules/camera/owner", json={"owner": "cai"}))
        await other.waiting(1)
        second = asyncio.create_task(ada.put("modules/camera/owner", json={"owner": "erin"}))
        await other.waiting(2)
    await ok(await first)
    modules = (await ok(await second))["items"]
    assert [one["owner"] for one in modules if one["slug"] == "camera"] == ["erin"]
