"""Captains say where new reports go: by words in two languages, module, model and severity."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.desk.rules import keep, said
from tests.doing import ask, file, ok, stored
from tracker import database as door
from tracker.desk.routing import route_filed

pytestmark = pytest.mark.usefixtures("world")


async def test_a_report_goes_to_whom_the_rule_names(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    await keep(api_of("cai"), "camera-crash", words=["闪退"], module="camera", owner="erin")
    taken = await file(browser_of("alice"), title="打开相机后闪退了")
    other = await file(browser_of("alice"), title="相机很慢")
    assert await route_filed(now=clock.now) == 2
    erin = api_of("erin")
    assert (await stored(erin, taken))["owner"] == "erin"
    assert (await stored(erin, other))["owner"] == "cai", "no rule, no module owner: a captain"
    name = (await ok(await erin.get("me")))["display_name"]
    told = (await stored(erin, taken))["timeline"][-1]
    assert (told["actor"], told["text"]["en"]) == (None, f"rule camera-crash gave it to {name}")
    assert told["text"]["zh"] == f"规则 camera-crash 交给了 {name}"
    theirs = (await stored(api_of("alice"), taken))["timeline"]
    assert [one["kind"] for one in theirs] == ["report.filed"]
    assert await route_filed(now=clock.now) == 0
    assert await said(taken) == ["report.routed camera-crash"]


@pytest.mark.parametrize(
    ("rule", "title", "holds"),
    [
        ({"words": ["充电发烫"]}, "手机充电时发烫", False),  # 电发 stand apart in it
        ({"words": ["发烫"]}, "手机充电时发烫", True),
        ({"words": ["发烫", "overheats"]}, "It OVERHEATS at night", True),
        ({"words": ["green sky"]}, "The sky turns green", True),
        ({"words": ["green sky"]}, "The sky is blue", False),
        ({"words": ["26.11.20"]}, "26.11.20 之后相机打不开", True),
        ({"module": "camera"}, "随便什么", True),
        ({"module": "lockscreen"}, "随便什么", False),
        ({"device": "fuxi"}, "随便什么", True),
        ({"device": "小米 10"}, "随便什么", False),
        ({"severities": ["brick", "major"]}, "随便什么", True),
        ({"severities": ["brick"]}, "随便什么", False),
        ({"words": ["发烫"], "module": "lockscreen"}, "手机充电时发烫", False),
        ({"words": ["发烫"], "device": "fuxi", "severities": ["major"]}, "发烫", True),
    ],
)
async def test_all_conditions_that_are_given_must_hold(
    api_of: ApiOf, clock: Clock, rule: dict[str, Any], title: str, holds: bool
) -> None:
    await keep(api_of("cai"), "some", labels=["taken"], **rule)
    body = {"device": "fuxi", "module": "camera", "severity": "major", "title": title}
    report = (await ok(await api_of("alice").post("reports", json=body)))["id"]
    found = await ok(await api_of("erin").get("routing-rules/some/check"))
    assert found["matches"] == int(holds), "what it would have done"
    await route_filed(now=clock.now)
    assert (await stored(api_of("erin"), report))["labels"] == (["taken"] if holds else [])


async def test_words_are_looked_for_in_the_text_too(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    await keep(api_of("cai"), "heat", words=["发烫"], labels=["heat"])
    report = await file(browser_of("alice"), title="充电的时候", actual="背面很快就发烫")
    await route_filed(now=clock.now)
    assert (await stored(api_of("erin"), report))["labels"] == ["heat"]


async def test_the_first_owner_and_reply_count_and_labels_add_up(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, erin = api_of("cai"), api_of("erin")
    for name in ("first", "second"):
        reply = {"kind": "reply", "zh": name, "en": name}
        await ok(await cai.put(f"saved-replies/{name}", json=reply))
    await keep(cai, "labels-only", words=["闪退"], labels=["crash", "camera"])
    await keep(cai, "to-ada", module="camera", owner="ada", labels=["crash"])
    await keep(cai, "to-erin", words=["闪退"], owner="erin", labels=["beta"], reply="second")
    await keep(cai, "late", words=["相机"], reply="first")
    report = await file(browser_of("alice"), title="打开相机后闪退")
    await route_filed(now=clock.now)
    found = await stored(erin, report)
    assert (found["owner"], found["labels"], found["suggested_reply"]) == (
        *("ada", ["beta", "camera", "crash"]),
        "second",
    )
    assert await said(report) == [
        "report.routed to-ada",
        "report.sorted labels-only",
        "report.sorted to-erin",
        "report.advised to-erin",
    ]
    # Another order decides otherwise, for what is filed from now on.
    await keep(cai, "to-erin", words=["闪退"], owner="erin", position=1)
    again = await file(browser_of("alice"), title="打开相机后闪退")
    await route_filed(now=clock.now)
    assert (await stored(erin, again))["owner"] == "erin"
    assert (await stored(erin, report))["owner"] == "ada"


async def test_one_that_is_off_does_nothing_and_no_rule_closes_or_answers(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, erin = api_of("cai"), api_of("erin")
    closure = {"kind": "closure", "reason": "spam", "zh": "广告", "en": "Advertising"}
    await ok(await cai.put("saved-replies/spam", json=closure))
    await keep(cai, "off", module="camera", owner="cai", labels=["off"], enabled=False)
    await keep(cai, "spam", words=["幸运"], reply="spam")
    report = await file(browser_of("alice"), title="幸运抽奖")
    await route_filed(now=clock.now)
    found = await stored(erin, report)
    assert (found["status"], found["messages"], found["waiting_since"] is not None) == (
        *("new", []),
        True,
    )
    assert (found["owner"], found["labels"], found["suggested_reply"]) == ("cai", [], "spam")


async def test_an_owner_whom_somebody_chose_stays(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, erin, alice = api_of("cai"), api_of("erin"), browser_of("alice")
    await door.execute("UPDATE modules SET owner = (SELECT id FROM people WHERE handle = 'ada')")
    await keep(cai, "all", module="camera", owner="erin", labels=["seen"])
    given, back, asked, left = [await file(alice) for _ in range(4)]
    await ok(await erin.put(f"reports/{given}/owner", json={"owner": "cai"}))
    await ok(await erin.put(f"reports/{back}/owner", json={"owner": None}))
    await ask(cai, asked, "哪个版本？")
    await route_filed(now=clock.now)
    owners = [(await stored(erin, one))["owner"] for one in (given, back, asked, left)]
    assert owners == ["cai", "erin", "erin", "erin"], "the module's owner was nobody's choice"
    assert (await stored(erin, given))["labels"] == ["seen"]


async def test_one_who_left_the_team_gets_nothing(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai = api_of("cai")
    await keep(cai, "gone", module="camera", owner="erin", labels=["camera"])
    await keep(cai, "next", module="camera", owner="ada")
    await door.execute("UPDATE people SET role = 'tester' WHERE handle = 'erin'")
    report = await file(browser_of("alice"))
    await route_filed(now=clock.now)
    found = await stored(cai, report)
    assert (found["owner"], found["labels"]) == ("ada", ["camera"])
    [gone, _] = (await ok(await cai.get("routing-rules")))["items"]
    assert (gone["owner"], gone["owner_left"]) == ("erin", True)
    assert "不在团队里" in await browser_of("cai").see("/desk/rules")


async def test_what_is_imported_is_nobodys_to_route(api_of: ApiOf, clock: Clock) -> None:
    await keep(api_of("cai"), "all", device="fuxi", labels=["seen"])
    await door.execute(
        "WITH r AS (INSERT INTO reports (reporter, model, module, title, filed_at, updated_at,"
        " source, external_id) SELECT p.id, d.id, m.id, '旧的', $1, $1, 'jira', 'X-1' FROM people p,"
        " device_models d, modules m WHERE (p.handle, d.codename, m.slug) = ('alice', 'fuxi',"
        " 'camera') RETURNING id) INSERT INTO events (at, kind, report, heard_at)"
        " SELECT $1, 'report.imported', id, $1 FROM r",
        clock.now,
    )
    assert await route_filed(now=clock.now) == 0
    found = await ok(await api_of("erin").get("routing-rules/all/check"))
    assert (found["filed"], found["matches"]) == (0, 0)


async def test_a_saved_reply_in_use_stays_and_one_that_goes_is_no_longer_suggested(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, erin = api_of("cai"), api_of("erin")
    reply = {"kind": "question", "zh": "请附日志", "en": "A log, please"}
    await ok(await cai.put("saved-replies/need-log", json=reply))
    await ok(await cai.put("saved-replies/a-first", json=reply))
    await keep(cai, "crash", words=["闪退"], reply="need-log")
    report = await file(browser_of("alice"), title="闪退")
    await route_filed(now=clock.now)
    assert (await stored(erin, report))["suggested_reply"] == "need-log"
    assert (await stored(api_of("alice"), report))["suggested_reply"] is None
    offered = (await ok(await erin.get(f"reports/{report}/saved-replies")))["items"]
    assert [(one["name"], one["suggested"]) for one in offered] == [
        ("need-log", True),
        ("a-first", False),
    ]
    page = await browser_of("erin").see(f"/reports/{report}")
    assert "Suggested by a rule" in page
    assert f"triage ask {report} --saved need-log" in page
    assert "规则推荐" not in await browser_of("alice").see(f"/reports/{report}")
    refused = await cai.delete("saved-replies/need-log")
    assert (refused.status_code, "crash" in refused.json()["detail"]) == (409, True)
    await ok(await cai.delete("routing-rules/crash"))
    await ok(await cai.delete("saved-replies/need-log"))
    assert (await stored(erin, report))["suggested_reply"] is None
