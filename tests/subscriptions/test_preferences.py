"""What people hear where, and when not: chosen on the page or by a program, kept to by everything."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from tests.cast import ApiOf, Browser, BrowserOf, Clock
from tests.deliveries.far_side import hears, tick_alone
from tests.doing import ask, counting_queries, file, fix, friday, ok, propose, words
from tracker import database as door
from tracker.channels.base import ChannelName
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

PAGE = "/settings/notices"
USUAL = {
    "kinds_webpush": ["news", "correction", "question"],
    "kinds_email": ["news", "correction", "question"],
    "kinds_ntfy": ["news", "correction", "question"],
    "kinds_mipush": ["news", "correction", "question"],
    "kinds_webhook": ["news", "correction", "question", "reply"],
}


def ticked(page: str) -> dict[str, list[str]]:
    """The boxes of kinds that are ticked, by field."""
    found: dict[str, list[str]] = {}
    for box in re.findall(r'<input type="checkbox" name="kinds_[^>]+>', page):
        name, value = re.findall(r'(?:name|value)="([^"]+)"', box)
        found.setdefault(name, [])
        if " checked" in box:
            found[name].append(value)
    return found


async def choose(browser: Browser, **changed: Any) -> str:
    return await browser.see_after(await browser.submit(PAGE, USUAL | changed))


async def on_their_way() -> list[tuple[str, str, datetime]]:
    """Of all notices: the channel, the kind, and when it is due."""
    rows = await door.fetch(
        "SELECT d.channel, n.kind, d.due_at FROM deliveries d JOIN notices n ON n.id = d.notice"
        " ORDER BY d.id"
    )
    return [(row["channel"], row["kind"], row["due_at"]) for row in rows]


async def test_what_is_usual_is_ticked(browser_of: BrowserOf) -> None:
    page = await browser_of("alice").see(PAGE)
    assert ticked(page) == USUAL
    assert "按你的时区 Asia/Shanghai，现在是 10:00。" in words(page)
    assert "警报" not in words(page), "those are the team's"
    assert ticked(await browser_of("cai").see(PAGE))["kinds_webpush"] == [
        *("news", "correction", "question"),
        "alarm",
    ]


async def test_the_inbox_and_the_settings_lead_there(browser_of: BrowserOf) -> None:
    for page in ("/notices", "/settings"):
        assert f'href="{PAGE}"' in await browser_of("alice").see(page)


async def test_a_choice_is_kept_and_shown(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    page = await choose(
        alice,
        kinds_email=["news"],
        kinds_ntfy=[],
        quiet_from="22:30",
        quiet_to="08:00",
        fridays_only="true",
    )
    assert "已保存" in words(page)
    assert ticked(page) == USUAL | {"kinds_email": ["news"], "kinds_ntfy": []}
    assert 'value="22:30"' in page
    assert 'value="08:00"' in page
    assert 'name="fridays_only" value="true" checked' in page
    page = await choose(alice)
    assert ticked(page) == USUAL, "and taken back"
    assert "22:30" not in page
    assert ticked(await browser_of("bob").see(PAGE)) == USUAL, "nobody else's"


@pytest.mark.parametrize(
    ("hours", "field", "told"),
    [
        ({"quiet_from": "22:00"}, "quiet_to", "从几点到几点都要填"),
        ({"quiet_to": "08:00"}, "quiet_from", "从几点到几点都要填"),
        ({"quiet_from": "22:00", "quiet_to": "22:00"}, "quiet_to", "结束和开始是同一个时间"),
        ({"quiet_from": "late", "quiet_to": "08:00"}, "quiet_from", "写成 22:00 这样的时间"),
        ({"quiet_from": "22:00", "quiet_to": "24:00"}, "quiet_to", "写成 22:00 这样的时间"),
    ],
)
async def test_hours_that_cannot_be_taken(
    browser_of: BrowserOf, hours: dict[str, str], field: str, told: str
) -> None:
    alice = browser_of("alice")
    answer = await alice.submit(PAGE, USUAL | hours | {"kinds_email": ["reply"]})
    assert answer.status_code == 422
    assert f'<a href="#f-{field}">{told}' in answer.text
    assert all(f'value="{value}"' in answer.text for value in hours.values())
    assert ticked(answer.text)["kinds_email"] == ["reply"], "all that was ticked is ticked still"
    assert ticked(await alice.see(PAGE)) == USUAL, "and nothing is half done"


async def test_each_channel_hears_what_was_chosen_for_it(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    await hears("alice", ChannelName.EMAIL)
    await hears("alice", ChannelName.NTFY)
    await choose(alice, kinds_email=["news", "reply"], kinds_ntfy=["question"])
    report = await file(alice)
    await ask(erin, report, "哪个模式下？")
    await ok(await erin.post(f"reports/{report}/messages", json={"text": "看到了"}))
    await tick_alone(settings, clock)
    assert [way[:2] for way in await on_their_way()] == [("ntfy", "question"), ("email", "reply")]


async def test_only_fridays(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice, erin = browser_of("alice"), api_of("erin")
    await hears("alice", ChannelName.EMAIL)
    await choose(alice, fridays_only="true")
    report = await file(alice)
    await ask(erin, report, "哪个模式下？")
    await fix(erin, await propose(erin, report))
    await friday(clock, settings, erin, "fuxi")
    assert [way[:2] for way in await on_their_way()] == [("email", "friday")]


async def test_everything_off_but_the_inbox(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> None:
    alice = browser_of("alice")
    await hears("alice", ChannelName.EMAIL)
    await choose(alice, inbox_only="true", kinds_email=["question"])
    await ask(api_of("erin"), await file(alice), "哪个模式下？")
    await tick_alone(settings, clock)
    assert await on_their_way() == []
    assert "哪个模式下？" in words(await alice.see("/notices"))
    page = await choose(alice, kinds_email=["question"])
    assert ticked(page)["kinds_email"] == ["question"]


@pytest.mark.parametrize(
    ("zone", "hours", "asked", "due"),
    [
        # Across midnight: before it, after it, and outside.
        ("Asia/Shanghai", ("22:00", "08:00"), "2026-11-24T23:30+08:00", "2026-11-25T08:00+08:00"),
        ("Asia/Shanghai", ("22:00", "08:00"), "2026-11-25T07:59+08:00", "2026-11-25T08:00+08:00"),
        ("Asia/Shanghai", ("22:00", "08:00"), "2026-11-25T08:00+08:00", None),
        ("Asia/Shanghai", ("22:00", "08:00"), "2026-11-24T22:00+08:00", "2026-11-25T08:00+08:00"),
        ("Asia/Shanghai", ("12:00", "13:30"), "2026-11-24T12:10+08:00", "2026-11-24T13:30+08:00"),
        ("Asia/Shanghai", ("12:00", "13:30"), "2026-11-24T13:30+08:00", None),
        # Berlin sleeps an hour less in the night of 28 March 2027, and until 8 all the same.
        ("Europe/Berlin", ("22:00", "08:00"), "2027-03-27T23:00+01:00", "2027-03-28T08:00+02:00"),
        # Its clocks never show 2:30 in that night: the hours end with what comes instead.
        ("Europe/Berlin", ("22:00", "02:30"), "2027-03-27T23:00+01:00", "2027-03-28T03:30+02:00"),
        # And an hour more in the night of 30 October.
        ("Europe/Berlin", ("22:00", "08:00"), "2027-10-30T23:00+02:00", "2027-10-31T08:00+01:00"),
        # Where 2:30 comes twice, the first does not wake anybody.
        ("Europe/Berlin", ("22:00", "02:30"), "2027-10-31T02:10+02:00", "2027-10-31T02:30+01:00"),
        # Somewhere else it is still yesterday, and there is no sleep yet.
        ("America/New_York", ("22:00", "08:00"), "2026-11-25T08:30+08:00", None),
    ],
)
async def test_quiet_hours(
    browser_of: BrowserOf,
    api_of: ApiOf,
    clock: Clock,
    settings: Settings,
    zone: str,
    hours: tuple[str, str],
    asked: str,
    due: str | None,
) -> None:
    alice = browser_of("alice")
    profile = {"display_name": "爱丽丝", "language": "zh", "timezone": zone}
    await alice.submit("/settings", profile)
    await choose(alice, quiet_from=hours[0], quiet_to=hours[1])
    await hears("alice")
    report = await file(alice)
    await ask(api_of("erin"), report, "哪个模式下？")
    await door.execute("UPDATE sessions SET expires_at = '2030-01-01Z'")
    clock.set(datetime.fromisoformat(asked))
    await tick_alone(settings, clock)
    [(_, kind, at)] = await on_their_way()
    assert kind == "question"
    assert at == (datetime.fromisoformat(due) if due else clock.now)
    assert "哪个模式下？" in words(await alice.see("/notices")), "the inbox wakes nobody"


async def test_alarms_do_not_wait(browser_of: BrowserOf, clock: Clock, settings: Settings) -> None:
    await hears("cai", ChannelName.EMAIL)
    await choose(
        browser_of("cai"),
        kinds_email=["news", "alarm"],
        quiet_from="09:00",
        quiet_to="18:00",
        fridays_only="true",
    )
    await file(browser_of("alice"), title="照片没了", severity="data_loss")
    await tick_alone(settings, clock)
    assert await on_their_way() == [("email", "severe", clock.now)]


async def test_what_a_tester_was_not_offered_is_left_alone(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    """Somebody who joins the team hears alarms, although they had chosen before."""
    await choose(browser_of("alice"), kinds_email=["question"])
    kinds = (await ok(await api_of("alice").get("me/preferences")))["kinds"]
    assert kinds["email"] == ["blocked", "question", "severe"]


async def test_by_program(browser_of: BrowserOf, api_of: ApiOf) -> None:
    alice = api_of("alice")
    usual = await ok(await alice.get("me/preferences"))
    assert usual["kinds"]["webpush"][:2] == ["friday", "build"]
    assert set(usual["kinds"]) == {"webpush", "email", "mipush", "ntfy", "webhook"}
    assert (usual["quiet_from"], usual["timezone"]) == (None, "Asia/Shanghai")
    wanted = {"kinds": {"email": ["friday"]}, "quiet_from": "22:00", "quiet_to": "07:30"}
    chosen = await ok(await alice.put("me/preferences", json=wanted))
    assert await ok(await alice.put("me/preferences", json=wanted)) == chosen
    assert chosen["kinds"] == usual["kinds"] | {"email": ["friday"]}
    assert (chosen["quiet_from"], chosen["quiet_to"]) == ("22:00", "07:30")
    page = await choose(browser_of("alice"), kinds_email=["news"], quiet_from="", quiet_to="")
    assert ticked(page)["kinds_email"] == ["news"]
    kinds = (await ok(await alice.get("me/preferences")))["kinds"]
    assert kinds["email"] == ["friday"], "the page does not undo what it cannot show"
    assert await ok(await alice.put("me/preferences", json={})) == usual


@pytest.mark.parametrize(
    "wrong",
    [
        {"kinds": {"feishu": ["friday"]}},
        {"kinds": {"email": ["changelog"]}},
        {"quiet_from": "22:00"},
        {"quiet_from": "22:00", "quiet_to": "7"},
        {"inbox_only": "perhaps"},
    ],
)
async def test_what_a_program_cannot_choose(api_of: ApiOf, wrong: dict[str, Any]) -> None:
    answer = await api_of("alice").put("me/preferences", json=wrong)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"], answer.text


async def test_queries(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    for channel in (ChannelName.EMAIL, ChannelName.NTFY):
        await hears("alice", channel)
    await choose(alice, kinds_email=["news"])
    with counting_queries() as seen:
        await alice.see(PAGE)
    assert len(seen) == 3, seen
