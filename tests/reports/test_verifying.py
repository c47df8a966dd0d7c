"""Is it fixed? One tap, on the build that has the fix or on another one."""

from __future__ import annotations

import pytest

from tests.cast import ApiOf, Browser, BrowserOf, Clock
from tests.doing import BUILD, file, fix, friday, propose, stored, words
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
async def released(browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings) -> str:
    """alice's report, solved in this Friday's build for the Xiaomi 13."""
    erin = api_of("erin")
    report = await file(browser_of("alice"))
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "fuxi", "umi")
    return report


async def say(browser: Browser, report: str, verdict: str, build: str = BUILD) -> str:
    answer = await browser.submit(
        f"/reports/{report}/verification", {"verdict": verdict, "build": build}
    )
    return words(await browser.see_after(answer))


async def test_the_build_with_the_fix_is_suggested(browser_of: BrowserOf, released: str) -> None:
    page = await browser_of("alice").see(f"/reports/{released}")
    assert "更新到 26.11.27 之后，好了吗？ 好了 还有 说不准" in words(page)
    assert '<option value="26.11.27" selected>26.11.27 · 内测</option>' in page
    assert '<option value="26.11.20">26.11.20 · 内测 · 没有这个修复</option>' in page


async def test_it_is(browser_of: BrowserOf, api_of: ApiOf, released: str) -> None:
    page = await say(browser_of("alice"), released, "fixed")
    assert "太好了，谢谢你回来告诉我们。" in page
    assert "你确认已解决，谢谢。" in page
    assert "又出现了？" in page
    assert (await stored(api_of("alice"), released))["status"] == "verified"
    page = words(await browser_of("bob").see(f"/reports/{released}"))
    assert "Fixed in build 26.11.27 for Xiaomi 13, and confirmed by its reporter." in page


async def test_it_is_not(browser_of: BrowserOf, api_of: ApiOf, released: str) -> None:
    page = await say(browser_of("alice"), released, "broken")
    assert "记下了，已经回到工程师手里。" in page
    assert "工程师正在修复。" in page
    assert "好了吗" not in page
    assert (await stored(api_of("alice"), released))["status"] == "in_progress"


async def test_it_is_not_on_a_build_without_the_fix(
    browser_of: BrowserOf, api_of: ApiOf, released: str
) -> None:
    page = await say(browser_of("alice"), released, "broken", "26.11.20")
    assert "那个版本还没有这个修复。更新以后再试一次。" in page
    assert "你在 26.11.20 上说：还有" in page
    assert "更新到 26.11.27 之后，好了吗？" in page
    assert (await stored(api_of("alice"), released))["status"] == "released", "nothing changes"


async def test_nobody_knows(browser_of: BrowserOf, api_of: ApiOf, released: str) -> None:
    page = await say(browser_of("alice"), released, "unsure")
    assert "记下了。什么时候确定了，再回来说。" in page
    assert "你在 26.11.27 上说：说不准" in page
    assert (await stored(api_of("alice"), released))["status"] == "released"


async def test_it_came_back(browser_of: BrowserOf, api_of: ApiOf, released: str) -> None:
    alice = browser_of("alice")
    await say(alice, released, "fixed")
    assert "工程师正在修复。" in await say(alice, released, "broken")


async def test_what_was_typed_stays(browser_of: BrowserOf, released: str) -> None:
    typed = {"verdict": "broken", "build": "1.0", "findings": "夜景模式下还会"}
    alice = browser_of("alice")
    answer = await alice.submit(f"/reports/{released}/verification", typed)
    assert answer.status_code == 422
    assert "小米 13 没有「1.0」这个版本" in words(answer.text)
    assert "夜景模式下还会</textarea>" in answer.text
    answer = await alice.submit(f"/reports/{released}/verification", {"findings": "忘了选"})
    assert answer.status_code == 422
    assert "选一个结果" in words(answer.text)


async def test_a_stranger_is_not_asked_and_not_heard(browser_of: BrowserOf, released: str) -> None:
    bob = browser_of("bob")
    answer = await bob.submit(
        f"/reports/{released}/verification", {"verdict": "broken", "build": BUILD}
    )
    assert answer.status_code == 403
    assert "Only its reporter and those who said “me too” can verify it" in words(answer.text)


async def test_before_there_is_a_fix(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    report = await file(alice)
    answer = await alice.submit(
        f"/reports/{report}/verification", {"verdict": "fixed", "build": "26.11.20"}
    )
    assert answer.status_code == 409
    assert "现在还没有可以验证的修复" in words(answer.text)
