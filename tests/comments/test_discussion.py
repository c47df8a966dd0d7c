"""People talk below a post: fans and testers, and the team among them."""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio

from tests.cast import ApiOf, BrowserOf, Clock
from tests.doing import FRIDAY, counting_queries, friday, ok, words
from tracker import database as door
from tracker.settings import Settings

POST = f"/releases/{FRIDAY}"
ALL = f"{POST}/comments"
API = f"releases/{FRIDAY}/comments"


@pytest_asyncio.fixture(autouse=True)
async def published(world: None, api_of: ApiOf, clock: Clock, settings: Settings) -> None:
    await friday(clock, settings, api_of("erin"), "fuxi")


async def say(api_of: ApiOf, handle: str, text: str) -> int:
    number: int = (await ok(await api_of(handle).post(API, json={"text": text})))["id"]
    return number


async def test_a_fan_says_something_and_everybody_reads_it(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    charlie = browser_of("charlie")
    page = words(await charlie.see(POST))
    assert "发出 还没有人说话 第一个来说说吧。" in page
    clock.advance(minutes=5)
    answer = await charlie.submit(ALL, {"comment": "这一期**真快**\n\n<script>alert(1)</script>"})
    assert answer.headers["location"] == f"{POST}#message-1"
    page = await charlie.see_after(answer)
    assert '<article class="message mine" id="message-1">' in page
    for handle in (None, "alice", "erin"):
        page = await browser_of(handle).see(POST)
        assert "<strong>真快</strong>" in page
        assert "<script>alert" not in page
        assert "charlie" not in page, "a handle is nobody's business"
    page = words(await browser_of(None).see(POST))
    assert "讨论 1 登录 后就能参与讨论。 查理 11 月 27 日 17:05 UTC+8 这一期 真快" in page
    assert "发出" not in page


async def test_the_teams_answers_are_marked(browser_of: BrowserOf, api_of: ApiOf) -> None:
    await say(api_of, "alice", "小米 8 什么时候来？")
    await say(api_of, "cai", "下周一。")
    page = words(await browser_of(None).see(POST))
    assert "讨论 2" in page
    assert "小蔡 官方回答 11 月 27 日 17:00 UTC+8 下周一。 爱丽丝 11 月 27 日" in page, (
        "newest first"
    )
    english = words(await browser_of("bob").see(POST))
    assert "Discussion 2 What do you think of it?" in english
    assert "小蔡 Official answer" in english


@pytest.mark.parametrize("typed", ["", "  \n ", "长" * 5001])
async def test_what_cannot_be_said_is_kept_as_it_was_typed(
    browser_of: BrowserOf, typed: str
) -> None:
    alice = browser_of("alice")
    answer = await alice.submit(ALL, {"comment": typed})
    assert answer.status_code == 422
    assert '<a href="#f-comment">还没有写内容（最多 5000 字）' in answer.text
    assert typed.strip() in answer.text
    assert "11 月 27 日更新的讨论" in words(answer.text)
    assert "还没有人说话" in words(await alice.see(ALL)), "the same address loads again"


async def test_not_too_much_at_once(browser_of: BrowserOf, api_of: ApiOf, clock: Clock) -> None:
    alice = browser_of("alice")
    for n in range(6):
        await say(api_of, "alice", f"第 {n} 句")
        clock.advance(seconds=5)
    answer = await alice.submit(ALL, {"comment": "还有一句"})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "30"
    assert "你说得很快，歇一下，30 秒后再发" in answer.text
    assert ">\n还有一句</textarea>" in answer.text
    refused = await api_of("alice").post(API, json={"text": "x"})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    assert refused.json()["detail"] == "That was quick: please wait 30 seconds and send it again"
    await say(api_of, "bob", "Others are not held up")
    clock.advance(seconds=30)
    assert (await alice.submit(ALL, {"comment": "还有一句"})).status_code == 303


async def test_ten_at_the_same_moment_are_ten(api_of: ApiOf) -> None:
    alice = api_of("alice")
    answers = await asyncio.gather(*(alice.post(API, json={"text": f"{n}"}) for n in range(10)))
    assert sorted(one.status_code for one in answers) == [201] * 6 + [429] * 4


async def test_the_team_hides_a_word_with_one_tap(browser_of: BrowserOf, api_of: ApiOf) -> None:
    number = await say(api_of, "charlie", "买手机加我")
    erin = browser_of("erin")
    page = await erin.see(POST)
    assert f'action="/comments/{number}/hiding"' in page
    answer = await erin.submit(f"/comments/{number}/hiding", {"next": POST})
    assert answer.headers["location"] == f"{POST}#message-{number}"
    page = words(await erin.see_after(answer))
    assert "买手机加我 Hidden: only its author and the team still see it. Show again" in page
    for handle in (None, "alice"):
        page = words(await browser_of(handle).see(POST))
        assert "买手机加我" not in page
        assert "还没有人说话" in page
    page = words(await browser_of("charlie").see(POST))
    assert "买手机加我 团队隐藏了这句话，只有你和团队还能看到。" in page
    assert "重新显示" not in page
    assert (await api_of("charlie").delete(f"comments/{number}/hidden")).status_code == 403
    assert (await api_of("alice").put(f"comments/{number}/hidden")).status_code == 404

    answer = await erin.submit(f"/comments/{number}/showing", {"next": "//evil.example"})
    assert answer.headers["location"] == f"{POST}#message-{number}", "and nowhere else"
    assert "买手机加我" in words(await browser_of(None).see(POST))


async def test_people_take_back_what_they_said(browser_of: BrowserOf, api_of: ApiOf) -> None:
    number = await say(api_of, "alice", "我看错了")
    assert (await browser_of("bob").submit(f"/comments/{number}/hiding")).status_code == 403
    alice = browser_of("alice")
    assert "我看错了 收回" in words(await alice.see(POST))
    page = words(await alice.see_after(await alice.submit(f"/comments/{number}/hiding")))
    assert "你收回了这句话，只有你和团队还能看到。 重新显示" in page
    assert "我看错了" not in words(await browser_of("bob").see(POST))
    assert "Its author took this back" in words(await browser_of("erin").see(POST))
    refused = await api_of("erin").delete(f"comments/{number}/hidden")
    assert refused.status_code == 403
    assert refused.json()["detail"] == "Its author took it back: only they can show it again"
    await alice.see_after(await alice.submit(f"/comments/{number}/showing"))
    assert "我看错了" in words(await browser_of("bob").see(POST))


async def test_what_the_team_hid_too_stays_hidden(api_of: ApiOf) -> None:
    number = await say(api_of, "alice", "买手机加我")
    alice, erin = api_of("alice"), api_of("erin")
    await ok(await alice.put(f"comments/{number}/hidden"))
    for _ in range(2):
        assert (await ok(await erin.put(f"comments/{number}/hidden")))["hidden"]
    await ok(await alice.put(f"comments/{number}/hidden"))
    assert (await alice.delete(f"comments/{number}/hidden")).status_code == 403
    for _ in range(2):
        assert not (await ok(await erin.delete(f"comments/{number}/hidden")))["hidden"]
    kinds = await door.fetch(
        "SELECT kind FROM events WHERE kind LIKE 'comment.%' AND release IS NOT NULL ORDER BY id"
    )
    assert [row["kind"] for row in kinds] == [
        "comment.posted",
        "comment.hidden",
        "comment.hidden",
        "comment.shown",
    ]


async def test_older_words_are_behind_the_newer_ones(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    for n in range(45):
        await say(api_of, "alice", f"第 {n} 句。")
        clock.advance(seconds=11)
    visitor = browser_of(None)
    page = await visitor.see(POST)
    seen = []
    while True:
        seen += [n for n in range(44, -1, -1) if f"第 {n} 句。" in page]
        assert '<span class="count">45</span>' in page
        if 'rel="next" href="' not in page.partition('id="discussion"')[2]:
            break
        older = page.partition('id="discussion"')[2].partition('rel="next" href="')[2]
        page = await visitor.see(older.partition('"')[0])
        assert f'rel="prev" href="{ALL}"' in page
    assert seen == list(range(44, -1, -1))
    for nothing in ("x", "-1", "1" * 30, "٣"):
        assert (await visitor.get(ALL, params={"before": nothing})).status_code == 404

    bob = api_of("bob")
    found, cursor = [], ""
    while True:
        listed = await ok(await bob.get(API, params={"limit": 20, "after": cursor}))
        found += [one["text"] for one in listed["items"]]
        cursor = listed["next"]
        if cursor is None:
            break
    assert found == [f"第 {n} 句。" for n in range(44, -1, -1)]


async def test_programs_learn_what_pages_show(api_of: ApiOf) -> None:
    key = {"Idempotency-Key": "once"}
    for _ in range(2):
        answer = await api_of("erin").post(API, json={"text": "周一到"}, headers=key)
        assert answer.status_code == 201
    (one,) = (await ok(await api_of("bob").get(API)))["items"]
    assert one == {
        "id": 1,
        "release": FRIDAY,
        "author": None,
        "author_name": "Erin",
        "official": True,
        "text": "周一到",
        "at": "2026-11-27T09:00:00Z",
        "hidden": False,
    }
    (one,) = (await ok(await api_of("cai").get(API)))["items"]
    assert one["author"] == "erin"


async def test_only_below_a_post_that_is_there(browser_of: BrowserOf, api_of: ApiOf) -> None:
    await ok(
        await api_of("erin").put(
            "builds/fuxi/26.12.4", json={"ring": "closed", "release": "2026-12-04"}
        )
    )
    for day in ("2026-12-04", "2026-12-11", "20261127", "soon"):
        for handle in ("alice", "cai"):
            assert (
                await api_of(handle).post(f"releases/{day}/comments", json={"text": "x"})
            ).status_code == 404
            assert (await browser_of(handle).get(f"/releases/{day}/comments")).status_code == 404
    answer = await browser_of(None).submit(ALL, {"comment": "谁？"})
    assert answer.headers["location"].startswith("/signin")


@pytest.mark.parametrize(("handle", "most"), [(None, 2), ("alice", 4)])
async def test_what_the_page_costs(
    browser_of: BrowserOf, api_of: ApiOf, handle: str | None, most: int
) -> None:
    await say(api_of, "charlie", "你好")
    browser = browser_of(handle)
    await browser.get(ALL)
    with counting_queries() as seen:
        await browser.see(ALL)
    assert len(seen) <= most, seen
