"""A captain keeps the rules on pages, tries one out before it is saved, and loses nothing typed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import file, ok, words
from tracker import database as door

pytestmark = pytest.mark.usefixtures("world")

FORM = {
    "name": "camera-crash",
    "words": "闪退\r\ncrash\r\n",
    "module": "camera",
    "device": "小米 13",
    "severities": ["major", "normal"],
    "owner": "erin",
    "labels": "crash, camera",
    "enabled": "true",
    "days": "7",
}


async def test_trying_it_out_saving_it_and_finding_it_again(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai = browser_of("cai")
    report = await file(browser_of("alice"), title="打开相机后闪退")
    clock.advance(minutes=1)
    assert "还没有分派规则" in await cai.see("/desk/rules")
    tried = await cai.submit("/desk/rules", {**FORM, "do": "check"})
    assert tried.status_code == 200
    shown = words(tried.text)
    assert "提交了 1 个反馈，符合 1 个。其中 1 个会换负责人。" in shown
    assert "1 个会加上标签 crash。" in shown
    assert f'href="/reports/{report}"' in tried.text
    for typed in ("闪退\ncrash", "小米 13", "crash, camera"):
        assert typed in tried.text.replace("\r\n", "\n"), "nothing typed is lost"
    assert tried.text.count("checked") == 3, "two severities, and that it is in force"
    assert (await ok(await api_of("cai").get("routing-rules")))["items"] == []
    page = await cai.see_after(await cai.submit("/desk/rules", {**FORM, "do": "save"}))
    assert "1. camera-crash" in words(page)
    assert (
        "「闪退」或「crash」，相机，fuxi，严重影响使用或一般"
        " → 交给 @erin；标签 camera, crash" in words(page)
    )
    kept = (await ok(await api_of("erin").get("routing-rules/camera-crash"))) | {"kept_at": ""}
    assert kept == {
        "name": "camera-crash",
        "position": 1,
        "enabled": True,
        "words": ["闪退", "crash"],
        "module": "camera",
        "device": "fuxi",
        "severities": ["major", "normal"],
        "owner": "erin",
        "owner_left": False,
        "labels": ["camera", "crash"],
        "reply": None,
        "kept_by": kept["kept_by"],
        "kept_at": "",
    }
    page = await cai.see("/desk/rules/camera-crash")
    assert 'value="camera crash"' in page
    # A check of the saved one, changed: it is in its own place.
    changed = {**FORM, "there": "true", "words": "不存在", "do": "check"}
    answer = await cai.submit("/desk/rules", changed)
    assert "符合 0 个" in words(answer.text)
    assert "不存在" in answer.text
    page = await cai.see_after(await cai.submit("/desk/rules/camera-crash/removal"))
    assert "还没有分派规则" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "Camera Crash"}, "name"),
        ({"words": "", "module": "", "device": "", "severities": []}, "words"),
        ({"words": "……"}, "words"),
        ({"owner": "", "labels": ""}, "owner"),
        ({"owner": "alice"}, "owner"),
        ({"labels": "热"}, "labels"),
        ({"module": "nothing"}, "module"),
        ({"device": "nothing"}, "device"),
        ({"reply": "nothing"}, "reply"),
        ({"position": "first"}, "position"),
        ({"severities": ["awful"]}, "severities"),
        ({"words": "字" * 101}, "words"),
    ],
)
async def test_what_cannot_be_kept_is_said_at_its_field(
    browser_of: BrowserOf, api_of: ApiOf, wrong: dict[str, Any], field: str
) -> None:
    cai = browser_of("cai")
    for do in ("save", "check"):
        answer = await cai.submit("/desk/rules", {**FORM, **wrong, "do": do})
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
        assert answer.text.count('<li><a href="#f-') == 1, "that field alone"
    assert (await ok(await api_of("cai").get("routing-rules")))["items"] == []


async def test_a_place_is_a_number(browser_of: BrowserOf) -> None:
    answer = await browser_of("cai").submit("/desk/rules", {**FORM, "position": "0"})
    assert answer.status_code == 422
    assert "顺序写一个 1 以上的数字" in answer.text


async def test_all_that_is_wrong_is_said_at_once_by_the_api(api_of: ApiOf) -> None:
    body = {"module": "x", "device": "y", "owner": "z", "reply": "w", "words": ["!"]}
    answer = await api_of("cai").put("routing-rules/wrong", json=body)
    assert answer.status_code == 422
    fields = {one["field"] for one in answer.json()["errors"]}
    assert fields == {"module", "device", "owner", "reply", "words"}
    answer = await api_of("cai").put("routing-rules/wrong", json={"words": ["闪退"], "days": 0})
    assert answer.status_code in (400, 422)


async def test_a_name_that_is_taken_is_not_written_over(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    cai = browser_of("cai")
    await cai.submit("/desk/rules", FORM)
    answer = await cai.submit("/desk/rules", {**FORM, "words": "别的"})
    assert answer.status_code == 422
    assert 'href="#f-name"' in answer.text
    await cai.see_after(await cai.submit("/desk/rules", {**FORM, "words": "别的", "there": "true"}))
    assert (await ok(await api_of("cai").get("routing-rules/camera-crash")))["words"] == ["别的"]


async def test_their_order_and_switching_them(browser_of: BrowserOf, api_of: ApiOf) -> None:
    cai, api = browser_of("cai"), api_of("cai")
    for name in ("one", "two", "three"):
        await ok(await api.put(f"routing-rules/{name}", json={"words": [name], "labels": [name]}))

    async def order() -> list[str]:
        return [one["name"] for one in (await ok(await api.get("routing-rules")))["items"]]

    await cai.see_after(await cai.submit("/desk/rules/three/place", {"to": "up"}))
    assert await order() == ["one", "three", "two"]
    await cai.submit("/desk/rules/one/place", {"to": "down"})
    assert await order() == ["three", "one", "two"]
    await cai.submit("/desk/rules/three/place", {"to": "up"})
    assert await order() == ["three", "one", "two"], "the first goes no further"
    rule = {"words": ["x"], "labels": ["x"], "position": 2}
    await ok(await api.put("routing-rules/four", json=rule))
    assert await order() == ["three", "four", "one", "two"]
    await ok(await api.delete("routing-rules/three"))
    found = (await ok(await api.get("routing-rules")))["items"]
    assert [(one["name"], one["position"]) for one in found] == [
        *(("four", 1), ("one", 2), ("two", 3)),
    ]
    page = await cai.see_after(await cai.submit("/desk/rules/four/switch", {"on": "false"}))
    assert "已停用" in page
    assert not (await ok(await api.get("routing-rules/four")))["enabled"]
    rows = await door.fetch("SELECT kind FROM events WHERE kind LIKE 'rule.%' ORDER BY id")
    kinds = [row["kind"] for row in rows]
    assert kinds == [
        *["rule.added"] * 3,
        *["rule.moved"] * 2,
        *("rule.added", "rule.removed", "rule.changed"),
    ]
    act = await ok(await api.get("acts/last"))
    assert act["text"]["en"] == "changed a rule: four"
    refused = await api.put(f"acts/{act['id']}/undoing")
    assert (refused.status_code, "triage rules" in refused.json()["detail"]) == (409, True)


async def test_an_engineer_reads_and_tries_but_does_not_change(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    await browser_of("cai").submit("/desk/rules", FORM)
    await file(browser_of("alice"), title="打开相机后闪退")
    clock.advance(minutes=1)
    erin = browser_of("erin")
    page = await erin.see("/desk/rules")
    assert 'href="/desk/rules/camera-crash/check"' in page
    assert "/switch" not in page
    assert "/desk/new-rule" not in page
    page = await erin.see("/desk/rules/camera-crash/check?days=3")
    assert "1 of 1 filed reports match." in words(page)
    wrong = await erin.get("/desk/rules/camera-crash/check?days=99")
    assert (wrong.status_code, 'href="#f-days"' in wrong.text) == (422, True)
    assert (await erin.submit("/desk/rules", FORM)).status_code == 403
    assert (await erin.get("/desk/rules/nothing/check")).status_code == 404
