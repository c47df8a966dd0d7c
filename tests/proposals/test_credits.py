"""Testers whose reports led to a fix are named in its changelog line, if they agree."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.cast import ApiOf, Browser, BrowserOf, Clock
from tests.doing import BUILD, FRIDAY, counting_queries, file, fix, friday, ok, propose, words
from tracker import database as door
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

POST = f"/releases/{FRIDAY}"


async def agrees(browser: Browser, name: str = "", *, credited: bool = True) -> None:
    form = {"credited": "true" if credited else None, "credit_name": name}
    await browser.see_after(await browser.submit("/settings/credit", form))


async def named(engineer: httpx.AsyncClient, proposal: str) -> Any:
    """The names in its line."""
    return (await ok(await engineer.get(f"proposals/{proposal}")))["credits"]


async def credit(engineer: httpx.AsyncClient, report: str, **body: str) -> httpx.Response:
    return await engineer.put(f"reports/{report}/credit", json=body)


async def test_whoever_agrees_is_named_everywhere_and_nobody_else(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    proposal = await propose(erin, await file(alice), await file(bob, device="umi"))
    await fix(erin, proposal)
    await agrees(alice, "小<b>爱</b>")
    await friday(clock, settings, erin, "fuxi", "umi")
    visitor = browser_of(None)
    html = await visitor.see(POST)
    assert "感谢 小&lt;b&gt;爱&lt;/b&gt;</span>" in html
    page = words(html)
    assert "修复 打开相机后闪退的问题 感谢 小<b>爱</b>" in page
    assert "感谢 这一期解决了 2 位内测用户的反馈。感谢 小<b>爱</b>。 名字经过本人同意。" in page
    assert "Bob" not in page
    english = words(await bob.see(POST))
    assert "Camera closed on opening Thanks to 小<b>爱</b>" in english
    assert "This release solves what 2 testers reported. Thanks to 小<b>爱</b>." in english
    markdown = (await visitor.get(f"{POST}.md")).text
    assert "- **修复** 打开相机后闪退的问题 · 感谢 小\\<b\\>爱" in markdown
    assert "## 感谢\n\n这一期解决了 2 位内测用户的反馈。感谢 小" in markdown
    assert "&lt;small&gt;感谢 小" in (await visitor.get("/releases/feed.atom?lang=zh")).text
    (entry,) = (await ok(await erin.get(f"releases/{FRIDAY}")))["entries"]
    assert entry["credits"] == ["小<b>爱</b>"]
    assert "感谢 小<b>爱</b>，他们的反馈促成了这个修复。" in words(
        await alice.see(f"/proposals/{proposal}")
    )

    await agrees(alice)
    await agrees(bob)
    assert await named(erin, proposal) == ["爱丽丝", "Bob"], "who came first comes first"
    await agrees(alice, credited=False)
    assert "爱丽丝" not in words(await visitor.see(POST)), "taken back, it is gone at once"
    assert await named(erin, proposal) == ["Bob"]
    await door.execute("UPDATE people SET disabled_at = now() WHERE handle = 'bob'")
    assert await named(erin, proposal) == [], "who can no longer take it back"


async def test_those_who_came_after_the_fix_are_not(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    await agrees(alice)
    await agrees(bob)
    proposal = await propose(erin, await file(alice))
    assert await named(erin, proposal) == [], "there is no fix to thank for yet"
    await fix(erin, proposal, "fuxi")
    assert await named(erin, proposal) == ["爱丽丝"]
    clock.advance(hours=1)
    late = await file(bob, device="umi")
    await ok(await erin.put(f"reports/{late}/proposal", json={"proposal": proposal}))
    assert await named(erin, proposal) == ["爱丽丝"]
    clock.advance(hours=1)
    await fix(erin, proposal, "umi")
    assert await named(erin, proposal) == ["爱丽丝", "Bob"], "his led to the fix for his model"
    await ok(await erin.delete(f"reports/{late}/proposal"))
    assert await named(erin, proposal) == ["爱丽丝"]


@pytest.mark.parametrize(
    ("form", "handle"),
    [
        ({"private": "true"}, "alice"),
        ({"severity": "security"}, "alice"),
        ({}, "erin"),
    ],
)
async def test_neither_private_reports_nor_the_team(
    browser_of: BrowserOf, api_of: ApiOf, form: dict[str, str], handle: str
) -> None:
    reporter, erin = browser_of(handle), api_of("erin")
    await agrees(reporter)
    report = await file(reporter, **form, build="26.11.20", other="fuxi")
    proposal = await propose(erin, report)
    await fix(erin, proposal)
    assert await named(erin, proposal) == []
    refused = await credit(erin, report)
    assert refused.status_code == (409 if form else 422)
    assert await named(erin, proposal) == []


async def test_a_report_that_was_closed_led_to_nothing(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    await agrees(alice)
    report = await file(alice)
    proposal = await propose(erin, report)
    await alice.submit(f"/reports/{report}/withdrawal", {})
    await fix(erin, proposal)
    assert await named(erin, proposal) == []


async def test_an_engineer_thanks_one_whose_evidence_helped(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    await agrees(alice)
    report = await file(alice)
    proposal = await propose(erin)
    await fix(erin, proposal)
    clock.advance(hours=1)
    refused = await credit(erin, report)
    assert refused.status_code == 409
    assert refused.json()["detail"] == f"{report} is in no proposal yet: link it first"
    await ok(await erin.put(f"reports/{report}/proposal", json={"proposal": proposal}))
    # Linked, but filed on the same builds after the fix was made.
    await door.execute("UPDATE reports SET filed_at = $1", clock.now)
    assert await named(erin, proposal) == []
    for _ in range(2):
        await ok(await credit(erin, report))
    assert await named(erin, proposal) == ["爱丽丝"]

    refused = await credit(erin, report, person="bob")
    assert refused.status_code == 422
    assert "“bob” neither filed" in refused.json()["detail"]
    await bob.submit(f"/reports/{report}/affected", {"device": "umi"})
    await ok(await credit(erin, report, person="Bob"))
    assert await named(erin, proposal) == ["爱丽丝"]
    credited = (await ok(await erin.get(f"proposals/{proposal}")))["credited"]
    assert credited == [
        {"person": "alice", "name": "爱丽丝", "report": report, "by": "erin"},
        {"person": "bob", "name": None, "report": report, "by": "erin"},
    ]
    assert (await ok(await api_of("bob").get(f"proposals/{proposal}")))["credited"] == []
    page = words(await browser_of("erin").see(f"/proposals/{proposal}"))
    assert f"@bob {report} credited by @erin has not agreed to be named" in page
    history = words(await alice.see(f"/reports/{report}"))
    assert f"把 爱丽丝 记在 {proposal} 的感谢里" in history

    for _ in range(2):
        await ok(await erin.delete(f"reports/{report}/credit"))
    await ok(await erin.delete(f"reports/{report}/credit", params={"person": "bob"}))
    assert await named(erin, proposal) == []
    kinds = await door.fetch("SELECT kind FROM events WHERE kind LIKE '%credited' ORDER BY id")
    assert [row["kind"] for row in kinds] == ["report.credited"] * 2 + ["report.uncredited"] * 2


async def test_who_confirms_it_reads_that_they_are_named_only_where_they_are(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    reports = {alice: await file(alice), bob: await file(bob, device="umi")}
    await fix(erin, await propose(erin, *reports.values()))
    await friday(clock, settings, erin, "fuxi", "umi")
    for browser, report in reports.items():
        verdict = {"build": BUILD, "verdict": "fixed"}
        await browser.see_after(await browser.submit(f"/reports/{report}/verification", verdict))
    await agrees(alice)
    html = await alice.see(f"/reports/{reports[alice]}")
    assert "你确认已解决，谢谢。这条更新里有你的名字。" in words(html)
    assert '<a href="/settings#credit">改一改怎么署名</a>' in html
    page = words(await bob.see(f"/reports/{reports[bob]}"))
    assert "You confirmed it. Thank you." in page
    assert "carries your name" not in page
    assert "Would you like your name in its changelog line?" in page
    assert "你的名字" not in words(await browser_of("erin").see(f"/reports/{reports[alice]}"))


async def test_a_fix_without_a_line_names_nobody(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    await agrees(alice)
    report = await file(alice)
    await fix(erin, await propose(erin, report))
    await ok(await erin.put("builds/fuxi/26.11.24", json={"ring": "closed"}))
    verdict = {"build": "26.11.24", "verdict": "fixed"}
    answer = await alice.submit(f"/reports/{report}/verification", verdict)
    page = words(await alice.see_after(answer))
    assert "你确认已解决，谢谢。" in page
    assert "你的名字" not in page


async def test_five_names_and_how_many_more(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    erin = api_of("erin")
    proposal = await propose(erin, await file(browser_of("alice")))
    await door.execute(
        "INSERT INTO people (handle, display_name, role, credited, joined_at)"
        " SELECT 't' || n, '内测' || n, 'tester', true, now() FROM generate_series(1, 7) n"
    )
    columns = [
        row["attname"]
        for row in await door.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'reports'::regclass AND attnum > 0"
            " AND NOT attisdropped AND attgenerated = ''"
            " AND attname NOT IN ('id', 'reporter', 'external_id')"
        )
    ]
    same = ", ".join(f"r.{name}" for name in columns)
    await door.execute(
        f"INSERT INTO reports (reporter, {', '.join(columns)}) SELECT p.id, {same}"
        " FROM reports r, people p WHERE p.credited ORDER BY p.id"
    )
    await fix(erin, proposal)
    await friday(clock, settings, erin, "fuxi")
    assert "感谢 内测1、内测2、内测3、内测4、内测5 和另外 2 位</span>" in await browser_of(
        None
    ).see(POST)
    page = words(await browser_of("bob").see(POST))
    assert "Thanks to 内测1, 内测2, 内测3, 内测4, 内测5 and 2 more" in page
    assert "8 testers reported. Thanks to 内测1, 内测2, 内测3, 内测4, 内测5, 内测6, 内测7." in page
    with counting_queries() as seen:
        await erin.get(f"releases/{FRIDAY}")
    assert sum("credits" in query for query in seen) == 1, "one for all lines"


async def test_programs_get_the_same_text(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await browser_of("alice").submit(
        "/settings/credit", {"credited": "true", "credit_name": "小林"}
    )
    erin = api_of("erin")
    await fix(erin, await propose(erin, await file(browser_of("alice"))))
    await friday(clock, settings, erin, "fuxi")
    for language in ("zh", "en"):
        page = await browser_of(None).get(f"{POST}.md?lang={language}")
        headers = {"Accept": "text/markdown", "Accept-Language": language}
        answer = await erin.get(f"releases/{FRIDAY}", headers=headers)
        assert answer.text == page.text
        assert answer.text.count("小林") == 2, "at its line and at the foot"
