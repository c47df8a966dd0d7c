"""What every program that talks to the API relies on: errors, repeats, pages of a list."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.cast import ApiOf, Clock
from tracker import database as door

pytestmark = pytest.mark.usefixtures("world")

REPORT = {"device": "fuxi", "build": "26.11.20", "module": "camera", "title": "打开相机后闪退"}


async def test_a_value_that_cannot_be_taken_is_named(api_of: ApiOf) -> None:
    alice = api_of("alice")
    for change, field in (
        ({"title": ""}, "title"),
        ({"device": "nokia"}, "device"),
        ({"build": "1.0"}, "build"),
        ({"module": "teapot"}, "module"),
        ({"severity": "huge"}, "severity"),
    ):
        response = await alice.post("reports", json=REPORT | change)
        assert response.status_code == 422, change
        assert response.headers["content-type"] == "application/problem+json"
        problem = response.json()
        assert problem["status"] == 422
        assert [error["field"] for error in problem["errors"]] == [field]
        assert problem["errors"][0]["message"]
    assert (await alice.get("reports")).json()["items"] == [], "nothing half-done stays"


async def test_the_answer_to_filing_is_the_report_as_it_is_read(api_of: ApiOf) -> None:
    alice = api_of("alice")
    for change in (
        {},
        {"build": None, "body": "1. 锁屏", "frequency": "once"},
        {"severity": "security", "kind": "suggestion", "private": False},
        {"device": "UMI", "build": "26.11.18"},
        {"device": "umi", "build": ""},
    ):
        answer = await alice.post("reports", json=REPORT | change)
        assert answer.status_code == 201, answer.text
        filed = answer.json()
        assert filed == (await alice.get(f"reports/{filed['id']}")).json()
        assert [line["kind"] for line in filed["timeline"]] == ["report.filed"]


async def test_refusals_speak_the_language_that_is_asked_for(api_of: ApiOf) -> None:
    alice = api_of("alice")
    english = await alice.get("reports/R-99")
    chinese = await alice.get("reports/R-99", headers={"Accept-Language": "zh-Hans-CN"})
    assert english.json()["detail"] == "There is no report R-99"
    assert chinese.json()["detail"] == "没有 R-99 这个反馈"


@pytest.mark.parametrize(
    "path", ["reports/12", "reports/P-1", "reports/R-0", "reports/R-x", "nope"]
)
async def test_an_address_of_nothing_is_404(api_of: ApiOf, path: str) -> None:
    response = await api_of("erin").get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_repeated_post_gets_the_first_answer(api_of: ApiOf) -> None:
    alice = api_of("alice")
    key = {"Idempotency-Key": "6f1c"}
    first = await alice.post("reports", json=REPORT, headers=key)
    again = await alice.post("reports", json=REPORT, headers=key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    other = await alice.post("reports", json=REPORT | {"title": "别的"}, headers=key)
    assert other.status_code == 409
    assert len((await alice.get("reports")).json()["items"]) == 1
    theirs = await api_of("bob").post("reports", json=REPORT, headers=key)
    assert theirs.json()["id"] != first.json()["id"], "keys of two people never meet"


async def test_a_repeat_while_the_first_is_under_way_waits_for_it(api_of: ApiOf) -> None:
    alice = api_of("alice")
    answers = await asyncio.gather(
        *(
            alice.post("reports", json=REPORT, headers={"Idempotency-Key": "at once"})
            for _ in range(6)
        )
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_a_refused_post_may_be_corrected_under_the_same_key(api_of: ApiOf) -> None:
    alice = api_of("alice")
    key = {"Idempotency-Key": "second thoughts"}
    refused = await alice.post("reports", json=REPORT | {"device": "nokia"}, headers=key)
    taken = await alice.post("reports", json=REPORT, headers=key)
    assert (refused.status_code, taken.status_code) == (422, 201)


async def _all_pages(client: Any, path: str, **params: Any) -> list[str]:
    found: list[str] = []
    after = ""
    while True:
        page = (await client.get(path, params={**params, "after": after})).json()
        found += [item["id"] for item in page["items"]]
        if page["next"] is None:
            return found
        after = page["next"]


@pytest.mark.parametrize("sort", ["new", "old", "updated"])
async def test_the_pages_of_a_list_give_each_report_once(api_of: ApiOf, sort: str) -> None:
    alice, erin = api_of("alice"), api_of("erin")
    filed = [
        (await alice.post("reports", json=REPORT | {"title": f"第 {n} 个"})).json()["id"]
        for n in range(11)
    ]
    await erin.post(f"reports/{filed[3]}/messages", json={"text": "在看"})
    found = await _all_pages(erin, "reports", sort=sort, limit=4)
    assert sorted(found) == sorted(filed)
    if sort != "updated":
        assert found == (filed if sort == "old" else filed[::-1])


async def test_a_cursor_or_limit_that_is_none_is_named(api_of: ApiOf) -> None:
    alice = api_of("alice")
    for params, field in (
        ({"after": "x"}, "after"),
        ({"limit": 0}, "limit"),
        ({"sort": "z"}, "sort"),
    ):
        response = await alice.get("reports", params=params)
        assert response.status_code == 422
        assert response.json()["errors"][0]["field"] == field


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("闪退", True),
        ("相机", True),
        ("Camera", True),
        ("camera  closes", True),
        ("机后", True),
        ("闹钟", False),
        ("cam", False),
        ("退闪", False),
        ("！？", False),
    ],
)
async def test_words_are_found_in_both_languages(api_of: ApiOf, query: str, found: bool) -> None:
    alice = api_of("alice")
    await alice.post("reports", json=REPORT | {"body": "The camera closes at once."})
    items = (await alice.get("reports", params={"q": query})).json()["items"]
    assert bool(items) is found


async def test_a_severe_report_is_not_merged_into_a_fix(api_of: ApiOf) -> None:
    alice, erin = api_of("alice"), api_of("erin")
    one = (await alice.post("reports", json=REPORT)).json()["id"]
    lost = (await alice.post("reports", json=REPORT | {"severity": "data_loss"})).json()["id"]
    proposal = (await erin.post("proposals", json={"title": "闪退", "reports": [one]})).json()["id"]
    before = await erin.put(f"reports/{lost}/proposal", json={"proposal": proposal})
    assert before.status_code == 200
    await erin.delete(f"reports/{lost}/proposal")
    await erin.put(f"proposals/{proposal}/fix", json={})
    refused = await erin.put(f"reports/{lost}/proposal", json={"proposal": proposal})
    assert refused.status_code == 409
    assert (await alice.get(f"reports/{lost}")).json()["status"] == "new"


async def test_two_people_close_a_severe_report(api_of: ApiOf) -> None:
    alice, cai, erin = api_of("alice"), api_of("cai"), api_of("erin")
    report = (await alice.post("reports", json=REPORT | {"severity": "brick"})).json()["id"]
    body = {"reason": "unreproducible", "text": "三台手机都没有出现"}
    for _ in range(2):
        shown = (await erin.put(f"reports/{report}/closure", json=body)).json()
        assert (shown["status"], shown["pending_closure"]["by"]) == ("new", "erin")
    shown = (await cai.put(f"reports/{report}/closure", json=body)).json()
    assert (shown["status"], shown["closure"]["by"]) == ("closed", "cai")
    assert (await alice.get(f"reports/{report}")).json()["closure"]["text"] == body["text"]


async def test_unlinking_gives_everything_back(api_of: ApiOf) -> None:
    alice, erin = api_of("alice"), api_of("erin")
    report = (await alice.post("reports", json=REPORT)).json()["id"]
    await alice.post(f"reports/{report}/messages", json={"text": "还有日志"})
    proposal = (await erin.post("proposals", json={"title": "闪退", "reports": [report]})).json()
    await erin.put(f"proposals/{proposal['id']}/fix", json={})
    assert (await alice.get(f"reports/{report}")).json()["status"] == "fixed"
    shown = (await erin.delete(f"reports/{report}/proposal")).json()
    assert (shown["status"], shown["proposal"], shown["expected_on"]) == ("new", None, None)
    assert [message["text"] for message in shown["messages"]] == ["还有日志"]


async def test_declining_closes_with_the_reason_and_taking_it_back_reopens(api_of: ApiOf) -> None:
    alice, erin = api_of("alice"), api_of("erin")
    report = (await alice.post("reports", json=REPORT)).json()["id"]
    severe = (await alice.post("reports", json=REPORT | {"severity": "brick"})).json()["id"]
    body = {"title": "闪退", "reports": [report, severe]}
    proposal = (await erin.post("proposals", json=body)).json()["id"]
    silent = await erin.patch(f"proposals/{proposal}", json={"state": "declined"})
    assert silent.json()["errors"][0]["field"] == "reason"
    change = {"state": "declined", "reason": "这个机型不再更新"}
    await erin.patch(f"proposals/{proposal}", json=change)
    closed = (await alice.get(f"reports/{report}")).json()
    assert (closed["status"], closed["closure"]["text"]) == ("closed", "这个机型不再更新")
    waiting = (await erin.get(f"reports/{severe}")).json()
    assert (waiting["status"], waiting["pending_closure"]["by"]) == ("accepted", "erin")
    await erin.patch(f"proposals/{proposal}", json={"state": "open"})
    assert (await alice.get(f"reports/{report}")).json()["status"] == "accepted"


async def test_builds_keep_their_explicit_order(api_of: ApiOf) -> None:
    erin = api_of("erin")
    await erin.put("builds/fuxi/V14.9", json={"ring": "closed"})
    await erin.put("builds/fuxi/V14.10", json={"ring": "closed", "after": "26.11.13"})
    rows = await door.fetch(
        "SELECT version FROM builds b JOIN device_models d ON d.id = b.model"
        " WHERE d.codename = 'fuxi' AND b.ring = 'closed' ORDER BY position"
    )
    order = [row["version"] for row in rows]
    assert order == ["26.11.6", "26.11.13", "V14.10", "26.11.20", "V14.9"]
    again = await erin.put("builds/fuxi/V14.10", json={"ring": "closed", "after": "26.11.13"})
    assert again.json()["position"] == 3
    wrong = await erin.put("builds/fuxi/V14.11", json={"ring": "closed", "after": "26.11.18"})
    assert wrong.json()["errors"][0]["field"] == "after"
    wednesday = {"ring": "closed", "release": "2026-11-25"}
    wrong = await erin.put("builds/fuxi/V14.12", json=wednesday)
    assert wrong.json()["errors"][0]["field"] == "release"


async def test_the_inbox_is_where_a_tester_spoke_last(api_of: ApiOf, clock: Clock) -> None:
    alice, erin = api_of("alice"), api_of("erin")
    first, second, third = [
        (await alice.post("reports", json=REPORT | {"title": title})).json()["id"]
        for title in ("一", "二", "三")
    ]

    async def waiting() -> list[str]:
        return await _all_pages(erin, "reports", sort="waiting", limit=2)

    assert await waiting() == [first, second, third]
    await erin.put(f"reports/{first}/question", json={"text": "哪个版本？"})
    await erin.post(f"reports/{second}/messages", json={"text": "只给自己人", "internal": True})
    await erin.post("proposals", json={"title": "三", "reports": [third]})
    assert await waiting() == [second], "a note for the team answers nobody"
    clock.advance(minutes=5)
    await alice.post(f"reports/{first}/messages", json={"text": "26.11.20"})
    assert await waiting() == [second, first]


async def test_what_no_column_can_hold_is_refused(api_of: ApiOf) -> None:
    alice, erin = api_of("alice"), api_of("erin")
    report = (await alice.post("reports", json=REPORT)).json()["id"]
    for response in (
        await alice.post("reports", json=REPORT | {"title": "相机\x00闪退"}),
        await alice.post(f"reports/{report}/messages", json={"text": "\x00"}),
        await erin.get("reports", params={"q": "\x00", "module": "\x00"}),
    ):
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"
    for number in ("R-9223372036854775807", "R-9223372036854775808", "R-99999999999999999999"):
        assert (await erin.get(f"reports/{number}")).status_code == 404


async def test_a_severe_reports_pending_closure_is_the_teams_business(api_of: ApiOf) -> None:
    alice, bob, erin = api_of("alice"), api_of("bob"), api_of("erin")
    report = (await alice.post("reports", json=REPORT | {"severity": "brick"})).json()["id"]
    body = {"reason": "unreproducible", "text": "三台手机都没有出现"}
    await erin.put(f"reports/{report}/closure", json=body)
    for tester in (alice, bob):
        shown = (await tester.get(f"reports/{report}")).json()
        assert shown["pending_closure"] is None
        assert [event["kind"] for event in shown["timeline"]] == ["report.filed"]
    await alice.put(f"reports/{report}/closure", json={"reason": "withdrawn"})
    shown = (await alice.get(f"reports/{report}")).json()
    assert shown["pending_closure"]["by"] == "alice", "their own they see"
