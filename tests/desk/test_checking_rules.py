"""What a rule would have done last week is what it then does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.desk.rules import keep
from tests.doing import file, ok
from tracker import database as door
from tracker.desk.routing import route_filed

pytestmark = pytest.mark.usefixtures("world")


async def test_the_check_says_what_then_happens(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, erin, alice = api_of("cai"), api_of("erin"), browser_of("alice")
    await door.execute(
        "UPDATE modules SET owner = (SELECT id FROM people WHERE handle = 'erin')"
        " WHERE slug = 'lockscreen'"
    )
    reply = {"kind": "reply", "zh": "谢谢", "en": "Thanks"}
    await ok(await cai.put("saved-replies/thanks", json=reply))
    titles = [
        *(("打开相机后闪退", "camera"), ("锁屏闪退", "lockscreen"), ("严重的闪退", "camera")),
        *(("充电发烫", "camera"), ("crash on start", "system"), ("很慢", "system")),
    ]
    await file(alice, title="闪退", module="camera")
    clock.advance(days=10)
    for title, module in titles:
        await file(alice, title=title, module=module)
    clock.advance(hours=1)
    await keep(cai, "before", words=["严重"], owner="ada")
    await route_filed(now=clock.now)
    rule = {
        "words": ["闪退", "crash"],
        "owner": "erin",
        "labels": ["crash", "triage"],
        "reply": "thanks",
    }
    draft = await ok(await erin.post("routing-checks", json={**rule, "days": 7}))
    figures = {
        "filed": 6,
        "matches": 4,
        "owners_changed": 2,  # the camera's and the system's: the lock screen is erin's already
        "owners_elsewhere": 1,
        "labels_added": {"crash": 4, "triage": 4},
        "replies_suggested": 4,
    }
    assert {name: draft[name] for name in figures} == figures
    assert [one["title"] for one in draft["sample"]] == [
        *("crash on start", "严重的闪退", "锁屏闪退", "打开相机后闪退"),
    ]
    assert [one["new_owner"] for one in draft["sample"]] == ["erin", None, "erin", "erin"]
    assert draft["sample"][0]["url"].endswith(f"/reports/{draft['sample'][0]['id']}")
    await keep(cai, "crash", **rule, enabled=False)
    saved = await ok(await erin.get("routing-rules/crash/check?days=7"))
    assert saved == draft, "a rule that is off is tried as if it were on"
    await keep(cai, "crash", **rule)
    # The same six again, this time for real.
    began = await door.fetch_row("SELECT max(id) AS id FROM events")
    assert began is not None
    for title, module in titles:
        await file(alice, title=title, module=module)
    await route_filed(now=clock.now)
    rows = await door.fetch(
        "SELECT kind, count(*) AS n FROM events WHERE id > $1 AND data->>'rule' = 'crash'"
        " GROUP BY kind",
        began["id"],
    )
    assert {row["kind"]: row["n"] for row in rows} == {
        "report.routed": figures["owners_changed"],
        "report.sorted": 4,
        "report.advised": figures["replies_suggested"],
    }
    longer = await ok(await erin.get("routing-rules/crash/check?days=31"))
    assert longer["matches"] == 9
    for days in ("0", "32", "soon"):
        answer = await erin.get(f"routing-rules/crash/check?days={days}")
        assert answer.status_code in (400, 422), answer.text
        assert [one["field"] for one in answer.json()["errors"]] == ["days"]


async def test_a_draft_is_tried_in_the_place_it_would_have(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    cai, erin = api_of("cai"), api_of("erin")
    await keep(cai, "one", words=["相机"], owner="ada")
    await keep(cai, "two", words=["闪退"], owner="erin")
    await file(browser_of("alice"), title="打开相机后闪退")
    clock.advance(minutes=5)

    async def changed(**more: Any) -> tuple[int, int]:
        body = {"words": ["闪退"], "owner": "erin", **more}
        found = await ok(await erin.post("routing-checks", json=body))
        return found["owners_changed"], found["owners_elsewhere"]

    assert await changed() == (0, 1), "a new one comes last"
    assert await changed(position=2) == (0, 1)
    assert await changed(position=1) == (1, 0)
    assert await changed(name="two") == (0, 1)
    assert await changed(name="two", position=1) == (1, 0)
    assert await changed(name="one", position=2) == (0, 1), "behind the one that was second"
    assert await changed(name="one") == (1, 0)
    assert len((await ok(await erin.get("routing-rules")))["items"]) == 2, "nothing is saved"
