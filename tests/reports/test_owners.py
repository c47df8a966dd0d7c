"""Every report has one responsible person: from the start, and when somebody leaves the team."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Cast, Clock
from tests.doing import ask, close, file, ok, propose, stored
from tracker import database as door
from tracker import schedule
from tracker.people.queries import person_called
from tracker.people.tables import Role
from tracker.reports import owning
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


async def owner(engineer: httpx.AsyncClient, report: str) -> Any:
    return (await stored(engineer, report))["owner"]


async def give(captain: httpx.AsyncClient, handle: str | None, **more: Any) -> httpx.Response:
    return await captain.put("modules/camera/owner", json={"owner": handle, **more})


async def test_a_report_is_the_module_owners_else_the_captains(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    alice, cai = browser_of("alice"), api_of("cai")
    assert await owner(cai, await file(alice)) == "cai"
    await ok(await give(cai, "erin"))
    assert await owner(cai, await file(alice)) == "erin"
    assert await owner(cai, await file(alice, module="system")) == "cai"
    await ok(await give(cai, None))
    assert await owner(cai, await file(alice)) == "cai"


async def test_the_captain_who_has_been_here_longest_then_an_admin_then_an_engineer(
    browser_of: BrowserOf, api_of: ApiOf, cast: Cast, clock: Clock
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    await door.execute(
        "INSERT INTO people (handle, display_name, role, language, joined_at)"
        " VALUES ('old', 'Old', 'captain', 'en', '2020-01-01')"
    )
    assert await owner(erin, await file(alice)) == "old"
    for handle, heir in (("old", "cai"), ("cai", "ada"), ("ada", "erin")):
        leaving = await person_called(handle)
        assert leaving is not None
        await owning.shut_out(leaving, now=clock.now)
        assert await owner(erin, "R-1") == heir
        assert await owner(erin, await file(alice)) == heir


async def test_what_only_fell_to_somebody_is_theirs_who_take_it_up(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    alice, erin, cai = browser_of("alice"), api_of("erin"), api_of("cai")
    asked, recorded = await file(alice), await file(alice)
    await ask(erin, asked, "哪个版本？")
    await propose(erin, recorded)
    assert [await owner(erin, one) for one in (asked, recorded)] == ["erin", "erin"]
    await ok(await give(cai, "ada"))
    given = await file(alice)
    await ask(erin, given, "哪个版本？")
    assert await owner(erin, given) == "ada", "its module has somebody"


async def test_who_leaves_the_team_passes_on_what_is_open_with_events(
    browser_of: BrowserOf, api_of: ApiOf, cast: Cast, clock: Clock
) -> None:
    alice, cai = browser_of("alice"), api_of("cai")
    await ok(await give(cai, "erin"))
    open_one, closed = await file(alice), await file(alice)
    await close(cai, closed, "as_intended", "有意如此")
    assert await owning.shut_out(cast.erin, now=clock.now) == [1]
    assert await owner(cai, open_one) == "cai"
    assert await owner(cai, closed) == "erin", "what is over stays as it was"
    last = (await stored(cai, open_one))["timeline"][-1]
    assert (last["kind"], last["actor"], last["text"]["zh"]) == (
        "report.owned",
        None,
        "由 小蔡 负责",
    )
    timeline = (await stored(api_of("alice"), open_one))["timeline"]
    assert "report.owned" not in [one["kind"] for one in timeline], "that is the team's business"
    # Their modules have nobody now, and nothing can be given to them.
    listed = (await ok(await cai.get("modules")))["items"]
    assert {one["owner"] for one in listed} == {None}
    answer = await cai.put(f"reports/{open_one}/owner", json={"owner": "erin"})
    assert answer.status_code == 422
    # Opened again, it has somebody.
    await ok(await cai.delete(f"reports/{closed}/closure"))
    assert await owner(cai, closed) == "cai"


async def test_another_role_passes_on_only_where_it_is_none_of_the_team(
    browser_of: BrowserOf, api_of: ApiOf, cast: Cast, clock: Clock
) -> None:
    alice, cai = browser_of("alice"), api_of("cai")
    await ok(await give(cai, "erin"))
    report = await file(alice)
    await owning.change_role(cast.erin, Role.CAPTAIN, now=clock.now)
    assert await owner(cai, report) == "erin"
    await owning.change_role(cast.erin, Role.TESTER, now=clock.now)
    assert await owner(cai, report) == "cai"


async def test_given_and_given_back(browser_of: BrowserOf, api_of: ApiOf) -> None:
    report = await file(browser_of("alice"))
    erin, cai = api_of("erin"), api_of("cai")
    await ok(await give(cai, "erin"))

    async def put(handle: str | None) -> Any:
        return (await ok(await erin.put(f"reports/{report}/owner", json={"owner": handle})))[
            "owner"
        ]

    assert await put("@Ada") == "ada"
    assert await put(None) == "erin"
    revision = (await stored(erin, report))["revision"]
    assert await put(None) == "erin"
    assert (await stored(erin, report))["revision"] == revision, "twice is the same as once"
    act = await ok(await erin.get("acts/last"))
    await ok(await erin.put(f"acts/{act['id']}/undoing"))
    assert await owner(erin, report) == "ada"
    for handle in ("alice", "nobody", ""):
        answer = await erin.put(f"reports/{report}/owner", json={"owner": handle})
        assert [one["field"] for one in answer.json()["errors"]] == ["owner"], handle


async def test_the_former_owners_open_reports_of_a_module_go_along(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    alice, cai = browser_of("alice"), api_of("cai")
    mine, others, elsewhere = (
        await file(alice),
        await file(alice),
        await file(alice, module="system"),
    )
    await ok(await cai.put(f"reports/{others}/owner", json={"owner": "ada"}))
    await ok(await give(cai, "erin"))
    assert await owner(cai, mine) == "cai", "unless it is asked for, only what is filed from now on"
    await ok(await give(cai, None))
    await ok(await give(cai, "erin", reports=True))
    owners = [await owner(cai, one) for one in (mine, others, elsewhere)]
    assert owners == ["erin", "ada", "cai"]
    act = await ok(await cai.get("acts/last"))
    answer = await cai.put(f"acts/{act['id']}/undoing")
    assert answer.status_code == 409
    assert "triage modules assign" in answer.json()["detail"]


async def test_who_may_give_modules_and_to_whom(api_of: ApiOf) -> None:
    assert (await give(api_of("erin"), "erin")).status_code == 403
    cai = api_of("cai")
    answer = await give(cai, "alice")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "owner")
    assert (await cai.put("modules/nothing/owner", json={"owner": "erin"})).status_code == 404


async def test_the_clock_finds_somebody_for_what_has_nobody(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    """Reports that came before there was a team, or whose owner was removed by hand."""
    alice, cai = browser_of("alice"), api_of("cai")
    first, second, third = await file(alice), await file(alice), await file(alice)
    await ok(await cai.put(f"reports/{third}/owner", json={"owner": "ada"}))
    await door.execute("UPDATE reports SET owner = NULL WHERE id = 1")
    await door.execute(
        "UPDATE reports SET owner = p.id FROM people p WHERE p.handle = 'bob' AND reports.id = 2"
    )
    await schedule.tick(settings, clock.now)
    assert [await owner(cai, one) for one in (first, second, third)] == ["cai", "cai", "ada"]
