"""A Friday by Mi Push: phones that register by themselves, one call for many, what is no more."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from litestar import Litestar

from tests.cast import ApiOf, BrowserOf, Clock
from tests.channels.mipush_server import CHANNEL, PACKAGE, SECRET, Failed, MiPushServer
from tests.channels.receiver import receiving
from tests.doing import BUILD, file, fix, friday, ok, propose, words
from tracker import database as door
from tracker import schedule
from tracker.settings import Settings

pytestmark = pytest.mark.usefixtures("world")

PHONE = "d//igwEhgBGCI2TG6lWqlBMwcvtQ0Ohcxz1gu+Pm="


@pytest.fixture
def server() -> MiPushServer:
    return MiPushServer()


@pytest_asyncio.fixture
async def set_up(
    app: Litestar, settings: Settings, server: MiPushServer
) -> AsyncIterator[Settings]:
    """A tracker whose app Mi Push knows."""
    async with receiving() as receiver:
        receiver.answer = server
        before = app.state.settings
        app.state.settings = dataclasses.replace(
            settings,
            mipush_secret=SECRET,
            mipush_package=PACKAGE,
            mipush_channel=CHANNEL,
            mipush_url=receiver.url,
            private_addresses=True,
        )
        try:
            yield app.state.settings
        finally:
            app.state.settings = before


async def test_a_phone_registers_by_itself(api_of: ApiOf, set_up: Settings) -> None:
    alice, bob = api_of("alice"), api_of("bob")
    asked = {"registration_id": PHONE, "name": "小米 13"}
    first = await ok(await alice.put("me/subscriptions/mipush", json=asked))
    assert (first["channel"], first["name"], first["confirmed"]) == ("mipush", "小米 13", True)
    assert await ok(await alice.put("me/subscriptions/mipush", json=asked)) == first
    [mine] = (await ok(await alice.get("me/subscriptions")))["items"]
    assert mine == first
    assert PHONE not in (await alice.get("me/subscriptions")).text

    # The phone changes hands.
    sold = await ok(await bob.put("me/subscriptions/mipush", json={"registration_id": PHONE}))
    assert sold["name"] == "Mi Push"
    assert (await ok(await alice.get("me/subscriptions")))["items"] == []
    assert (await alice.delete(f"me/subscriptions/{sold['id']}")).status_code == 404
    assert (await ok(await bob.delete(f"me/subscriptions/{sold['id']}")))["items"] == []
    assert (await bob.delete(f"me/subscriptions/{sold['id']}")).status_code == 404


async def test_what_is_no_registration_is_said_by_its_field(
    api_of: ApiOf, browser_of: BrowserOf, set_up: Settings
) -> None:
    answer = await api_of("bob").put("me/subscriptions/mipush", json={"registration_id": "a,b"})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == "registration_id"
    assert "copy all of it" in error["message"]
    page = await browser_of("alice").submit("/settings/notices/mipush", {"registration_id": "a,b"})
    assert page.status_code == 422
    assert 'href="#f-registration_id"' in page.text
    assert 'value="a,b"' in page.text


async def test_a_server_without_mi_push_says_so(api_of: ApiOf, browser_of: BrowserOf) -> None:
    asked = {"registration_id": PHONE}
    answer = await api_of("alice").put("me/subscriptions/mipush", json=asked)
    assert answer.status_code == 409
    assert "TRACKER_MIPUSH_SECRET" in answer.json()["detail"]
    assert "TRACKER_MIPUSH_SECRET" in await browser_of("ada").see("/settings/notices/mipush")
    page = await browser_of("alice").see("/settings/notices/mipush")
    assert "管理员设置好之后就可以" in page
    assert 'name="registration_id"' not in page


async def test_a_registration_is_typed_on_the_page_and_tested(
    browser_of: BrowserOf, set_up: Settings, server: MiPushServer
) -> None:
    alice = browser_of("alice")
    form = {"registration_id": PHONE, "name": "小米 13"}
    page = await alice.see_after(await alice.submit("/settings/notices/mipush", form))
    assert "小米 13" in words(page)
    answer = await alice.submit("/settings/notices/mipush/1/test")
    assert answer.status_code == 200
    [shown] = server.phones[PHONE].values()
    assert shown["title"] == "收到了"


async def me_too(report: str, people: int, clock: Clock) -> list[str]:
    """So many others have the same phone and problem, and hear by Mi Push."""
    rows = await door.fetch(
        "WITH them AS (INSERT INTO people (handle, display_name, role, language, password_hash,"
        "  joined_at) SELECT 'tester' || n, n::text, 'tester', 'zh', '', $3"
        "  FROM generate_series(1, $2::integer) n RETURNING id, handle),"
        " too AS (INSERT INTO affected (report, person, model, ring, at)"
        "  SELECT r.id, them.id, r.model, r.ring, $3 FROM them, reports r WHERE r.id = $1)"
        " INSERT INTO subscriptions (person, channel, key, host, address, name, created_at,"
        "  confirmed_at, gone_because, language, hears)"
        " SELECT id, 'mipush', 'regid-of-' || handle, 'mipush',"
        "  jsonb_build_object('registration_id', 'regid-of-' || handle), '', $3, $3, '', '', '[]'"
        " FROM them RETURNING key",
        int(report.removeprefix("R-")),
        people,
        clock.now,
    )
    return [row["key"] for row in rows]


async def test_one_call_tells_many_the_same(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock, set_up: Settings, server: MiPushServer
) -> None:
    erin, alice = api_of("erin"), api_of("alice")
    report = await file(browser_of("alice"))
    await fix(erin, await propose(erin, report))
    others = await me_too(report, 12, clock)
    await ok(await alice.put("me/subscriptions/mipush", json={"registration_id": PHONE}))
    server.bad = {others[3]}
    await friday(clock, set_up, erin, "fuxi")

    [few, many] = sorted(server.calls, key=lambda call: len(call["registration_id"]))
    assert few["registration_id"] == PHONE
    assert few["title"] == "你的反馈解决了"
    assert few["description"] == f"打开相机后闪退，已在小米 13 的 {BUILD} 版本解决。"
    assert few["extra.web_uri"] == f"{set_up.base_url}/", "their own Friday"
    assert many["title"] == "你也遇到的问题解决了"
    assert sorted(many["registration_id"].split(",")) == sorted(others)

    rows = await door.fetch(
        "SELECT d.state, s.key, s.gone_at IS NOT NULL AS gone, s.address FROM deliveries d"
        " JOIN subscriptions s ON s.id = d.subscription"
    )
    assert len(rows) == 13
    for row in rows:
        bad = row["key"] == others[3]
        assert (row["state"], row["gone"]) == (("dead", True) if bad else ("sent", False))
        assert (row["address"] == "{}") == bad
    await schedule.tick(set_up, clock.advance(hours=1))
    assert len(server.calls) == 2, "everybody hears once"


async def test_over_quota_is_waited_for(
    api_of: ApiOf, browser_of: BrowserOf, clock: Clock, set_up: Settings, server: MiPushServer
) -> None:
    erin, alice = api_of("erin"), api_of("alice")
    for phone in ("phone-one", "phone-two"):
        await ok(await alice.put("me/subscriptions/mipush", json={"registration_id": phone}))
    await fix(erin, await propose(erin, await file(browser_of("alice"))))
    server.fails = Failed(200001, "over quota")
    await friday(clock, set_up, erin, "fuxi")
    server.fails = None
    await schedule.tick(set_up, clock.advance(minutes=30))
    assert server.calls == []
    await schedule.tick(set_up, clock.advance(minutes=31))
    [call] = server.calls
    assert call["registration_id"] == "phone-one,phone-two"
