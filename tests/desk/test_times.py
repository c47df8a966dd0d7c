"""The figures of the desk, on the page and in the API; and where one stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.desk.test_answer_times import HOUR, say
from tests.doing import FRIDAY, ask, close, counting_queries, file, ok, words
from tracker import database as door

pytestmark = pytest.mark.usefixtures("world")


async def times(engineer: httpx.AsyncClient, **asked: Any) -> Any:
    return await ok(await engineer.get("desk/times", params=asked))


async def standing(engineer: httpx.AsyncClient) -> Any:
    return await ok(await engineer.get("desk/standing"))


def line(found: Any, key: str, name: str) -> Any:
    (one,) = [one for one in found["modules" if key == "module" else "people"] if one[key] == name]
    return one


def named(pile: Any) -> list[str]:
    return [one["id"] for one in pile["reports"]]


async def test_medians_by_module_and_by_person(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    alice, erin, cai = browser_of("alice"), api_of("erin"), api_of("cai")
    reports = [await file(alice) for _ in range(3)]
    other = await file(alice, module="system")
    for hours, report in zip((1, 2, 6), reports, strict=True):
        clock.advance(hours=hours)
        await say(erin, report)
    await say(cai, other)
    await say(api_of("alice"), reports[0], "还在")
    clock.advance(hours=30)
    await say(cai, reports[0])

    found = await times(erin)
    camera = line(found, "module", "camera")
    # After 1, 3 and 9 hours first; and 30 for the second word of alice's.
    assert (camera["first_answers"], camera["median_first_answer"]) == (3, 3 * HOUR)
    assert (camera["answers"], camera["median_answer"]) == (4, 6 * HOUR)
    assert line(found, "module", "system")["median_answer"] == 9 * HOUR
    assert line(found, "person", "erin")["median_answer"] == 3 * HOUR
    assert line(found, "person", "cai")["answers"] == 2
    assert line(found, "person", "ada")["median_answer"] is None
    assert found["total"]["answers"] == 5
    assert [one["module"] for one in found["modules"]] == ["system", "lockscreen", "camera"]
    assert [one["person"] for one in found["people"]] == ["ada", "cai", "erin"]

    only = await times(erin, module="system")
    assert [one["module"] for one in only["modules"]] == ["system"]
    assert only["total"]["answers"] == 1
    assert line(only, "person", "erin")["answers"] == 0
    assert (await times(erin, days=1))["total"]["answers"] == 1
    clock.advance(days=31)
    assert (await times(erin))["total"]["answers"] == 0
    assert (await times(erin, days=60))["total"]["answers"] == 5


async def test_what_waits_and_for_how_long(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    alice, erin, cai = browser_of("alice"), api_of("erin"), api_of("cai")
    oldest = await file(alice)
    first = clock.now
    clock.advance(hours=4)
    second, third = await file(alice), await file(alice, module="system")
    await ok(await cai.put(f"reports/{second}/owner", json={"owner": "erin"}))
    until = (clock.now + timedelta(days=3)).isoformat()
    await ok(await erin.put(f"reports/{second}/snooze", json={"until": until}))
    clock.advance(hours=2)
    found = await times(erin)
    total = found["total"]
    assert (total["waiting"], total["snoozed"], total["oldest"]) == (3, 1, oldest)
    assert total["oldest_since"] == first.isoformat().replace("+00:00", "Z")
    assert total["median_wait"] == 2 * HOUR
    assert line(found, "module", "camera")["median_wait"] == 4 * HOUR
    assert line(found, "person", "erin")["oldest"] == second
    assert line(found, "person", "cai")["waiting"] == 2
    await close(erin, third, "as_intended", "有意如此")
    assert line(await times(erin), "module", "system")["waiting"] == 0


async def test_who_left_is_named_while_their_answers_count(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    report = await file(browser_of("alice"))
    await say(api_of("erin"), report)
    await door.execute("UPDATE people SET role = 'tester' WHERE handle = 'erin'")
    found = await times(api_of("cai"))
    assert [one["person"] for one in found["people"]] == ["ada", "cai", "erin"]
    clock.advance(days=40)
    found = await times(api_of("cai"))
    assert [one["person"] for one in found["people"]] == ["ada", "cai"]


async def test_what_cannot_be_counted_is_refused(api_of: ApiOf) -> None:
    erin = api_of("erin")
    for days in (0, -1, 366):
        answer = await erin.get("desk/times", params={"days": days})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "days")
    assert (await erin.get("desk/times", params={"module": "nothing"})).status_code == 404


async def test_the_page_is_for_the_team(browser_of: BrowserOf, api_of: ApiOf, clock: Clock) -> None:
    report, other = await file(browser_of("alice")), await file(browser_of("alice"))
    clock.advance(hours=3)
    await say(api_of("erin"), report)
    with counting_queries() as seen:
        page = words(await browser_of("cai").see("/desk"))
    assert len(seen) <= 3, seen
    assert "首次回复 3 小时（1 次）" in page
    assert f"等得最久的：{other}" in page
    assert "没有负责人" in page
    cai = browser_of("cai")
    page = words(await browser_of("erin").see("/desk?days=90"))
    assert "a first answer 3 hours (1)" in page
    assert (await cai.get("/desk?days=31")).status_code == 404
    assert "/desk" in await cai.see("/")
    for handle in ("alice", "charlie"):
        assert (await browser_of(handle).get("/desk")).status_code == 404
        assert (await api_of(handle).get("desk/times")).status_code == 404
        assert 'href="/desk"' not in await browser_of(handle).see("/")


async def test_where_one_stands(browser_of: BrowserOf, api_of: ApiOf, clock: Clock) -> None:
    alice, erin, cai = browser_of("alice"), api_of("erin"), api_of("cai")
    await ok(await cai.put("modules/camera/owner", json={"owner": "erin"}))
    first = await file(alice)
    clock.advance(hours=1)
    major, asked = await file(alice, severity="major"), await file(alice)
    elsewhere, put_aside = await file(alice, module="system"), await file(alice)
    answered = await file(alice, module="system")
    await ask(erin, asked, "哪个版本？")
    await ask(erin, answered, "哪个版本？")
    await say(api_of("alice"), answered, "26.11.20")
    until = (clock.now + timedelta(hours=2)).isoformat()
    await ok(await erin.put(f"reports/{put_aside}/snooze", json={"until": until}))
    brick = await file(alice, module="system", severity="brick")
    await close(cai, brick, "unreproducible", "没有复现")
    await ok(await cai.put(f"releases/{FRIDAY}/hold", json={"reason": "闹钟"}))

    found = await standing(erin)
    # A module that has nobody: answered is erin's because she asked.
    assert (found["queue"]["count"], named(found["queue"])) == (3, [major, answered, first])
    assert found["queue"]["oldest"] < found["queue"]["reports"][0]["since"]
    assert named(found["answers"]) == [answered]
    assert named(found["questions"]) == [asked]
    assert named(found["woken"]) == [put_aside]
    assert named(found["confirmations"]) == [brick]
    assert found["waiting"] == 5
    assert found["friday"]["date"] == FRIDAY
    assert [one["code"] for one in found["friday"]["blockers"]] == ["held", "no_build"]

    theirs = await standing(cai)
    assert named(theirs["queue"]) == [brick, elsewhere]
    assert named(theirs["confirmations"]) == [], "it was their own proposal"
    assert named(theirs["answers"]) == named(theirs["questions"]) == []
    clock.advance(hours=3)
    found = await standing(erin)
    assert found["queue"]["count"] == 4, "it is back"
    assert named(found["woken"]) == [put_aside]
    clock.advance(days=1)
    assert (await standing(erin))["woken"]["count"] == 0
    assert (await api_of("alice").get("desk/standing")).status_code == 403
    assert (await api_of("charlie").get("desk/standing")).status_code == 404


async def test_only_a_few_are_named_and_all_are_counted(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    for _ in range(5):
        await file(browser_of("alice"))
    with counting_queries() as seen:
        found = await standing(api_of("cai"))
    assert len(seen) <= 8, seen
    assert (found["queue"]["count"], len(found["queue"]["reports"])) == (5, 3)
    assert found["friday"] is None
