"""The sample programme: whole, at any time of the week, and every page of it there."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from litestar import Litestar

from tests.cast import START, Browser, Clock, reaching
from tracker import database as door
from tracker import sample, schedule
from tracker.errors import Conflict
from tracker.history.actions import CHANGES
from tracker.reports.tables import Reason, Status
from tracker.sample.weeks import Weeks
from tracker.settings import Settings, WeeklyTime
from tracker.timetable import Timetable

VisitorOf = Callable[[str | None], Awaitable[Browser]]

_LINK = re.compile(r'href="(/[^"#]*)')
_MOST = 250
"""Pages that one person looks at."""


@pytest_asyncio.fixture(scope="module")
async def kept(settings: Settings, _emptying: str) -> AsyncIterator[str]:
    """The programme in tables beside ours, and the statement that fills ours from them: loading it
    takes two seconds of a processor, this a fiftieth of one."""
    await door.execute(_emptying)
    await sample.load(START, settings)
    columns: dict[str, list[str]] = {}
    for row in await door.fetch(
        "SELECT c.relname AS name, quote_ident(a.attname) AS column FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        " AND c.relname <> 'migration' AND a.attgenerated = '' ORDER BY 1, a.attnum"
    ):
        columns.setdefault(row["name"], []).append(row["column"])
    numbers = await door.fetch(
        "SELECT quote_literal(quote_ident(sequencename)) AS name, last_value FROM pg_sequences"
        " WHERE schemaname = 'public' AND last_value IS NOT NULL"
    )
    await door.execute("CREATE SCHEMA kept")
    for name, of_it in columns.items():
        await door.execute(f"CREATE TABLE kept.{name} AS SELECT {', '.join(of_it)} FROM {name}")
    # One statement: what belongs together is looked at when all of it is there.
    inserts = [
        f"_{name} AS (INSERT INTO {name} ({', '.join(of_it)}) OVERRIDING SYSTEM VALUE"
        f" SELECT * FROM kept.{name})"
        for name, of_it in columns.items()
    ]
    rest = [f"setval({row['name']}, {row['last_value']})" for row in numbers]
    # As every change of what people read is announced.
    rest.append(f"pg_notify('{CHANGES}', '')")
    yield f"WITH {', '.join(inserts)} SELECT {', '.join(rest)}"
    await door.execute("DROP SCHEMA kept CASCADE")


@pytest_asyncio.fixture
async def programme(kept: str, database: None, clock: Clock) -> None:
    await door.execute(kept)


@pytest_asyncio.fixture
async def visitor_of(
    app: Litestar, programme: None, settings: Settings
) -> AsyncIterator[VisitorOf]:
    """`await visitor_of("alice")` has signed in with the password that is printed."""
    async with AsyncExitStack() as stack:

        async def make(handle: str | None) -> Browser:
            browser = await stack.enter_async_context(
                Browser(transport=reaching(app), base_url=settings.base_url)
            )
            if handle is not None:
                form = {"handle": handle, "password": sample.PASSWORD}
                await browser.see_after(await browser.submit("/signin", form))
            return browser

        yield make


async def column(sql: str) -> list[object]:
    return [row[0] for row in await door.fetch(sql)]


async def test_every_status_in_both_languages(programme: None) -> None:
    found = await door.fetch(
        "SELECT r.status, p.language, count(*) AS n FROM reports r"
        " JOIN people p ON p.id = r.reporter GROUP BY r.status, p.language"
    )
    assert {row["status"] for row in found} == set(Status)
    by_language = {"zh": 0, "en": 0}
    for row in found:
        by_language[row["language"]] += row["n"]
    assert by_language["zh"] >= 20
    assert by_language["en"] >= 12
    reasons = await column("SELECT closed_reason FROM reports WHERE closed_at IS NOT NULL")
    assert set(reasons) == set(Reason)
    assert await column("SELECT status FROM reports WHERE closing_by IS NOT NULL") == ["new"]
    assert await column("SELECT status FROM reports WHERE appealed_at IS NOT NULL") == ["new"]
    waiting = "SELECT DISTINCT status FROM reports WHERE waiting_since IS NOT NULL"
    assert await column(waiting) == ["new"], "everybody else has had an answer"


async def test_three_fridays_and_the_coming_one(programme: None, settings: Settings) -> None:
    trains = await door.fetch(
        "SELECT r.date, r.published_at, (SELECT count(*) FROM entries e WHERE e.release = r.id) AS"
        " lines, (SELECT count(*) FROM builds b WHERE b.release = r.date) AS builds"
        " FROM releases r ORDER BY r.date"
    )
    timetable = Timetable.of(settings)
    assert [row["published_at"] for row in trains[:3]] == [
        timetable.publish_at(row["date"]) for row in trains[:3]
    ]
    assert (trains[3]["date"], trains[3]["published_at"]) == (timetable.coming(START), None)
    assert all(row["lines"] >= 6 for row in trains[:3])
    assert all(row["builds"] >= 8 for row in trains)
    assert set(await column("SELECT DISTINCT ring FROM builds")) == {"closed", "dev"}
    late = await column("SELECT count(*) FROM builds WHERE delayed_zh <> '' AND delayed_en <> ''")
    assert late == [1]
    assert await column(
        "SELECT count(DISTINCT proposal) FROM shipments WHERE ended = 'reverted'"
    ) == [1]


async def test_news_waits_for_alice_and_bob(programme: None) -> None:
    unread = await door.fetch(
        "SELECT p.handle, n.kind FROM notices n JOIN people p ON p.id = n.person"
        " WHERE n.read_at IS NULL AND p.handle IN ('alice', 'bob') ORDER BY p.handle, n.id"
    )
    assert [(row["handle"], row["kind"]) for row in unread] == [
        ("alice", "friday"),
        ("alice", "question"),
        ("bob", "friday"),
        ("bob", "reply"),
    ]
    assert await column("SELECT count(*) FROM events WHERE heard_at IS NULL") == [0]


async def test_people_talk_and_are_thanked_below_the_posts(
    programme: None, visitor_of: VisitorOf, settings: Settings, clock: Clock
) -> None:
    visitor = await visitor_of(None)
    latest = Timetable.of(settings).coming(clock.now) - timedelta(weeks=1)
    page = await visitor.see(f"/releases/{latest}")
    assert "修好当天就发" in page
    assert "Bob" in page, "he talks"
    names = str(await column("SELECT display_name FROM people WHERE credited"))
    assert "爱丽丝" in names
    assert "Bob" not in names, "but is not named"
    pages = [await visitor.see(f"/releases/{latest - timedelta(weeks=n)}") for n in range(3)]
    assert any(">感谢 爱丽丝" in page for page in pages)
    assert not any("低价出内测资格" in page for page in pages)
    assert await column("SELECT count(*) FROM comments WHERE hidden_at IS NOT NULL") == [1]


async def test_bob_is_told_to_wait_and_alice_of_a_later_train(visitor_of: VisitorOf) -> None:
    page = await (await visitor_of("bob")).see("/")
    assert "Wait with this update" in page
    assert "2 testers lost data after this update" in page
    page = await (await visitor_of("alice")).see("/")
    assert "没赶上 11 月 20 日的列车" in page
    assert "改到 11 月 27 日" in page


async def test_nothing_happens_before_its_time(programme: None, clock: Clock) -> None:
    """The record is in the order of time, and ends before now."""
    moments = await column("SELECT at FROM events ORDER BY id")
    assert moments == sorted(moments, key=str)
    assert max(map(str, moments)) <= str(clock.now)
    odd = await column(
        "SELECT r.id FROM reports r JOIN builds b ON b.id = r.build WHERE b.published_at > r.filed_at"
    )
    assert odd == []


async def test_the_coming_friday_leaves(programme: None, settings: Settings, clock: Clock) -> None:
    timetable = Timetable.of(settings)
    clock.set(timetable.publish_at(timetable.coming(START)))
    await schedule.tick(settings, clock.now)
    assert await column("SELECT count(*) FROM releases WHERE published_at IS NOT NULL") == [4]
    waiting = await column("SELECT count(*) FROM reports WHERE status = 'fixed'")
    assert waiting == [0], "everything that was expected on it was aboard"


async def test_every_link_leads_somewhere(visitor_of: VisitorOf) -> None:
    for handle in ("alice", "erin", "cai", "charlie", None):
        seen = await walk(await visitor_of(handle), handle)
        assert len(seen) > (10 if handle in {"charlie", None} else 80), (handle, seen)


async def walk(browser: Browser, handle: str | None) -> set[str]:
    """Follow every link from the first page on, each of which must be there."""
    waiting, seen = deque(["/", "/releases"]), {"/", "/releases"}
    while waiting and len(seen) < _MOST:
        path = waiting.popleft()
        response = await browser.get(path, follow_redirects=True)
        assert response.status_code == 200, f"{handle} at {path}: {response.status_code}"
        if not response.headers["content-type"].startswith("text/html"):
            continue
        for link in _LINK.findall(response.text):
            # Combined filters lead on to ever more of them.
            if "&amp;" not in link and link not in seen:
                seen.add(link)
                waiting.append(link)
    return seen


async def test_somebody_new_comes_in(visitor_of: VisitorOf) -> None:
    browser = await visitor_of(None)
    form = {"handle": "newcomer", "display_name": "新来的", "password": "每周五的下午五点"}
    page = await browser.see_after(await browser.submit(f"/join/{sample.INVITATION}", form))
    assert "小米 13" in page


async def test_only_into_an_empty_database(
    programme: None, clock: Clock, settings: Settings
) -> None:
    before = await column("SELECT count(*) FROM reports")
    with pytest.raises(Conflict):
        await sample.load(clock.now, settings)
    assert await column("SELECT count(*) FROM reports") == before


async def test_half_of_it_never_stays(
    database: None, clock: Clock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*, now: datetime) -> None:
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(sample, "renew_answer_times", fails)
    with pytest.raises(RuntimeError):
        await sample.load(clock.now, settings)
    assert await sample.is_empty()
    assert await column("SELECT count(*) FROM events") == [0]
    monkeypatch.undo()
    signed_in = await sample.load(clock.now, settings)
    assert [player.handle for player in signed_in] == [
        "alice",
        "bob",
        "charlie",
        "erin",
        "cai",
        "ada",
    ]


SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 27, 16, 59, 59, tzinfo=SHANGHAI),
        datetime(2026, 11, 27, 17, 0, tzinfo=SHANGHAI),
        datetime(2026, 11, 27, 17, 10, tzinfo=SHANGHAI),
        datetime(2027, 1, 2, 3, 0, tzinfo=SHANGHAI),
    ],
)
async def test_at_any_time_of_the_week(database: None, settings: Settings, now: datetime) -> None:
    await sample.load(now.astimezone(UTC), settings)
    assert set(await column("SELECT status FROM reports")) == set(Status)
    coming = Timetable.of(settings).coming(now)
    expected = set(await column("SELECT expected_on FROM reports WHERE status = 'fixed'"))
    late = await column("SELECT DISTINCT release FROM builds WHERE delayed_zh <> ''")
    assert expected == {coming, *late}, "the next train, or the one whose build is late"


async def test_on_any_timetable(database: None, settings: Settings) -> None:
    odd = replace(
        settings,
        timezone=ZoneInfo("America/New_York"),
        freeze=WeeklyTime(6, time(23, 0)),
        publish=WeeklyTime(2, time(2, 30)),
    )
    await sample.load(START, odd)
    assert set(await column("SELECT status FROM reports")) == set(Status)


def test_the_story_keeps_its_clock(settings: Settings) -> None:
    """Past weeks are told in the town's own time; the present one ends now."""
    weeks = Weeks(Timetable.of(settings), START)
    assert [str(day) for day in weeks.trains] == [
        "2026-10-30",
        "2026-11-06",
        "2026-11-13",
        "2026-11-20",
        "2026-11-27",
    ]
    assert weeks.at("2 mon 21:14") == datetime(2026, 11, 9, 21, 14, tzinfo=SHANGHAI)
    assert weeks.at("3 fri 16:30") == datetime(2026, 11, 20, 16, 30, tzinfo=SHANGHAI)
    assert weeks.at("4 fri 17:00") == datetime(2026, 11, 20, 17, 0, tzinfo=SHANGHAI)
    assert weeks.at("4 thu 12:00") == START
    assert START - timedelta(days=1) < weeks.at("4 wed 12:00") < START
    assert (weeks.version(4), weeks.version(4, dev=True)) == ("26.11.27", "26.11.25")
