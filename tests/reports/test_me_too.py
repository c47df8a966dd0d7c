"""Other testers say that they have it too, each with a phone of their own."""

from __future__ import annotations

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import close, file, fix, friday, propose, stored, words
from tracker import database as door
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


async def test_with_ones_own_phone(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    report = await file(alice)
    page = await bob.see(f"/reports/{report}")
    assert "Nobody else has said they have it." in words(page)
    assert "Xiaomi 10 · 26.11.20 · Closed beta" in page
    answer = await bob.submit(
        f"/reports/{report}/affected", {"device": "umi", "experience": "Only in **night** mode"}
    )
    page = words(await bob.see_after(answer))
    assert "Counted. You will be told when it is fixed for your model." in page
    assert "You said you have it too: Xiaomi 10 · 26.11.20" in page
    page = await alice.see(f"/reports/{report}")
    assert "也遇到的人 1 Bob" in words(page)
    assert "Only in <strong>night</strong> mode" in page
    assert "小米 10 26.11.20" in words(page)
    assert (await stored(api_of("alice"), report))["affected"] == 1
    assert "还有 1 人" in words(await alice.see("/reports"))


async def test_twice_is_once(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    report = await file(alice)
    for build in ("26.11.6", "26.11.13"):
        await bob.submit(f"/reports/{report}/affected", {"device": "umi", "build": build})
    assert (await stored(api_of("alice"), report))["affected"] == 1
    assert "小米 10 26.11.13" in words(await alice.see(f"/reports/{report}"))


async def test_and_back(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    report = await file(alice)
    await bob.submit(f"/reports/{report}/affected", {"device": "umi"})
    answer = await bob.submit(f"/reports/{report}/affected/removal")
    page = words(await bob.see_after(answer))
    assert "You are no longer counted." in page
    assert "I have it too" in page
    assert (await stored(api_of("alice"), report))["affected"] == 0


async def test_the_reporter_is_counted_already(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    report = await file(alice)
    assert "我也遇到了" not in words(await alice.see(f"/reports/{report}"))
    answer = await alice.submit(f"/reports/{report}/affected", {"device": "fuxi"})
    assert answer.status_code == 409
    assert "这是你自己的反馈" in words(answer.text)


async def test_nothing_typed_is_lost(browser_of: BrowserOf) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    report = await file(alice)
    typed = {"device": "umi", "other": "Nokia", "build": "1.0", "experience": "Every morning"}
    answer = await bob.submit(f"/reports/{report}/affected", typed)
    assert answer.status_code == 422
    assert "There is no device model “Nokia”" in words(answer.text)
    for kept in ('value="Nokia"', 'value="1.0"', "Every morning</textarea>"):
        assert kept in answer.text
    assert answer.text.count('class="fold" open') == 2, "the form, and the phone's part of it"


async def test_without_a_phone_the_model_is_named(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    report = await file(alice)
    await door.execute("DELETE FROM person_devices")
    answer = await bob.submit(f"/reports/{report}/affected", {"other": ""})
    assert answer.status_code == 422
    assert 'href="#f-other"' in answer.text
    await bob.see_after(await bob.submit(f"/reports/{report}/affected", {"other": "Xiaomi 13"}))
    assert "小米 13" in words(await alice.see(f"/reports/{report}")).split("也遇到的人")[1]


async def test_not_to_a_closed_one(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    report = await file(alice)
    await close(api_of("erin"), report, "obsolete", "功能去掉了")
    assert "I have it too" not in words(await bob.see(f"/reports/{report}"))
    typed = {"device": "umi", "experience": "But I do"}
    answer = await bob.submit(f"/reports/{report}/affected", typed)
    assert answer.status_code == 409


async def test_many_are_folded(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice = browser_of("alice")
    report = await file(alice)
    await door.execute(
        "INSERT INTO people (handle, display_name, role, language)"
        " SELECT 't' || n, '测试者' || n, 'tester', 'zh' FROM generate_series(1, 60) n;"
        " INSERT INTO affected (report, person, model, ring, text, at)"
        " SELECT 1, p.id, 1, 'closed', '', now() FROM people p WHERE handle LIKE 't%';"
        " UPDATE reports SET affected = 60"
    )
    page = words(await alice.see(f"/reports/{report}"))
    assert "也遇到的人 60" in page
    assert "还有 57" in page
    assert page.count("测试者") == 51


async def test_those_who_have_it_are_asked_on_their_own_model(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice)
    await bob.submit(f"/reports/{report}/affected", {"device": "umi"})
    await fix(erin, await propose(erin, report), "umi")
    await friday(clock, settings, erin, "fuxi", "umi")
    assert "好了吗" not in words(await alice.see(f"/reports/{report}")), "not fixed for hers"
    page = words(await bob.see(f"/reports/{report}"))
    assert "Now that your Xiaomi 10 has 26.11.27: is it fixed?" in page
    answer = await bob.submit(
        f"/reports/{report}/verification", {"build": "26.11.27", "verdict": "fixed"}
    )
    page = words(await bob.see_after(answer))
    assert "Good. Thanks for telling us." in page
    assert "Has it come back?" in page
    assert (await stored(erin, report))["status"] == "accepted", "alice still waits"
