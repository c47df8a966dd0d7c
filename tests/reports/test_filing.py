"""A tester files a report from the phone that has the problem, and loses nothing on the way."""

from __future__ import annotations

import pytest

from tests.cast import ApiOf, BrowserOf
from tests.doing import FORM, file, stored, words
from tracker import database as door

pytestmark = pytest.mark.usefixtures("world")


async def test_it_is_stored_as_it_was_told(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice = browser_of("alice")
    form = words(await alice.see("/reports/new"))
    assert "手机" in form
    assert "小米 13 · 26.11.20 · 内测" in await alice.see("/reports/new")
    report = await file(
        alice,
        steps="1. 锁屏\r\n2. 右滑",
        expected="进入相机",
        actual="回到锁屏",
        severity="major",
        frequency="always",
    )
    found = await stored(api_of("alice"), report)
    assert found["title"] == "打开相机后闪退"
    assert found["body"] == (
        "**操作步骤**\n\n1. 锁屏\n2. 右滑\n\n**预期结果**\n\n进入相机\n\n**实际结果**\n\n回到锁屏"
    )
    assert (found["device"], found["build"], found["ring"]) == ("fuxi", "26.11.20", "closed")
    assert (found["module"], found["kind"]) == ("camera", "bug")
    assert (found["severity"], found["frequency"]) == ("major", "always")
    assert (found["private"], found["status"]) == (False, "new")


async def test_what_is_told_right_after(browser_of: BrowserOf) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    answer = await alice.submit("/reports", FORM)
    page = words(await alice.see_after(answer))
    assert "提交好了。有进展会出现在「通知」里。" in page
    assert "已收到，工程师会来看。" in page
    page = words(await bob.see_after(await bob.submit("/reports", FORM | {"device": "umi"})))
    assert "It is filed. News of it will be under Notices." in page
    assert "We have it; an engineer will look at it." in page


async def test_the_words_of_the_boxes_are_those_of_the_reader(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    report = await file(browser_of("bob"), device="umi", steps="1. Open it", actual="It closes")
    body = (await stored(api_of("bob"), report))["body"]
    assert body == "**Steps**\n\n1. Open it\n\n**What happened**\n\nIt closes"


async def test_nothing_typed_is_lost(browser_of: BrowserOf) -> None:
    typed = {
        **FORM,
        "title": " ",
        "module": None,
        "kind": "bug",
        "steps": "1. 锁屏 <b>\n2. 右滑",
        "expected": "进入相机",
        "actual": "回到锁屏",
        "severity": "brick",
        "frequency": "always",
        "private": "true",
        "other": "",
        "build": "26.11.13",
    }
    answer = await browser_of("alice").submit("/reports", typed)
    assert answer.status_code == 422
    page = words(answer.text)
    assert "还差 2 处" in page
    assert "标题还空着，写一句话就行" in page
    assert "选一下是哪里的问题" in page
    assert 'href="#f-title"' in answer.text
    assert 'href="#f-module"' in answer.text
    for kept in (
        "1. 锁屏 &lt;b&gt;\n2. 右滑</textarea>",
        "进入相机</textarea>",
        "回到锁屏</textarea>",
        'name="build" type="text" value="26.11.13"',
        'value="true" checked',
        'value="brick" id="f-severity-6" checked',
        'value="always" id="f-frequency" checked',
    ):
        assert kept in answer.text, kept


async def test_everything_wrong_is_said_at_once(browser_of: BrowserOf) -> None:
    answer = await browser_of("alice").submit("/reports", {"other": "诺基亚", "title": "x" * 201})
    page = words(answer.text)
    assert answer.status_code == 422
    assert "没有「诺基亚」这个机型" in page
    assert "还差 3 处" in page
    assert 'value="诺基亚"' in answer.text
    assert "<details" in answer.text
    assert 'class="fold" open' in answer.text, "what is wrong is not folded away"


async def test_the_problem_of_the_text_stands_at_its_last_box(browser_of: BrowserOf) -> None:
    answer = await browser_of("alice").submit("/reports", FORM | {"steps": "很长" * 10001})
    assert answer.status_code == 422
    assert 'href="#f-actual"' in answer.text
    assert "描述太长了" in answer.text


@pytest.mark.parametrize("typed", ["umi", "UMI", "小米10", "xiaomi 10", "小米 10（umi）"])
async def test_another_phone_is_named_in_any_way(
    browser_of: BrowserOf, api_of: ApiOf, typed: str
) -> None:
    report = await file(browser_of("alice"), other=typed, build="26.11.18")
    found = await stored(api_of("alice"), report)
    assert (found["device"], found["build"], found["ring"]) == ("umi", "26.11.18", "dev")


async def test_another_model_does_not_get_my_build(browser_of: BrowserOf, api_of: ApiOf) -> None:
    report = await file(browser_of("alice"), other="umi")
    assert (await stored(api_of("alice"), report))["build"] is None


async def test_a_name_that_may_be_several_is_asked_about(browser_of: BrowserOf) -> None:
    answer = await browser_of("alice").submit("/reports", FORM | {"other": "小米"})
    assert answer.status_code == 422
    assert "「小米」是哪一个？小米 10（umi）、小米 13（fuxi）" in words(answer.text)


async def test_a_build_of_another_model_is_refused(browser_of: BrowserOf) -> None:
    answer = await browser_of("alice").submit("/reports", FORM | {"build": "1.0"})
    assert answer.status_code == 422
    assert "小米 13 没有「1.0」这个版本" in words(answer.text)


async def test_an_invitation_may_be_for_certain_models(browser_of: BrowserOf) -> None:
    await door.execute("UPDATE people SET codenames = ARRAY['fuxi'] WHERE handle = 'alice'")
    alice = browser_of("alice")
    await file(alice)
    answer = await alice.submit("/reports", FORM | {"other": "umi"})
    assert answer.status_code == 422
    assert "你的邀请不包括这个机型" in words(answer.text)
    assert 'href="#f-other"' in answer.text


async def test_security_is_for_officials_only_whatever_was_ticked(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    report = await file(browser_of("alice"), severity="security")
    assert (await stored(api_of("alice"), report))["private"] is True
    assert (await browser_of("bob").get(f"/reports/{report}")).status_code == 404


async def test_a_suggestion_is_not_severe(browser_of: BrowserOf, api_of: ApiOf) -> None:
    report = await file(browser_of("alice"), kind="suggestion", severity="brick")
    found = await stored(api_of("alice"), report)
    assert (found["kind"], found["severity"]) == ("suggestion", "normal")


async def test_without_a_phone_that_comes_first(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    await door.execute("DELETE FROM person_devices")
    answer = await alice.get("/reports/new")
    assert answer.headers["location"] == "/settings/devices?next=/reports/new"
    page = await alice.see("/reports/new")
    assert "你用的是哪台手机？" in words(page)
    answer = await alice.submit(
        "/settings/devices", {"other": "小米 13", "next": "/reports/new", "build": "26.11.20"}
    )
    assert answer.headers["location"] == "/reports/new"
    assert "小米 13 · 26.11.20 · 内测" in await alice.see("/reports/new")


async def test_or_not_at_all(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice = browser_of("alice")
    await door.execute("DELETE FROM person_devices")
    assert 'href="/reports/new?other=1"' in await alice.see("/reports/new")
    assert "手机" not in words(await alice.see("/reports/new?other=1")).split("是什么")[0]
    answer = await alice.submit("/reports", FORM | {"device": None})
    assert answer.status_code == 422
    assert 'href="#f-other"' in answer.text
    report = await file(alice, device=None, other="fuxi")
    assert (await stored(api_of("alice"), report))["device"] == "fuxi"


async def test_the_board_hands_its_model_on(browser_of: BrowserOf) -> None:
    assert 'value="umi"' in await browser_of("alice").see("/reports/new?device=umi")
    assert 'value="umi" selected' in await browser_of("bob").see("/reports/new?device=umi")


@pytest.mark.parametrize("path", ["/reports", "/reports/new", "/reports/filters"])
async def test_outside_the_closed_beta_there_is_nothing(browser_of: BrowserOf, path: str) -> None:
    assert (await browser_of("charlie").get(path)).status_code == 404
    answer = await browser_of(None).get(path)
    assert answer.headers["location"].startswith("/signin?next=/reports")


async def test_nor_anything_to_send_to(browser_of: BrowserOf) -> None:
    assert (await browser_of("charlie").submit("/reports", FORM)).status_code == 404
