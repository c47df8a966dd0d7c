"""The post is made once for everybody who is not signed in, and anew whenever it changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from tests.cast import ApiOf, Browser, BrowserOf, Clock, reaching
from tests.doing import BUILD, FRIDAY, counting_queries, ok
from tests.releases.program import publish_friday
from tracker import database as door
from tracker import listening
from tracker.app import create_app
from tracker.history.actions import CHANGES, announce
from tracker.posts import queries as posts
from tracker.settings import Settings
from tracker.web.shelf import KEPT_FOR, Answer, Key, Shelf

pytestmark = pytest.mark.usefixtures("world")

POST = f"/releases/{FRIDAY}"
FEED = "/releases/feed.atom"
LATE = {"ring": "closed", "release": FRIDAY}
PATIENCE = 10.0


class Ears:
    """What a process hears, told to its shelf; and a test may wait for it."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.begun, self.heard, self.ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.times = 0

    def begin(self) -> None:
        self.shelf.begin()
        self.begun.set()

    def hear(self) -> None:
        self.shelf.hear()
        self.times += 1
        self.heard.set()

    def end(self) -> None:
        self.shelf.end()
        self.ended.set()

    async def change(self, change: Awaitable[Any]) -> None:
        """Make a change, and wait until it is known here."""
        self.heard.clear()
        await change
        await asyncio.wait_for(self.heard.wait(), PATIENCE)


@asynccontextmanager
async def listening_for(app: Litestar) -> AsyncIterator[Ears]:
    ears = Ears(app.state.shelf)
    async with listening.listening(CHANGES, ears):
        await asyncio.wait_for(ears.begun.wait(), PATIENCE)
        yield ears


@pytest_asyncio.fixture
async def ears(
    app: Litestar, api_of: ApiOf, clock: Clock, settings: Settings, world: None
) -> AsyncIterator[Ears]:
    """The application hears of changes, as when it is served; FRIDAY has left."""
    await publish_friday(api_of("erin"), clock, settings)
    async with listening_for(app) as ears:
        yield ears


@pytest.fixture
def visitor(browser_of: BrowserOf) -> Browser:
    return browser_of(None)


async def taken_back(api_of: ApiOf) -> None:
    body = {"reason": {"zh": "会丢卡片", "en": "cards are lost"}}
    await ok(await api_of("erin").request("DELETE", "proposals/P-5/fix", json=body))


async def late_build(api_of: ApiOf) -> None:
    await ok(await api_of("erin").put(f"builds/equuleus/{BUILD}", json=LATE))


async def another_reason(api_of: ApiOf) -> None:
    late = LATE | {"delayed": {"zh": "因电池耗电过快延迟发布", "en": "battery"}}
    await ok(await api_of("erin").put(f"builds/equuleus/{BUILD}", json=late))


async def withdrawn(api_of: ApiOf) -> None:
    body = {"reason": {"zh": "升级后会重启", "en": "it restarts"}}
    await ok(await api_of("erin").put(f"builds/umi/{BUILD}/withdrawal", json=body))


@pytest.mark.parametrize("path", [POST, f"{POST}.md", f"{POST}.json", FEED, "/releases", "/"])
async def test_the_first_reader_has_it_made_the_others_get_it(
    ears: Ears, visitor: Browser, path: str
) -> None:
    made = await visitor.get(path)
    with counting_queries() as seen:
        again = await visitor.get(f"{path}?from=a-friend")
    assert not seen
    assert (made.status_code, again.status_code) == (200, 200)
    assert again.content == made.content
    assert again.headers == made.headers


async def said(api_of: ApiOf) -> None:
    body = {"text": "更新以后流畅多了"}
    await ok(await api_of("charlie").post(f"releases/{FRIDAY}/comments", json=body))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (taken_back, "会丢卡片"),
        (late_build, "1 个机型晚点"),
        (another_reason, "因电池耗电过快延迟发布"),
        (withdrawn, "升级后会重启"),
        (said, "更新以后流畅多了"),
    ],
)
async def test_what_changes_is_read_at_once(
    ears: Ears,
    visitor: Browser,
    api_of: ApiOf,
    change: Callable[[ApiOf], Awaitable[None]],
    sentence: str,
) -> None:
    before = await visitor.get(POST)
    assert sentence not in before.text
    await ears.change(change(api_of))
    assert sentence in await visitor.see(POST)
    tag = {"If-None-Match": before.headers["etag"]}
    assert (await visitor.get(POST, headers=tag)).status_code == 200


async def test_notes_written_afterwards_are_on_the_page_and_news_in_the_feed(
    ears: Ears, visitor: Browser, browser_of: BrowserOf, clock: Clock
) -> None:
    cai = browser_of("cai")
    before = (await visitor.get(FEED)).text
    clock.advance(seconds=1)
    notes = {"notes_zh": "先备份", "notes_en": "Back up first"}
    await ears.change(cai.submit(f"{POST}/notes", notes))
    assert "先备份" in await visitor.see(POST)
    feed = (await visitor.get(FEED)).text
    moment = clock.now.isoformat().replace("+00:00", "Z")
    assert f"<updated>{moment}" in feed.replace("+00:00", "Z")
    assert moment not in before


async def test_two_servers_on_one_database(
    ears: Ears, settings: Settings, clock: Clock, visitor: Browser, api_of: ApiOf
) -> None:
    other = create_app(settings, clock=clock, schedule=False)
    async with (
        listening_for(other) as its_ears,
        httpx.AsyncClient(transport=reaching(other), base_url=settings.base_url) as its_reader,
    ):
        assert (await its_reader.get(POST)).content == (await visitor.get(POST)).content
        await its_ears.change(ears.change(taken_back(api_of)))
        for reader in (its_reader, visitor):
            assert "会丢卡片" in (await reader.get(POST)).text


async def test_a_rehearsal_changes_nothing_for_others(ears: Ears, browser_of: BrowserOf) -> None:
    """It publishes and takes that back; what was announced on the way goes with it."""
    before = ears.times
    await browser_of("cai").see("/releases/2026-12-04/rehearsal")
    await ears.change(announce())
    assert ears.times == before + 1, "announcements come in their order"


async def test_a_crowd_costs_as_much_as_one(ears: Ears, visitor: Browser) -> None:
    with counting_queries() as alone:
        await visitor.get(POST)
    await ears.change(announce())
    with counting_queries() as together:
        answers = await asyncio.gather(*(visitor.get(POST) for _ in range(30)))
    assert len({answer.content for answer in answers}) == 1
    assert len(together) == len(alone) > 0


async def test_what_changes_while_it_is_made_is_not_kept(
    ears: Ears, visitor: Browser, api_of: ApiOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    get_post = posts.get_post

    async def slow(*args: Any, **more: Any) -> posts.Post:
        """Taken back between reading the tables and answering."""
        monkeypatch.setattr(posts, "get_post", get_post)
        found = await get_post(*args, **more)
        await ears.change(taken_back(api_of))
        return found

    monkeypatch.setattr(posts, "get_post", slow)
    assert "会丢卡片" not in await visitor.see(POST), "it was asked for before"
    assert "会丢卡片" in await visitor.see(POST)


async def test_a_listener_that_is_cut_off_shows_nothing_old(
    ears: Ears, visitor: Browser, api_of: ApiOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "AGAIN_AFTER", 0.2)
    await visitor.get(POST)
    ears.ended.clear()
    ears.begun.clear()
    cut = await door.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query ILIKE 'LISTEN%' AND state = 'idle'"
    )
    assert len(cut) == 1
    await asyncio.wait_for(ears.ended.wait(), PATIENCE)
    assert not ears.shelf.is_open
    await taken_back(api_of)
    answer = await visitor.get(POST)
    assert "会丢卡片" in answer.text
    tag = {"If-None-Match": answer.headers["etag"]}
    assert (await visitor.get(POST, headers=tag)).status_code == 304, "it still has a name"
    await asyncio.wait_for(ears.begun.wait(), PATIENCE)
    await visitor.get(POST)
    with counting_queries() as seen:
        await visitor.get(POST)
    assert not seen, "and then it hears again"


async def test_figures_are_half_a_minute_old_at_most(
    ears: Ears, visitor: Browser, clock: Clock
) -> None:
    await visitor.get(POST)
    clock.advance(seconds=KEPT_FOR.total_seconds())
    with counting_queries() as seen:
        await visitor.get(POST)
    assert seen


async def test_a_signed_in_reader_has_a_page_of_their_own(
    ears: Ears, visitor: Browser, browser_of: BrowserOf
) -> None:
    for reader in (browser_of("bob"), visitor, browser_of("charlie")):
        answer = await reader.get(POST)
        private = reader is not visitor
        assert answer.headers["cache-control"].startswith("private" if private else "public")
        assert ("/signout" in answer.text) is private
    head = await browser_of("bob").head(POST)
    assert (head.status_code, head.content) == (200, b"")
    with counting_queries() as seen:
        await browser_of("bob").get(FEED)
        await visitor.get(FEED)
    assert len(seen) == 3, "nobody looks who asks for the feed: the second has the first's"


async def test_readers_who_are_signed_in_share_what_is_the_same_for_all(
    ears: Ears, api_of: ApiOf, browser_of: BrowserOf
) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    await alice.get("/notices")
    await bob.get(POST)
    with counting_queries() as seen:
        page = await alice.see(POST)
    assert len(seen) == 3, "who she is, what is hers in it, and what is said below"
    assert "会丢卡片" not in page
    await ears.change(taken_back(api_of))
    assert "会丢卡片" in await alice.see(POST)
    assert "cards are lost" in await bob.see(POST)
    assert "捷径卡片丢失" in await alice.see(f"{POST}?model=fuxi")


async def test_each_language_and_shape_has_its_own_name(ears: Ears, visitor: Browser) -> None:
    asked: tuple[tuple[str, dict[str, str]], ...] = (
        (POST, {}),
        (POST, {"Accept-Language": "en-GB,en;q=0.9"}),
        (POST, {"Accept": "text/markdown"}),
        (f"{POST}?model=fuxi", {}),
        (f"{POST}.json", {}),
    )
    tags = []
    for path, headers in asked:
        answer = await visitor.get(path, headers=headers)
        assert {"Accept", "Accept-Language", "Cookie"} <= set(answer.headers["vary"].split(", "))
        tags.append(answer.headers["etag"])
        assert not tags[-1].startswith("W/")
    assert len(set(tags)) == len(tags)
    for (path, headers), tag in zip(asked, tags, strict=True):
        held = headers | {"If-None-Match": f'"x", W/{tag}'}
        again = await visitor.get(path, headers=held)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert "vary" in again.headers
        assert "cache-control" in again.headers
        assert "content-length" not in again.headers
        assert "content-type" not in again.headers
    english = {"Accept-Language": "en", "If-None-Match": tags[0]}
    assert (await visitor.get(POST, headers=english)).status_code == 200


async def test_the_head_of_it(ears: Ears, visitor: Browser) -> None:
    head = await visitor.head(POST)
    whole = await visitor.get(POST)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == whole.headers
    assert int(head.headers["content-length"]) == len(whole.content)
    assert head.headers["content-security-policy"]
    held = {"If-None-Match": whole.headers["etag"]}
    assert (await visitor.head(POST, headers=held)).status_code == 304


async def test_the_language_is_the_readers(ears: Ears, visitor: Browser) -> None:
    chinese, english = "11 月 27 日的更新", "What changed on 27 November"
    for accepted, sentence in (
        ("zh-CN", chinese),
        ("en-US,en;q=0.8,zh;q=0.2", english),
        ("fr, zh_CN;q=0.5", chinese),
        ("", chinese),
    ):
        answer = await visitor.get(POST, headers={"Accept-Language": accepted})
        assert sentence in answer.text, accepted
    visitor.cookies.set("lang", "en", domain="127.0.0.1")
    assert english in (await visitor.get(POST)).text, "chosen on the page"
    feed = (await visitor.get(FEED)).text
    assert "橙色星期五" in feed, "a feed reader has chosen nothing"
    visitor.cookies.set("lang", "xx", domain="127.0.0.1")
    assert chinese in (await visitor.get(POST)).text


async def test_nothing_of_the_first_reader_gets_into_what_others_read(
    ears: Ears, visitor: Browser, settings: Settings
) -> None:
    odd = [
        ("Accept-Language", "zh"),
        ("Accept-Language", "en"),
        ("Host", "evil.example.com"),
        ("X-Forwarded-Host", "evil.example.com"),
        ("Cookie", "csrf=mine; note=remember-me"),
    ]
    for path in (POST, FEED, f"{POST}.json"):
        first = await visitor.get(f"{path}?q=remember-me", headers=odd)
        assert "set-cookie" not in first.headers
        for language, html in (("zh", "zh"), ("en", "en")):
            answer = await visitor.get(path, headers={"Accept-Language": language})
            assert "remember-me" not in answer.text
            assert "evil" not in answer.text
            if path == POST:
                assert f'<html lang="{html}">' in answer.text


async def test_what_is_not_there_is_not_kept(ears: Ears, visitor: Browser) -> None:
    for path in ("/releases/2026-12-04", f"{POST}?model=nonsense", "/releases/x.json"):
        answer = await visitor.get(path)
        assert answer.status_code == 404, path
        assert "etag" not in answer.headers
        again = await visitor.get(path)
        assert (again.status_code, "etag" in again.headers) == (404, False)


async def test_room_is_limited(clock: Clock) -> None:
    shelf = Shelf(room=10_000)
    shelf.begin()

    async def page() -> Answer:
        return Answer.of(200, [], b"x" * 2000)

    keys = [Key(f"/{n}", b"", "zh", False) for n in range(4)]
    for key in keys[:3]:
        await shelf.made(key, page, clock)
    assert shelf.get(keys[0], clock.now), "asked for again"
    await shelf.made(keys[3], page, clock)
    assert [bool(shelf.get(key, clock.now)) for key in keys] == [True, False, True, True]
