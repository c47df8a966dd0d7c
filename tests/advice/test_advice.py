"""Before you update: what testers are told of a build, by the problems that it brought."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import FRIDAY, close, file, fix, ok, propose, start, words
from tracker import database as door
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

NEWEST, OLDER, OLDEST = "26.11.20", "26.11.13", "26.11.6"


@pytest.fixture
async def testers(cast: None) -> list[str]:
    """Three more, each with a Xiaomi 13; they speak by their tokens alone."""
    names = ["dora", "emil", "fang"]
    await door.execute(
        "INSERT INTO people (handle, display_name, role, language, joined_at)"
        " SELECT h, h, 'tester', 'en', now() FROM unnest($1::text[]) h",
        names,
    )
    await door.execute(
        "INSERT INTO tokens (person, name, secret_hash, created_at)"
        " SELECT id, 'tests', encode(sha256(('oft_the-token-of-' || handle)::bytea), 'hex'), now()"
        " FROM people WHERE handle = ANY ($1)",
        names,
    )
    return names


async def advice_on(api: Any, version: str = NEWEST, device: str = "fuxi") -> Any:
    return (await ok(await api.get(f"builds/{device}/{version}")))["advice"]


async def me_too(api: Any, report: str, *, build: str = NEWEST, device: str = "fuxi") -> None:
    body = {"device": device, "build": build}
    await ok(await api.put(f"reports/{report}/affected", json=body))


async def test_nothing_to_say_against_it(api_of: ApiOf) -> None:
    advice = await advice_on(api_of("alice"))
    assert (advice["verdict"], advice["problems"]) == ("go", [])
    assert advice["heading"] == {"zh": "可以更新", "en": "Fine to update"}
    build = await ok(await api_of("alice").get(f"builds/fuxi/{NEWEST}"))
    assert (build["version"], build["ring"], build["position"]) == (NEWEST, "closed", 3)


@pytest.mark.parametrize("severity", ["brick", "data_loss"])
async def test_one_who_lost_something_warns_and_two_are_believed(
    browser_of: BrowserOf, api_of: ApiOf, severity: str, testers: list[str]
) -> None:
    alice = api_of("alice")
    report = await file(browser_of("alice"), title="更新后出事了", severity=severity)
    advice = await advice_on(alice)
    assert (advice["verdict"], advice["heading"]["zh"]) == ("care", "先备份，不急就等等")
    told = advice["problems"][0]
    assert (told["report"], told["proposal"], told["testers"], told["state"]) == (
        *(report, None),
        *(1, "new"),
    )
    await me_too(api_of(testers[0]), report)
    advice = await advice_on(alice)
    assert (advice["verdict"], advice["heading"]["zh"]) == ("wait", "先别更新")
    assert "2 位内测用户更新后" in advice["why"]["zh"]
    assert advice["why"]["zh"].endswith("工程师还没确认。")


async def test_an_engineer_who_recorded_it_is_believed_at_once(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    erin = api_of("erin")
    report = await file(browser_of("alice"), severity="brick", title="开不了机")
    proposal = await propose(erin, report)
    advice = await advice_on(api_of("alice"))
    assert advice["verdict"] == "wait"
    assert advice["why"]["zh"] == "1 位内测用户更新后手机开不了机，工程师已收录。"
    problem = advice["problems"][0]
    assert (problem["proposal"], problem["report"], problem["state"]) == (
        proposal,
        None,
        "recorded",
    )
    assert problem["text"] == {"zh": "打开相机后闪退的问题", "en": "Camera closed on opening"}
    await start(erin, proposal)
    assert (await advice_on(erin))["problems"][0]["state"] == "in_progress"
    await fix(erin, proposal)
    problem = (await advice_on(erin))["problems"][0]
    assert (problem["state"], problem["expected_on"]) == ("fixed", FRIDAY)


async def test_a_major_problem_concerns_those_who_use_that_part(
    browser_of: BrowserOf, api_of: ApiOf, testers: list[str]
) -> None:
    alice = api_of("alice")
    report = await file(browser_of("alice"), severity="major", title="相机打不开")
    assert await advice_on(alice) == await advice_on(alice, OLDER), "one alone says nothing yet"
    for handle, verdict in zip(testers, ("go", "care", "care"), strict=True):
        await me_too(api_of(handle), report)
        assert (await advice_on(alice))["verdict"] == verdict
    advice = await advice_on(alice)
    assert advice["heading"]["zh"] == "经常用相机的话，先等等"
    assert advice["why"]["zh"] == "4 位内测用户更新后遇到了同一个问题：相机打不开。"
    await me_too(api_of(testers[0]), report)
    assert (await advice_on(alice))["problems"][0]["testers"] == 4, "each counts once"


async def test_a_problem_belongs_to_the_build_it_was_seen_on_first(
    browser_of: BrowserOf, api_of: ApiOf, testers: list[str]
) -> None:
    """Wherever in the line, and whatever the order in which people said so."""
    alice, erin = browser_of("alice"), api_of("erin")
    late = await file(alice, severity="data_loss", build=NEWEST, other="")
    proposal = await propose(erin, late)
    assert (await advice_on(erin, NEWEST))["verdict"] == "wait"
    earlier = await file(alice, severity="normal", build=OLDER)
    await ok(await erin.put(f"reports/{earlier}/proposal", json={"proposal": proposal}))
    assert (await advice_on(erin, NEWEST))["verdict"] == "go"
    advice = await advice_on(erin, OLDER)
    assert (advice["verdict"], advice["problems"][0]["severity"]) == ("wait", "data_loss")
    await me_too(api_of(testers[0]), late, build=OLDEST)
    assert (await advice_on(erin, OLDER))["verdict"] == "go"
    assert (await advice_on(erin, OLDEST))["verdict"] == "wait"
    # Unlinked, the late one is a problem of its own: seen on the oldest build by one, too.
    await ok(await erin.delete(f"reports/{late}/proposal"))
    assert (await advice_on(erin, NEWEST))["verdict"] == "go"
    assert (await advice_on(erin, OLDEST))["problems"][0]["report"] == late


async def test_other_models_and_rings_have_nothing_to_do_with_it(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    erin = api_of("erin")
    report = await file(browser_of("alice"), severity="brick")
    other = await file(browser_of("bob"), device="umi", severity="normal", build=OLDER)
    dev = await file(browser_of("alice"), build="26.11.18")
    await propose(erin, report, other, dev)
    assert (await advice_on(erin, NEWEST, "fuxi"))["verdict"] == "wait"
    assert (await advice_on(erin, OLDER, "umi"))["problems"] == []
    assert (await advice_on(erin, "26.11.18", "fuxi"))["verdict"] == "wait", (
        "the first there as well"
    )


async def test_the_warning_goes_by_itself(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    fixed = await file(alice, severity="brick")
    closed = await file(alice, severity="data_loss", title="其实没有丢")
    proposal = await propose(erin, fixed)
    await close(erin, closed, "unreproducible", "两个人都没有看到")
    await close(api_of("cai"), closed, "unreproducible", "两个人都没有看到")
    assert [one["proposal"] for one in (await advice_on(erin))["problems"]] == [proposal]
    await fix(erin, proposal)
    page = words(await alice.see(f"/devices/fuxi/builds/{NEWEST}"))
    assert "预计 11 月 27 日的版本解决，到时这条提醒会自动消失。" in page

    await ok(await erin.put("builds/fuxi/26.11.27", json={"ring": "closed", "release": FRIDAY}))
    assert await advice_on(erin, "26.11.27") is None, "not out yet"
    clock.set(datetime.fromisoformat(f"{FRIDAY}T17:00:00+08:00"))
    await schedule.tick(settings, clock.now)
    assert (await advice_on(erin, NEWEST))["verdict"] == "go"
    assert (await advice_on(erin, "26.11.27"))["verdict"] == "go"

    # Still there on the build with the fix: back on the page of the one that brought it.
    said = {"build": "26.11.27", "verdict": "broken"}
    await ok(await api_of("alice").put(f"reports/{fixed}/verification", json=said))
    assert (await advice_on(erin, NEWEST))["verdict"] == "wait"
    assert (await advice_on(erin, "26.11.27"))["verdict"] == "go"


async def test_what_is_for_the_team_alone_stays_so(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    secret = await file(alice, severity="security", title="锁屏能被绕过")
    advice = await advice_on(api_of("bob"))
    assert (advice["verdict"], advice["heading"]["zh"]) == ("care", "不急就等等")
    private = await file(
        alice, severity="brick", private="true", title="只有我知道", module="system"
    )
    proposal = await propose(
        erin, secret, title="PIN bypass", changelog={"zh": "绕过", "en": "Bypass"}
    )
    await propose(erin, private, title="Only mine", changelog={"zh": "只有", "en": "Only"})
    for who in ("bob", "alice", "erin"):
        text = (await api_of(who).get(f"builds/fuxi/{NEWEST}")).text
        for word in ("锁屏", "绕过", "Bypass", "bypass", "只有我", "Only mine", "camera", "system"):
            assert word not in text, (who, word)
    for problem in (await advice_on(api_of("bob")))["problems"]:
        assert (problem["module"], problem["proposal"], problem["report"]) == (None, None, None)
    named = [problem["proposal"] for problem in (await advice_on(erin))["problems"]]
    assert proposal in named, "the team can follow it up"
    page = words(await bob.see(f"/devices/fuxi/builds/{NEWEST}"))
    assert "A security problem that the engineers are working on" in page
    assert "A problem reported to officials only" in page


async def test_what_was_declined_is_no_warning(browser_of: BrowserOf, api_of: ApiOf) -> None:
    erin = api_of("erin")
    proposal = await propose(erin, await file(browser_of("alice"), severity="major"))
    assert len((await advice_on(erin))["problems"]) == 1
    body = {"state": "declined", "reason": "有意如此"}
    await ok(await erin.patch(f"proposals/{proposal}", json=body))
    assert (await advice_on(erin))["problems"] == []


async def test_a_withdrawn_build_is_not_to_be_installed(api_of: ApiOf) -> None:
    erin = api_of("erin")
    reason = {"zh": "充电时会过热", "en": "it overheats while charging"}
    await ok(await erin.put(f"builds/fuxi/{NEWEST}/withdrawal", json={"reason": reason}))
    advice = await advice_on(api_of("alice"))
    assert (advice["verdict"], advice["heading"]["en"]) == ("wait", "Do not install it")
    assert advice["why"] == {
        "zh": "已撤回：充电时会过热",
        "en": "Withdrawn: it overheats while charging",
    }
