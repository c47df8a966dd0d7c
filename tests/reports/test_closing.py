"""Closing with a reason, one appeal, taking a report back, and two people for a severe one."""

from __future__ import annotations

import pytest

from tests.cast import ApiOf, BrowserOf
from tests.doing import ask, close, file, propose, stored, words

pytestmark = pytest.mark.usefixtures("world")

REASONS = [
    ("unreproducible", "无法复现", "cannot be reproduced"),
    ("as_intended", "设计如此", "works as intended"),
    ("declined", "不采纳", "declined"),
    ("obsolete", "已过期", "no longer applies"),
    ("spam", "垃圾内容", "spam"),
]


@pytest.mark.parametrize(("reason", "zh", "en"), REASONS)
async def test_the_reason_is_said_in_the_engineers_own_words(
    browser_of: BrowserOf, api_of: ApiOf, reason: str, zh: str, en: str
) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice)
    await close(erin, report, reason, "秒针会让屏幕**每秒**刷新一次")
    page = await alice.see(f"/reports/{report}")
    assert f"Erin 关闭：{zh}" in words(page)
    assert "屏幕<strong>每秒</strong>刷新一次" in page
    assert "如果不同意，你可以申诉一次。" in words(page)
    page = words(await bob.see(f"/reports/{report}"))
    assert f"closed by erin: {en}" in page.lower()
    assert "If you have it too, file a report of your own." in page
    assert "Appeal" not in page


async def test_one_appeal(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    await close(erin, report, "as_intended", "这是为了省电")
    assert (await alice.submit(f"/reports/{report}/appeal", {"appeal": ""})).status_code == 422
    answer = await alice.submit(f"/reports/{report}/appeal", {"appeal": "上个版本不是这样"})
    page = words(await alice.see_after(answer))
    assert "你的申诉已经送到，工程师会再看一次。" in page
    assert "爱丽丝 申诉" in page
    assert (await stored(erin, report))["status"] == "new"

    await close(erin, report, "as_intended", "确认过，是有意的")
    page = words(await alice.see(f"/reports/{report}"))
    assert "申诉已经处理过，这是最后的结论。" in page
    assert "不同意？说说为什么" not in page
    answer = await alice.submit(f"/reports/{report}/appeal", {"appeal": "我还是不同意"})
    assert answer.status_code == 409
    assert "每个反馈只能申诉一次" in words(answer.text)


async def test_an_appeal_of_somebody_else(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice)
    answer = await alice.submit(f"/reports/{report}/appeal", {"appeal": "还没关闭呢"})
    assert answer.status_code == 409, "there is nothing to appeal against"
    await close(erin, report, "spam", "广告")
    answer = await bob.submit(f"/reports/{report}/appeal", {"appeal": "It is not"})
    assert answer.status_code == 403


async def test_taking_ones_report_back_and_opening_it_again(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    await propose(erin, report)
    answer = await alice.submit(f"/reports/{report}/withdrawal", {"farewell": "重启就好了"})
    page = words(await alice.see_after(answer))
    assert "已撤回。可以随时重新打开。" in page
    assert "重启就好了" in page
    assert "你可以随时重新打开它。" in page
    assert "不同意？" not in page
    assert "撤回这个反馈" not in page
    answer = await alice.submit(f"/reports/{report}/reopening")
    page = words(await alice.see_after(answer))
    assert "已重新打开，从原来的地方继续。" in page
    assert "已收录，排队等待处理。" in page


async def test_without_a_word(browser_of: BrowserOf) -> None:
    bob = browser_of("bob")
    report = await file(bob, device="umi")
    answer = await bob.submit(f"/reports/{report}/withdrawal")
    assert "Withdrawn. You can reopen it any time." in words(await bob.see_after(answer))


async def test_only_ones_own(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    report = await file(alice)
    answer = await bob.submit(f"/reports/{report}/withdrawal", {"farewell": "not mine"})
    assert answer.status_code == 403
    assert (await stored(erin, report))["status"] == "new"
    await close(erin, report, "spam", "广告")
    for handle in ("alice", "bob"):
        answer = await browser_of(handle).submit(f"/reports/{report}/reopening")
        assert answer.status_code == 403, "an engineer closed it, so an appeal is the way"


async def test_an_engineer_opens_any(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, erin = browser_of("alice"), browser_of("erin")
    report = await file(alice)
    await close(api_of("erin"), report, "spam", "广告")
    assert "Reopen" in words(await erin.see(f"/reports/{report}"))
    await erin.see_after(await erin.submit(f"/reports/{report}/reopening"))
    assert (await stored(api_of("erin"), report))["status"] == "new"


async def test_a_severe_one_takes_a_second_person(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, cai, erin = browser_of("alice"), browser_of("cai"), api_of("erin")
    report = await file(alice, severity="data_loss")
    await close(erin, report, "unreproducible", "三台手机都没有出现")
    page = words(await alice.see(f"/reports/{report}"))
    assert "已收到，工程师会来看。" in page
    assert "三台手机" not in page, "not closed, so not told"
    page = words(await cai.see(f"/reports/{report}"))
    assert "Erin 建议关闭（无法复现），等第二个人确认。 三台手机都没有出现" in page
    assert f"triage close {report} --reason unreproducible" in page
    page = words(await browser_of("erin").see(f"/reports/{report}"))
    assert "You proposed to close it (Cannot be reproduced)" in page

    await close(api_of("cai"), report, "unreproducible", "两个人都试过了")
    page = words(await alice.see(f"/reports/{report}"))
    assert "小蔡 关闭：无法复现" in page
    assert "两个人都试过了" in page


async def test_the_second_person_may_disagree(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice, cai, erin = browser_of("alice"), browser_of("cai"), api_of("erin")
    report = await file(alice, severity="brick")
    await close(erin, report, "unreproducible", "没有出现")
    await cai.see_after(await cai.submit(f"/reports/{report}/reopening"))
    assert (await stored(erin, report))["pending_closure"] is None
    assert "建议关闭" not in words(await cai.see(f"/reports/{report}")).split("全部经过")[0]


async def test_taking_back_a_severe_one_waits_for_an_engineer(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice, severity="brick")
    answer = await alice.submit(f"/reports/{report}/withdrawal", {"farewell": "又能开机了"})
    page = words(await alice.see_after(answer))
    assert "严重的问题由两个人一起关闭：等一位工程师确认。" in page
    assert "你申请了撤回。这是严重问题，要由一位工程师确认后才会关闭。 又能开机了" in page
    assert "撤回这个反馈" not in page
    assert (await stored(erin, report))["status"] == "new"
    await close(erin, report, "withdrawn", "")
    page = words(await alice.see(f"/reports/{report}"))
    assert "已撤回" in page
    assert "又能开机了" in page


async def test_and_can_be_taken_back_itself(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice = browser_of("alice")
    report = await file(alice, severity="brick")
    await alice.submit(f"/reports/{report}/withdrawal")
    page = words(await alice.see_after(await alice.submit(f"/reports/{report}/reopening")))
    assert "你申请了撤回" not in page
    assert (await stored(api_of("alice"), report))["pending_closure"] is None


async def test_a_question_does_not_survive_the_closing(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    report = await file(alice)
    await ask(erin, report, "哪个版本？")
    await close(erin, report, "obsolete", "这个功能去掉了")
    page = words(await alice.see(f"/reports/{report}"))
    assert "想请你补充" not in page
    assert "这个功能去掉了" in page
