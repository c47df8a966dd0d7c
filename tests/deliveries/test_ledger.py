"""What became of everything that was sent: who reads it, narrowed by what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import ApiOf, BrowserOf, Clock
from tests.deliveries.far_side import SECRET, Hook, Mail, hears, tick_alone, work
from tests.doing import BUILD, FRIDAY, ask, file, fix, ok, propose
from tracker import database as door
from tracker.channels.base import ChannelName, later, refused
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")


async def listed(api_of: ApiOf, handle: str, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await ok(await api_of(handle).get(f"deliveries{query}")))[
        "items"
    ]
    return found


@pytest.fixture
async def told(
    world: None, browser_of: BrowserOf, api_of: ApiOf, clock: Clock, settings: Settings
) -> tuple[str, str]:
    """A question to alice, who hears by a webhook and by mail, and a Friday for her and bob, who
    has a webhook elsewhere. The question has gone out, the mail with it was refused."""
    await hears("alice", name="我的服务器")
    await hears("alice", ChannelName.EMAIL, host="mail.example.com")
    await hears("bob", host="elsewhere.example.com")
    erin = api_of("erin")
    one = await file(browser_of("alice"))
    two = await file(browser_of("bob"), device="umi", title="Camera closes")
    await ask(erin, one, "哪个模式下？")
    await tick_alone(settings, clock)
    mail = Mail()
    mail.says = refused("550 no such mailbox")
    await work(Hook(), mail, settings=settings, clock=clock)
    await fix(erin, await propose(erin, one, two))
    for device in ("fuxi", "umi"):
        body = {"ring": "closed", "release": FRIDAY}
        await ok(await erin.put(f"builds/{device}/{BUILD}", json=body))
    clock.advance(days=3, hours=7)
    await tick_alone(settings, clock)
    return one, two


@pytest.mark.usefixtures("told")
async def test_an_engineer_reads_what_became_of_everything(api_of: ApiOf, clock: Clock) -> None:
    found = await listed(api_of, "erin")
    assert [(one["person"], one["channel"], one["state"]) for one in found] == [
        ("bob", "webhook", "pending"),
        ("alice", "email", "pending"),
        ("alice", "webhook", "pending"),
        ("alice", "email", "dead"),
        ("alice", "webhook", "sent"),
    ]
    newest, *_, dead, first = found
    assert newest["title"] == "Your report is fixed"
    assert (newest["host"], newest["attempts"]) == ("elsewhere.example.com", 0)
    assert newest["due_at"] == newest["made_at"] == clock.now.isoformat().replace("+00:00", "Z")
    assert (dead["detail"], dead["due_at"]) == ("550 no such mailbox", None)
    assert (first["attempts"], first["kind"]) == (1, "question")
    assert first["name"] == "", "what she calls it may be her address"
    assert (await listed(api_of, "alice", "?channel=webhook"))[-1]["name"] == "我的服务器"
    assert first == await ok(await api_of("erin").get(f"deliveries/{first['id']}"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (f"?release={FRIDAY}", [5, 4, 3]),
        ("?release=2026-11-20", []),
        ("?state=pending", [5, 4, 3]),
        ("?state=dead", [2]),
        ("?state=failed", []),
        ("?state=sent", [1]),
        ("?channel=email", [4, 2]),
        ("?channel=feishu", []),
        ("?person=alice", [4, 3, 2, 1]),
        ("?person=nobody-at-all", []),
        ("?host=elsewhere.example.com", [5]),
        ("?notice=1", [2, 1]),
        (f"?release={FRIDAY}&person=alice&channel=webhook", [3]),
    ],
)
@pytest.mark.usefixtures("told")
async def test_narrowed(api_of: ApiOf, query: str, found: list[int]) -> None:
    places = [one["id"] for one in reversed(await listed(api_of, "erin"))]
    numbers = [places.index(one["id"]) + 1 for one in await listed(api_of, "erin", query)]
    assert numbers == found


@pytest.mark.usefixtures("told")
async def test_page_after_page(api_of: ApiOf) -> None:
    erin, whole = api_of("erin"), await listed(api_of, "erin")
    seen: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await ok(await erin.get("deliveries", params={"limit": 2, "after": cursor}))
        seen += page["items"]
        cursor = page["next"]
    assert seen == whole
    for wrong in ("?after=nonsense", "?limit=0", "?state=lost", "?release=soon"):
        assert (await erin.get(f"deliveries{wrong}")).status_code == 422, wrong


@pytest.mark.usefixtures("told")
async def test_a_tester_reads_of_their_own_and_nothing_else(api_of: ApiOf) -> None:
    for handle, many in (("alice", 4), ("bob", 1), ("charlie", 0)):
        found = await listed(api_of, handle)
        assert [one["person"] for one in found] == [handle] * many
    bob = api_of("bob")
    number = (await listed(api_of, "alice"))[0]["id"]
    for path in ("deliveries?person=alice", f"deliveries/{number}", "deliveries/999"):
        assert (await bob.get(path)).status_code == 404, path
    assert (await api_of("alice").get("deliveries/summary")).status_code == 403


async def test_a_robots_are_the_teams_alone(
    browser_of: BrowserOf, api_of: ApiOf, clock: Clock
) -> None:
    robot = await hears(None, ChannelName.WECOM, host="robot 1", name="相机组", kinds='["blocked"]')
    await door.execute(
        "WITH made AS (INSERT INTO notices (robot, cause, kind, event, data, at) VALUES ($1,"
        " 'event:1', 'severe', 1, '{\"report\": 1, \"title\": \"变砖\"}', $2) RETURNING id)"
        " INSERT INTO deliveries (notice, subscription, channel, host, due_at, at, state, attempts,"
        " detail) SELECT id, $1, 'wecom', 'robot 1', $2, $2, 'pending', 0, '' FROM made",
        robot,
        clock.now,
    )
    [one] = await listed(api_of, "erin", "?channel=wecom")
    assert (one["person"], one["name"], one["title"]) == (
        None,
        "相机组",
        "Severe: please look at once",
    )
    assert await listed(api_of, "alice") == []
    assert (await api_of("alice").get(f"deliveries/{one['id']}")).status_code == 404


@pytest.mark.usefixtures("told")
async def test_addresses_are_shown_to_nobody(api_of: ApiOf) -> None:
    for handle in ("alice", "erin", "ada"):
        for path in ("deliveries", "deliveries/1", "deliveries/summary"):
            answer = await api_of(handle).get(path)
            assert SECRET not in answer.text
            assert "secret" not in answer.text


async def test_the_words_are_in_the_readers_language(told: tuple[str, str], api_of: ApiOf) -> None:
    answer = await api_of("erin").get("deliveries/1", headers={"Accept-Language": "zh"})
    assert (await ok(answer))["title"] == "工程师想请你补充一点信息"
    assert (await ok(answer))["text"] == "「打开相机后闪退」：哪个模式下？"


@pytest.mark.usefixtures("told")
async def test_a_summary(api_of: ApiOf, clock: Clock, settings: Settings) -> None:
    async def summary(query: str = "") -> dict[str, Any]:
        found: dict[str, Any] = await ok(await api_of("erin").get(f"deliveries/summary{query}"))
        return found

    def counts(found: dict[str, Any]) -> list[tuple[str, str, int]]:
        return [(one["channel"], one["state"], one["count"]) for one in found["counts"]]

    assert counts(await summary()) == [
        ("email", "dead", 1),
        ("email", "pending", 1),
        ("webhook", "pending", 2),
        ("webhook", "sent", 1),
    ]
    # Nobody knows whether it has come back: nothing has been sent there since.
    await door.execute(
        "INSERT INTO delivery_hosts (host, failures, paused_until, detail)"
        " VALUES ('long.gone.example.com', 9, $1, 'HTTP 503')",
        clock.now,
    )
    friday = await summary(f"?release={FRIDAY}")
    assert counts(friday) == [("email", "pending", 1), ("webhook", "pending", 2)]
    assert counts(await summary("?person=bob&state=pending")) == [("webhook", "pending", 1)]
    assert friday["oldest_waiting"]["due_at"] == clock.now.isoformat().replace("+00:00", "Z")
    assert friday["hosts"] == []

    made = friday["oldest_waiting"]["due_at"]
    hook = Hook()
    hook.says = later("429 Too Many Requests", retry_after=3600.0)
    await work(hook, Mail(), settings=settings, clock=clock)
    friday = await summary(f"?release={FRIDAY}")
    assert friday["oldest_waiting"] is None
    first, second = friday["hosts"]
    assert (first["host"], second["host"]) == ("elsewhere.example.com", "hooks.example.com")
    assert (first["waiting"], first["since"]) == (1, made)
    assert first["reason"] == "429 Too Many Requests"
    assert first["until"] > made
