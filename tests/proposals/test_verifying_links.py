"""Is it fixed? Answered by the link in a notice, without signing in."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest

from tests.cast import ApiOf, Browser, BrowserOf, Clock
from tests.doing import BUILD, counting_queries, file, fix, friday, ok, propose, stored, words
from tracker import database as door
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

ANSWERED = "太好了，谢谢你回来告诉我们。"
QUESTION = f"更新到 {BUILD} 之后，好了吗？ 好了 还有 说不准"


@pytest.fixture
async def link(browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings) -> str:
    """The path that alice was sent for R-1, solved in this Friday's build for the Xiaomi 13."""
    erin = api_of("erin")
    report = await file(browser_of("alice"))
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "fuxi", "umi")
    return await sent(api_of("alice"), settings)


async def sent(client: httpx.AsyncClient, settings: Settings) -> str:
    """The path of the one link in the latest of somebody's notices."""
    [one] = (await ok(await client.get("notices")))["items"][0]["verify"]
    assert one["url"].startswith(f"{settings.base_url}/v/")
    path: str = one["url"].removeprefix(settings.base_url)
    return path


async def tap(
    browser: Browser, link: str, verdict: str, build: str = BUILD, **more: str
) -> httpx.Response:
    """A button of the page. It carries nothing against forgery: the address is the key."""
    return await browser.post(link, data={"verdict": verdict, "build": build, **more})


async def answers() -> list[str]:
    rows = await door.fetch("SELECT verdict FROM verifications ORDER BY id")
    return [row["verdict"] for row in rows]


async def test_one_tap_and_no_cookies(browser_of: BrowserOf, api_of: ApiOf, link: str) -> None:
    nobody = browser_of(None)
    response = await nobody.get(link)
    assert response.status_code == 200
    page = words(response.text)
    assert f"R-1 小米 13 打开相机后闪退 {QUESTION}" in page
    assert "set-cookie" not in response.headers
    answer = await tap(nobody, link, "fixed")
    assert "set-cookie" not in answer.headers
    page = await nobody.see_after(answer)
    assert f"{ANSWERED} 接下来 你的确认已经记在这个问题上" in words(page)
    assert (await stored(api_of("alice"), "R-1"))["status"] == "verified"
    [said] = await door.fetch(
        "SELECT p.handle, b.version FROM verifications v JOIN people p ON p.id = v.person"
        " JOIN builds b ON b.id = v.build"
    )
    assert (said["handle"], said["version"]) == ("alice", BUILD)
    assert f"你在 {BUILD} 上说：好了" in words(await nobody.see(link))


async def test_looking_changes_nothing(browser_of: BrowserOf, api_of: ApiOf, link: str) -> None:
    """Mail is read by machines first, and those follow every link in it."""
    scanner = browser_of(None)
    with counting_queries() as seen:
        for _ in range(3):
            await scanner.get(link)
            await scanner.get(f"{link}?verdict=broken&build={BUILD}")
        await scanner.head(link)
        await scanner.options(link)
    written = [one for one in seen if re.search(r"\b(INSERT|UPDATE|DELETE)\b", one)]
    assert written == []
    assert await answers() == []
    assert (await stored(api_of("alice"), "R-1"))["status"] == "released"


async def test_nobody_keeps_it_or_passes_it_on(browser_of: BrowserOf, link: str) -> None:
    nobody = browser_of(None)
    for response in (await nobody.get(link), await tap(nobody, link, "unsure")):
        assert response.headers["cache-control"] == "no-store"
        assert response.headers.get_list("referrer-policy") == ["no-referrer"]
        assert "noindex" in response.headers["x-robots-tag"]


async def test_the_same_answer_twice_is_one(browser_of: BrowserOf, link: str) -> None:
    nobody = browser_of(None)
    for _ in range(2):
        assert (await tap(nobody, link, "fixed")).status_code == 303
    assert await answers() == ["fixed"]
    [row] = await door.fetch("SELECT count(*) AS n FROM events WHERE kind = 'report.verified'")
    assert row["n"] == 1


async def test_another_answer_takes_its_place(
    browser_of: BrowserOf, api_of: ApiOf, link: str
) -> None:
    nobody = browser_of(None)
    await tap(nobody, link, "unsure")
    page = words(await nobody.see(link))
    assert f"你在 {BUILD} 上说：说不准" in page
    await tap(nobody, link, "fixed")
    page = words(await nobody.see_after(await tap(nobody, link, "broken", findings="还是闪退")))
    assert "记下了，已经回到工程师手里。" in page
    assert "接下来 它在你的机型上重新打开了，负责的工程师会收到通知。" in page
    assert await answers() == ["broken"]
    assert (await stored(api_of("alice"), "R-1"))["status"] == "in_progress"
    [row] = await door.fetch("SELECT text FROM verifications")
    assert row["text"] == "还是闪退"
    await tap(nobody, link, "broken")
    [row] = await door.fetch("SELECT text FROM verifications")
    assert row["text"] == "还是闪退", "a bare tap does not wipe what was written"


async def test_me_too_gets_the_build_of_their_own_line(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    bob, erin = browser_of("bob"), api_of("erin")
    report = await file(browser_of("alice"))
    await bob.submit(f"/reports/{report}/affected", {"device": "umi"})
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "umi")
    link = await sent(api_of("bob"), settings)
    nobody = browser_of(None)
    page = words(await nobody.see(link))
    assert "R-1 Xiaomi 10 You said “me too”" in page, "in the language that bob reads"
    assert "Now that you have 26.11.27: is it fixed? Fixed Still there Can’t tell" in page
    page = words(await nobody.see_after(await tap(nobody, link, "broken")))
    assert "It is open again for your model, and the engineer who owns it is told." in page

    await bob.submit(f"/reports/{report}/affected/removal")
    assert (await nobody.get(link)).status_code == 404, "it is no longer theirs to say"


async def test_the_reader_may_switch_the_language(browser_of: BrowserOf, link: str) -> None:
    nobody = browser_of(None)
    nobody.headers["Accept-Language"] = "en"
    assert QUESTION in words(await nobody.see(link)), "alice reads Chinese"
    back = await nobody.post("/language", data={"language": "en", "next": link})
    assert back.headers["location"] == link
    assert "Now that you have 26.11.27: is it fixed?" in words(await nobody.see(link))


async def test_whoever_has_a_newer_build_says_which(
    browser_of: BrowserOf, api_of: ApiOf, link: str
) -> None:
    nobody, erin = browser_of(None), api_of("erin")
    assert "<select" not in await nobody.see(link), "there is no choice yet"
    await ok(await erin.put(f"builds/fuxi/{BUILD}.1", json={"ring": "closed"}))
    page = await nobody.see(link)
    assert f'<option value="{BUILD}" selected>' in page
    assert f'<option value="{BUILD}.1">' in page
    assert "26.11.20" not in page, "which does not have the fix"
    await tap(nobody, link, "broken", f"{BUILD}.1")
    assert f"你在 {BUILD}.1 上说：还有" in words(await nobody.see(link))
    answer = await tap(nobody, link, "broken", "no such build")
    assert answer.status_code == 422
    assert "小米 13 没有「no such build」这个版本" in words(answer.text)
    answer = await tap(nobody, link, "perhaps")
    assert answer.status_code == 422
    assert "选一个结果" in words(answer.text)


async def test_a_changed_link_is_no_link(browser_of: BrowserOf, link: str) -> None:
    nobody = browser_of(None)
    token = link.removeprefix("/v/")
    payload, stamp, signature = token.split(".")
    others = (
        f"{payload}.{stamp}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        f"{payload}.{stamp[:-1]}{'A' if stamp[-1] != 'A' else 'B'}.{signature}",
        f"x{payload[1:]}.{stamp}.{signature}",
        payload,
        "nothing",
        "é",
        "x" * 5000,
    )
    for other in others:
        for response in (
            await nobody.get(f"/v/{other}"),
            await tap(nobody, f"/v/{other}", "fixed"),
        ):
            assert response.status_code == 404, other
    assert await answers() == []


async def test_half_a_year_later(browser_of: BrowserOf, clock: Clock, link: str) -> None:
    nobody = browser_of(None)
    clock.advance(days=179)
    assert (await nobody.get(link)).status_code == 200
    clock.advance(days=2)
    for response in (await nobody.get(link), await tap(nobody, link, "fixed")):
        assert response.status_code == 404
        assert "这个链接已经过期。登录后打开 R-1，一样可以回答。" in words(response.text)
        assert 'href="/signin?next=/reports/R-1"' in response.text
    assert await answers() == []


@pytest.mark.parametrize(
    "change",
    [
        f"disabled_at = '{Clock().now + timedelta(days=1)}'",
        "role = 'fan'",
    ],
)
async def test_for_somebody_who_is_out(browser_of: BrowserOf, link: str, change: str) -> None:
    await door.execute(f"UPDATE people SET {change} WHERE handle = 'alice'")
    nobody = browser_of(None)
    for response in (await nobody.get(link), await tap(nobody, link, "fixed")):
        assert response.status_code == 404
        assert "打开相机后闪退" not in response.text
    assert await answers() == []


async def test_when_there_is_nothing_to_check_any_more(
    browser_of: BrowserOf, api_of: ApiOf, link: str
) -> None:
    await ok(await api_of("erin").delete("reports/R-1/proposal"))
    nobody = browser_of(None)
    assert "现在没有可以验证的版本" in words(await nobody.see(link))
    answer = await tap(nobody, link, "fixed")
    assert answer.status_code == 409
    assert "现在还没有可以验证的修复" in words(answer.text)


async def test_links_are_for_their_owners_eyes(api_of: ApiOf, link: str) -> None:
    [seen] = (await ok(await api_of("erin").get("notices?person=alice")))["items"]
    assert (seen["kind"], seen["verify"]) == ("friday", [])
    [own] = (await ok(await api_of("alice").get("notices")))["items"]
    assert [one["report"] for one in own["verify"]] == ["R-1"]
