"""Captains write once what is said often; engineers say it, filled in, in the tester's language."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf
from tests.doing import file, ok, stored
from tracker import database as door

pytestmark = pytest.mark.usefixtures("world")

LOG: dict[str, Any] = {
    "kind": "question",
    "zh": "{reporter}，请在{device}（{build}）上抓一份{module}的日志，附到 {report}。",
    "en": "{reporter}, please take a {module} log on your {device} ({build}) for {report}.",
}


async def keep(captain: httpx.AsyncClient, name: str, **words: Any) -> Any:
    return await ok(await captain.put(f"saved-replies/{name}", json=LOG | words))


async def offered(engineer: httpx.AsyncClient, report: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await ok(await engineer.get(f"reports/{report}/saved-replies")))[
        "items"
    ]
    return found


async def test_it_is_filled_in_for_the_report_in_its_reporters_language(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    await keep(api_of("cai"), "need-log")
    alice = browser_of("alice")
    first = await file(alice, build="26.11.20")
    [one] = await offered(api_of("erin"), first)
    name = (await ok(await api_of("alice").get("me")))["display_name"]
    assert one == {
        "name": "need-log",
        "kind": "question",
        "reason": None,
        "text": f"{name}，请在小米 13（26.11.20）上抓一份相机的日志，附到 {first}。",
        "suggested": False,
    }
    await door.execute("UPDATE people SET language = 'en' WHERE handle = 'alice'")
    body = {"device": "fuxi", "module": "camera", "title": "{reporter} crashes"}
    second = (await ok(await api_of("alice").post("reports", json=body)))["id"]
    [one] = await offered(api_of("erin"), second)
    assert one["text"] == (
        f"{name}, please take a Camera log on your Xiaomi 13 (your present build) for {second}."
    )


async def test_what_a_tester_wrote_is_not_filled_in_again(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    await keep(api_of("cai"), "about", kind="reply", zh="关于「{title}」{ok}".replace("{ok}", "{}"))
    report = await file(browser_of("alice"), title="{device} 和 {reporter}")
    [one] = await offered(api_of("erin"), report)
    assert one["text"] == "关于「{device} 和 {reporter}」{}"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"zh": "请看 {devcie}"}, "zh"),
        ({"en": "  "}, "en"),
        ({"kind": "closure"}, "reason"),
        ({"kind": "closure", "reason": "withdrawn"}, "reason"),
        ({"kind": "reply", "reason": "spam"}, "reason"),
    ],
)
async def test_what_cannot_be_kept_is_refused_by_its_field(
    api_of: ApiOf, words: dict[str, Any], field: str
) -> None:
    answer = await api_of("cai").put("saved-replies/need-log", json=LOG | words)
    assert answer.status_code in (400, 422), answer.text
    assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert (await ok(await api_of("erin").get("saved-replies")))["items"] == []


async def test_a_name_is_one_that_can_be_typed(api_of: ApiOf) -> None:
    answer = await api_of("cai").put("saved-replies/Need%20Log", json=LOG)
    assert answer.status_code in (400, 422)
    assert [one["field"] for one in answer.json()["errors"]] == ["name"]


async def test_saving_again_changes_it_and_removing_ends_it(api_of: ApiOf) -> None:
    cai, erin = api_of("cai"), api_of("erin")
    assert (await cai.put("saved-replies/need-log", json=LOG)).status_code == 200
    again = await cai.put("saved-replies/need-log", json=LOG | {"zh": "请抓日志"})
    assert (again.status_code, again.json()["zh"]) == (200, "请抓日志")
    assert (await erin.delete("saved-replies/need-log")).status_code == 403
    assert (await ok(await cai.delete("saved-replies/need-log")))["items"] == []
    assert (await erin.get("saved-replies/need-log")).status_code == 404
    kinds = await door.fetch("SELECT kind, data->>'zh' AS zh FROM events ORDER BY id")
    assert [tuple(row) for row in kinds] == [
        ("saved_reply.kept", LOG["zh"]),
        ("saved_reply.kept", "请抓日志"),
        ("saved_reply.removed", "请抓日志"),
    ]


async def test_what_was_kept_is_set_right_by_hand_not_undone(api_of: ApiOf) -> None:
    await keep(api_of("cai"), "need-log")
    act = await ok(await api_of("cai").get("acts/last"))
    assert act["text"]["en"] == "saved a reply: need-log"
    answer = await api_of("cai").put(f"acts/{act['id']}/undoing")
    assert answer.status_code == 409
    assert "triage replies" in answer.json()["detail"]


async def test_a_captain_keeps_them_on_pages(browser_of: BrowserOf) -> None:
    cai = browser_of("cai")
    form = {"name": "by-design", "kind": "closure", "zh": "有意如此", "en": "It is so by design"}
    refused = await cai.submit("/desk/replies", form)
    assert refused.status_code == 422
    assert "有意如此" in refused.text, "what was typed is still there"
    page = await cai.see_after(await cai.submit("/desk/replies", form | {"reason": "as_intended"}))
    assert "by-design" in page
    assert "设计如此" in page
    page = await cai.see("/desk/replies/by-design")
    assert "It is so by design" in page
    # It becomes a reply: the reason that was chosen before does not matter any more.
    changed = form | {"kind": "reply", "reason": "as_intended"}
    page = await cai.see_after(await cai.submit("/desk/replies", changed))
    assert "设计如此" not in page
    erin = await browser_of("erin").see("/desk/replies")
    assert "by-design" in erin
    assert "/desk/replies/new" not in erin
    page = await cai.see_after(await cai.submit("/desk/replies/by-design/removal"))
    assert "还没有常用回复" in page


async def test_on_the_report_it_is_put_into_the_box(browser_of: BrowserOf, api_of: ApiOf) -> None:
    await keep(api_of("cai"), "seen", kind="reply", zh="{reporter}，收到")
    report = await file(browser_of("alice"))
    erin, alice = browser_of("erin"), browser_of("alice")
    assert f"/reports/{report}?saved=seen#messages" in await erin.see(f"/reports/{report}")
    page = await erin.see(f"/reports/{report}?saved=seen")
    name = (await stored(api_of("erin"), report))["reporter"]
    assert name
    assert "，收到</textarea>" in page
    theirs = await alice.see(f"/reports/{report}?saved=seen")
    assert "收到</textarea>" not in theirs
    assert "常用回复" not in theirs
