"""A captain looks at what Friday will be, and moves the train."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import BUILD, FRIDAY, file, fix, ok, propose, words
from tests.releases.program import leave, load_train, write_lines
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

TRAIN = f"/releases/{FRIDAY}"
PAGE = f"{TRAIN}/rehearsal"


async def aboard(api_of: ApiOf, browser_of: BrowserOf) -> tuple[str, str]:
    """Two reports, alice's and bob's, that FRIDAY's builds solve."""
    alice, bob, erin = browser_of("alice"), browser_of("bob"), api_of("erin")
    one = await file(alice)
    two = await file(bob, device="umi", title="Camera closes on opening")
    await fix(erin, await propose(erin, one, two))
    for codename in ("fuxi", "umi"):
        body = {"ring": "closed", "release": FRIDAY}
        await ok(await erin.put(f"builds/{codename}/{BUILD}", json=body))
    return one, two


async def test_what_would_leave_and_what_everybody_would_be_told(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    one, two = await aboard(api_of, browser_of)
    page = words(await browser_of("cai").see(PAGE))
    for piece in (
        "候车 周五 17:00 发车",
        "11 月 27 日的彩排",
        "个版本出发 2 条更新 1 个人收到通知 2",
        f"小米 13 {BUILD} 17:00 正点",
        "相机 修复 修复打开相机后闪退的问题 Camera closed on opening P-1 所有机型",
        "改乘 12 月 4 日的下一班",
        "2 个人收到通知",
        f"alice 你的反馈解决了 打开相机后闪退，已在小米 13 的 {BUILD} 版本解决。 {one}",
        f"bob Your report is fixed Camera closes on opening, in build {BUILD} for your Xiaomi 10. {two}",
    ):
        assert piece in page, piece
    page = words(await browser_of("erin").see(PAGE))
    assert "Rehearsal for 27 November" in page
    assert "To change that, ask a captain" in page
    for lever in ("Publish…", "Freeze now", "Save"):
        assert lever not in page, f"not an engineer's: {lever}"
    assert (await browser_of("alice").get("/notices")).text.count("打开相机") == 0, "nothing stays"


async def test_what_stands_in_the_way_and_what_to_look_at(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    cai, erin = browser_of("cai"), api_of("erin")
    body = {"ring": "closed", "release": FRIDAY, "delayed": {"zh": "闹钟", "en": "alarms"}}
    await ok(await erin.put(f"builds/fuxi/{BUILD}", json=body))
    page = await cai.see(PAGE)
    assert "这一期还没有可以发布的版本" in words(page)
    assert "小米 10 有 1 位内测用户，但这一期没有版本" in words(page)
    assert "disabled" in page
    answer = await cai.submit(f"{TRAIN}/publication")
    assert "现在发布" not in words(answer.text), "nothing to confirm"
    answer = await cai.submit(f"{TRAIN}/publication", {"confirmed": "true"})
    assert answer.status_code == 409
    await fix(erin, await propose(erin, title="只有标题", changelog={"zh": "有中文", "en": ""}))
    await ok(await erin.put(f"builds/umi/{BUILD}", json={"ring": "closed", "release": FRIDAY}))
    page = words(await cai.see(PAGE))
    assert "P-1 缺英文更新说明" in page
    assert "缺英文说明" in page
    assert f"小米 13 {BUILD} 延迟：闹钟" in page
    answer = await cai.submit(f"{TRAIN}/publication", {"confirmed": "true"})
    assert answer.status_code == 409

    empty = await cai.submit(f"{TRAIN}/lines/P-1", {"P-1-zh": "修复闹钟", "P-1-en": ""})
    assert empty.status_code == 422
    assert 'value="修复闹钟"' in empty.text, "nothing typed is lost"
    saved = await cai.submit(
        f"{TRAIN}/lines/P-1", {"P-1-zh": "修复闹钟", "P-1-en": "The alarm rings again"}
    )
    page = words(await cai.see_after(saved))
    assert "修复闹钟 The alarm rings again P-1" in page
    assert "缺英文" not in page


async def test_publishing_is_confirmed_with_what_it_will_do(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await aboard(api_of, browser_of)
    cai = browser_of("cai")
    asked = await cai.submit(f"{TRAIN}/publication")
    assert asked.status_code == 200
    for piece in (
        "现在发布 11 月 27 日的更新？",
        "2 个版本立刻推出",
        "1 条更新公开，所有人都能看到",
        "2 个人收到通知",
        "比定好的 11 月 27 日 17:00 UTC+8 早",
    ):
        assert piece in words(asked.text), piece
    assert (await browser_of(None).get(TRAIN)).status_code == 404, "not yet"
    again = await cai.get(f"{TRAIN}/publication")
    assert (again.status_code, again.headers["location"]) == (303, PAGE)

    done = await cai.submit(f"{TRAIN}/publication", {"confirmed": "true"})
    assert done.headers["location"] == TRAIN
    assert "11 月 27 日的更新" in await cai.see_after(done)
    await schedule.tick(settings, clock.now)
    page = words(await cai.see(PAGE))
    assert "这班车已经发了" in page
    assert "bob Your report is fixed" in page
    assert "现在封板" not in page
    repeat = await cai.submit(f"{TRAIN}/publication", {"confirmed": "true"})
    assert repeat.headers["location"] == TRAIN, "again is the same as once"


async def test_freezing_and_letting_fixes_in_again(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await write_lines(api_of("erin"))
    await load_train(api_of("erin"))
    cai, erin = browser_of("cai"), api_of("erin")
    page = words(await cai.see_after(await cai.submit(f"{TRAIN}/freeze")))
    assert "已封板" in page
    assert "更新条目 5" in page
    clock.advance(minutes=5)
    late = await propose(erin, changelog={"zh": "修复迟到的一条", "en": "A late one"})
    await fix(erin, late)
    assert "迟到的一条" not in words(await cai.see(PAGE))
    page = words(await cai.see_after(await cai.submit(f"{TRAIN}/thaw")))
    assert "迟到的一条" in page
    clock.set(datetime.fromisoformat("2026-11-26T18:00:05+08:00"))
    await schedule.tick(settings, clock.now)
    assert "解除封板" not in words(await cai.see(PAGE)), "the clock leaves it as the captain said"


async def test_notes_keep_what_was_typed(browser_of: BrowserOf, api_of: ApiOf) -> None:
    await write_lines(api_of("erin"))
    await load_train(api_of("erin"))
    cai = browser_of("cai")
    answer = await cai.submit(f"{TRAIN}/notes", {"notes_zh": "长" * 5001, "notes_en": "Kept"})
    assert answer.status_code == 422
    assert "太长了，最多 5000 字" in words(answer.text)
    assert "Kept</textarea>" in answer.text


async def test_an_unknown_friday_has_no_rehearsal(browser_of: BrowserOf) -> None:
    for day in ("2026-11-26", "2027-01-01", "nonsense"):
        assert (await browser_of("cai").get(f"/releases/{day}/rehearsal")).status_code == 404
        answer = await browser_of("cai").submit(
            f"/releases/{day}/publication", {"confirmed": "true"}
        )
        assert answer.status_code in (404, 409), day


async def test_lines_are_put_in_order(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await write_lines(api_of("erin"))
    await load_train(api_of("erin"))
    cai = browser_of("cai")

    def order(page: str) -> list[str]:
        return re.findall(r'<li id="(P-\d+)"', page)

    before = order(await cai.see(PAGE))
    assert before == ["P-3", "P-2", "P-4", "P-1", "P-5"], "新增, 优化, 修复 within each module"
    after = await cai.submit(f"{TRAIN}/lines/P-5/place", {"to": "up"})
    assert after.headers["location"] == f"{PAGE}#P-5"
    assert order(await cai.see(PAGE)) == ["P-3", "P-2", "P-4", "P-5", "P-1"]
    await cai.submit(f"{TRAIN}/lines/P-4/place", {"to": "up"})
    await cai.submit(f"{TRAIN}/lines/P-4/place", {"to": "down"})
    assert order(await cai.see(PAGE)) == ["P-3", "P-2", "P-5", "P-4", "P-1"]
    assert (await cai.submit(f"{TRAIN}/lines/P-9/place", {"to": "up"})).status_code == 404

    wanted = {"proposals": ["P-1", "P-4"]}
    await ok(await api_of("cai").put(f"releases/{FRIDAY}/order", json=wanted))
    await leave(clock, settings)
    release = await ok(await api_of("alice").get(f"releases/{FRIDAY}"))
    assert [entry["proposal"] for entry in release["entries"]] == [
        *("P-3", "P-2", "P-1", "P-4", "P-5")
    ], "those that were not named follow"
    late = await api_of("cai").put(f"releases/{FRIDAY}/order", json=wanted)
    assert late.status_code == 409, "it has left"


async def test_a_published_line_is_taken_back(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    await aboard(api_of, browser_of)
    await leave(clock, settings)
    cai = browser_of("cai")
    page = await cai.see(PAGE)
    found = re.search(r"/entries/(\d+)/erratum", page)
    assert found
    entry = found[1]
    path = f"{TRAIN}/entries/{entry}/erratum"
    empty = await cai.submit(path, {f"{entry}-zh": "", f"{entry}-en": "Night shots are black"})
    assert empty.status_code == 422
    assert "Night shots are black" in empty.text
    sent = {f"{entry}-zh": "夜景拍出来是黑的", f"{entry}-en": "Night shots are black"}
    page = words(await cai.see_after(await cai.submit(path, sent)))
    assert "已更正 夜景拍出来是黑的" in page
    assert "夜景拍出来是黑的" in words(await browser_of(None).see(TRAIN)), "at once, for everybody"
    await schedule.tick(settings, clock.now)
    for name in ("alice", "bob"):
        told = (await ok(await api_of(name).get("notices")))["items"]
        assert [notice["kind"] for notice in told] == ["correction", "friday"]
    again = await api_of("cai").put(
        f"releases/{FRIDAY}/entries/{entry}/erratum", json={"reason": "again"}
    )
    assert (await ok(again))["entries"][0]["erratum"]["reason"]["zh"] == "夜景拍出来是黑的"
    await schedule.tick(settings, clock.now)
    assert len((await ok(await api_of("bob").get("notices")))["items"]) == 2, "told once"
    assert (
        await api_of("cai").put(f"releases/{FRIDAY}/entries/99/erratum", json={"reason": "nothing"})
    ).status_code == 404
