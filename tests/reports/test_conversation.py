"""Testers and engineers talk: questions, answers, and notes that stay inside."""

from __future__ import annotations

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import ask, file, ok, propose, stored, words

pytestmark = pytest.mark.usefixtures("world")


async def test_a_question_waits_at_the_top_and_its_answer_goes_back_to_the_queue(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    await ask(erin, report, "屏幕上有没有出现**指纹图标**？")
    page = await alice.see(f"/reports/{report}")
    assert "工程师想请你补充一点信息，补充后马上继续。" in words(page)
    assert "Erin 想请你补充 屏幕上有没有出现 指纹图标 ？ 你的回答" in words(page)
    assert page.count("<strong>指纹图标</strong>") == 1, "asked once, not again in the thread"

    answer = await alice.submit(f"/reports/{report}/answer", {"answer": "没有出现"})
    page = words(await alice.see_after(answer))
    assert "谢谢，工程师接着处理。" in page
    assert "已收到，工程师会接着看。" in page
    assert "你的回答" not in page
    assert "Erin 提问 官方回答" in page
    assert "爱丽丝 回答" in page
    assert (await stored(erin, report))["question"] is None


async def test_it_goes_on_from_where_it_was(browser_of: BrowserOf, api_of: ApiOf) -> None:
    bob, erin = browser_of("bob"), api_of("erin")
    report = await file(bob, device="umi")
    await propose(erin, report)
    await ask(erin, report, "Which mode?")
    page = words(await bob.see(f"/reports/{report}"))
    assert "An engineer needs one thing from you to go on." in page
    assert "Erin needs one thing from you Which mode?" in page
    answer = await bob.submit(f"/reports/{report}/messages", {"message": "Night mode"})
    page = words(await bob.see_after(answer))
    assert "Recorded, and waiting for its turn." in page, "said in the thread, it is an answer too"


async def test_only_the_reporter_is_asked(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice)
    await ask(erin, report, "哪个模式？")
    page = words(await bob.see(f"/reports/{report}"))
    assert "An engineer is waiting for the reporter’s answer." in page
    assert "Erin Question Official answer" in page
    assert "Your answer" not in page
    answer = await bob.submit(f"/reports/{report}/answer", {"answer": "Night mode on mine"})
    assert answer.status_code == 303
    assert (await stored(erin, report))["status"] == "needs_info", "kept, but it is not hers"


async def test_an_empty_answer_keeps_the_question(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    await ask(erin, report, "哪个模式？")
    answer = await alice.submit(f"/reports/{report}/answer", {"answer": "  "})
    assert answer.status_code == 422
    page = words(answer.text)
    assert "还没有写内容" in page
    assert "哪个模式？" in page
    assert 'href="#f-answer"' in answer.text
    again = await alice.get(f"/reports/{report}/answer")
    assert again.headers["location"] == f"/reports/{report}", "loading it again is the page itself"


async def test_official_answers_say_how_long_they_took(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice)

    async def say(text: str) -> None:
        await ok(await erin.post(f"reports/{report}/messages", json={"text": text}))

    clock.advance(hours=2)
    await say("复现了")
    clock.advance(hours=1)
    await say("还有一句")
    await bob.submit(f"/reports/{report}/messages", {"message": "Mine too"})
    clock.advance(minutes=30)
    await alice.submit(f"/reports/{report}/messages", {"message": "日志也有"})
    clock.advance(days=2)
    await say("修好了")
    page = words(await alice.see(f"/reports/{report}"))
    assert "官方回答 · 2 小时后回复" in page, "since it was filed"
    assert page.count("后回复") == 2, "nobody waited for the second"
    assert "2 天后回复" in page, "since the first who waited"
    assert "Official answer · answered after 2 hours" in words(await bob.see(f"/reports/{report}"))


async def test_internal_notes_never_reach_testers(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, erin = browser_of("alice"), browser_of("erin")
    report = await file(alice)
    answer = await erin.submit(
        f"/reports/{report}/messages", {"message": "和 P-9 是同一个崩溃栈", "internal": "true"}
    )
    assert "和 P-9 是同一个崩溃栈" in words(await erin.see_after(answer))
    assert "left an internal note" in words(await erin.see(f"/reports/{report}"))
    for handle in ("alice", "bob"):
        page = await browser_of(handle).see(f"/reports/{report}")
        assert "P-9" not in page
        assert "备注" not in page
        assert "internal" not in page
    shown = await stored(api_of("alice"), report)
    assert shown["messages"] == []


async def test_a_tester_cannot_write_one(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    report = await file(alice)
    answer = await alice.submit(
        f"/reports/{report}/messages", {"message": "写给自己人", "internal": "true"}
    )
    assert answer.status_code == 403
    assert "写给自己人</textarea>" in answer.text, "and what was typed is still there"


async def test_a_message_with_nothing_in_it(browser_of: BrowserOf) -> None:
    bob = browser_of("bob")
    report = await file(bob, device="umi")
    answer = await bob.submit(f"/reports/{report}/messages", {"message": ""})
    assert answer.status_code == 422
    assert "There is nothing written yet" in words(answer.text)
    answer = await bob.submit(f"/reports/{report}/messages", {"message": "x" * 20001})
    assert answer.status_code == 422
    assert "x" * 20001 in answer.text


async def test_ones_own_words_are_told_from_those_of_others(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    report = await file(alice)
    await bob.submit(f"/reports/{report}/messages", {"message": "Mine closes *too*"})
    await alice.submit(f"/reports/{report}/messages", {"message": "谢谢"})
    page = await alice.see(f"/reports/{report}")
    assert "<em>too</em>" in page
    assert page.count('class="message mine"') == 1
    assert page.count('class="message"') == 1
