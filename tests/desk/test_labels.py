"""The team's own words on reports: testers never see them, nor find anything by them."""

from __future__ import annotations

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import file, ok, stored
from tracker import database as door
from tracker.desk.routing import route_filed

pytestmark = pytest.mark.usefixtures("world")

LABEL = "overheating"


async def test_putting_and_removing_twice_is_the_same_as_once(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    report, erin = await file(browser_of("alice")), api_of("erin")
    for _ in range(2):
        found = await ok(await erin.put(f"reports/{report}/labels/{LABEL}"))
        assert found["labels"] == [LABEL]
    found = await ok(await erin.put(f"reports/{report}/labels/battery"))
    assert found["labels"] == ["battery", LABEL]
    for _ in range(2):
        found = await ok(await erin.delete(f"reports/{report}/labels/{LABEL}"))
        assert found["labels"] == ["battery"]
    assert [one["text"]["en"] for one in found["timeline"][1:]] == [
        f"labelled it {LABEL}",
        "labelled it battery",
        f"took the label {LABEL} off",
    ]
    refused = await erin.put(f"reports/{report}/labels/发热")
    assert [one["field"] for one in refused.json()["errors"]] == ["label"]
    for n in range(19):
        await ok(await erin.put(f"reports/{report}/labels/l{n}"))
    assert (await erin.put(f"reports/{report}/labels/one-more")).status_code == 409


async def test_testers_see_nothing_of_them(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, erin = browser_of("alice"), browser_of("erin")
    report, other = await file(alice), await file(alice, title="没有标签的")
    await ok(await api_of("erin").put(f"reports/{report}/labels/{LABEL}"))
    for path in (f"/reports/{report}", "/reports", "/"):
        page = await alice.see(path)
        assert LABEL not in page, path
    assert f"/reports/{report}" not in await alice.see(f"/reports?label={LABEL}")
    assert 'name="label"' not in await alice.see("/reports/filters")
    theirs = await stored(api_of("alice"), report)
    assert (theirs["labels"], [one["kind"] for one in theirs["timeline"]]) == ([], ["report.filed"])
    found = await ok(await api_of("alice").get(f"reports?label={LABEL}"))
    assert found["items"] == []
    # The team does.
    assert f'href="/reports?label={LABEL}"' in await erin.see(f"/reports/{report}")
    assert LABEL in await erin.see("/reports")
    page = await erin.see(f"/reports?label={LABEL}")
    assert f"/reports/{report}" in page
    assert f"/reports/{other}" not in page
    assert 'name="label"' in await erin.see("/reports/filters")
    found = await ok(await api_of("erin").get(f"reports?label={LABEL}"))
    assert [one["id"] for one in found["items"]] == [report]


async def test_taking_it_back(browser_of: BrowserOf, api_of: ApiOf) -> None:
    report, erin, cai = await file(browser_of("alice")), api_of("erin"), api_of("cai")
    await ok(await erin.put(f"reports/{report}/labels/{LABEL}"))
    act = await ok(await erin.get("acts/last"))
    assert act["undoing"]["steps"][0]["text"]["en"] == f"the label {LABEL} comes off"
    undone = await ok(await erin.put(f"acts/{act['id']}/undoing"))
    assert (await stored(erin, report))["labels"] == []
    # And doing it again.
    await ok(await erin.put(f"acts/{undone['undone_by']}/undoing"))
    found = await stored(erin, report)
    assert (found["labels"], found["timeline"][-1]["text"]["en"]) == (
        [LABEL],
        f"labelled it {LABEL}",
    )
    await ok(await erin.delete(f"reports/{report}/labels/{LABEL}"))
    act = await ok(await erin.get("acts/last"))
    await ok(await cai.put(f"reports/{report}/labels/battery"))
    refused = await erin.put(f"acts/{act['id']}/undoing")
    assert refused.status_code == 409, "somebody decided the same matter since"
    assert (await stored(erin, report))["labels"] == ["battery"]


async def test_a_rule_that_came_in_between_is_named(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    report, erin = await file(browser_of("alice")), api_of("erin")
    await ok(await erin.put(f"reports/{report}/labels/{LABEL}"))
    rule = {"module": "camera", "labels": ["camera"]}
    await ok(await api_of("cai").put("routing-rules/camera", json=rule))
    await route_filed(now=clock.now)
    assert (await stored(erin, report))["labels"] == ["camera", LABEL]
    [why] = (await ok(await erin.get("acts/last")))["undoing"]["obstacles"]
    assert why["text"]["en"].startswith(
        "it has changed since: rule camera labelled it camera (11-24"
    )


async def test_those_with_a_label_are_found_by_its_index(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    report = await file(browser_of("alice"))
    await door.execute(
        "INSERT INTO reports (reporter, model, module, title, filed_at, updated_at)"
        " SELECT reporter, model, module, 'n', filed_at, updated_at FROM reports,"
        " generate_series(1, 5000)"
    )
    await ok(await api_of("erin").put(f"reports/{report}/labels/{LABEL}"))
    await door.execute("ANALYZE reports")
    plan = await door.fetch(
        "EXPLAIN SELECT id FROM reports WHERE true AND"
        " (cardinality(reports.labels) > 0 AND reports.labels @> '{overheating}'::text[])"
    )
    assert "reports_labels" in "\n".join(row[0] for row in plan)
