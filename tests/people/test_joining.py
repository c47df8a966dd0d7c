"""Friends come in by F-code: once each, and never more than were invited."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.cast import Browser, BrowserOf, Cast, Clock
from tracker import database as door
from tracker.invitations import actions
from tracker.people.tables import Person, Role

DORA = {"handle": "Dora", "display_name": "朵拉", "password": "a-few-words-together"}


async def a_code(cast: Cast, clock: Clock, role: Role = Role.TESTER, **more: Any) -> str:
    """A code that cai gave."""
    more.setdefault("given_by", cast.cai)
    row = await actions.add_invitation(role, now=clock.now, **more)
    code: str = row["code"]
    return code


async def join(browser: Browser, code: str, **changed: str) -> httpx.Response:
    return await browser.submit(f"/join/{code}", DORA | changed)


async def test_a_friend_comes_in(browser_of: BrowserOf, cast: Cast, clock: Clock) -> None:
    code = await a_code(cast, clock)
    friend = browser_of(None)
    page = await friend.see(f"/join/{code.lower()}")
    assert "「小蔡」邀请你成为内测用户" in page
    assert "任何机型" in page

    answer = await join(friend, code, timezone="Europe/Berlin")
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/devices?welcome=1")
    settings = await friend.see("/settings")
    assert "朵拉" in settings
    assert "@dora" in settings
    dora = await Person.objects().get(Person.handle == "dora")
    assert dora is not None
    assert (dora.role, dora.language, dora.timezone) == ("tester", "zh", "Europe/Berlin")
    assert dora.codenames is None
    assert dora.joined_at == clock.now

    event = await door.fetch_row("SELECT actor, data FROM events WHERE kind = 'person.joined'")
    assert event is not None
    assert event["actor"] == dora.id
    assert f'"given_by": {cast.cai.id}' in event["data"]

    again = browser_of(None)
    answer = await again.submit("/signin", {"handle": "dora", "password": DORA["password"]})
    assert answer.status_code == 303


async def test_the_invitation_says_what_it_is_good_for(
    browser_of: BrowserOf, cast: Cast, clock: Clock
) -> None:
    await door.execute(
        "INSERT INTO device_models (codename, name_zh, name_en, aliases)"
        " VALUES ('fuxi', '小米 13', 'Xiaomi 13', '{}')"
    )
    code = await a_code(cast, clock, codenames=["fuxi", "nuwa"], days=7)
    friend = browser_of(None)
    friend.headers["Accept-Language"] = "en"
    page = await friend.see(f"/join/{code}")
    assert "小蔡 invites you as a tester" in page
    assert "Xiaomi 13, nuwa" in page
    assert "1 December 10:00 UTC+8" in page
    await join(friend, code, timezone="Mars/Olympus")
    dora = await Person.objects().get(Person.handle == "dora")
    assert dora is not None
    assert (dora.codenames, dora.language, dora.timezone) == (
        ["fuxi", "nuwa"],
        "en",
        "Asia/Shanghai",
    )


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"handle": ""}, "用户名还空着"),
        ({"handle": "d"}, "用户名要 2 到 40 个字符"),
        ({"handle": "朵拉"}, "用户名只能用小写字母"),
        ({"handle": "do ra"}, "用户名只能用小写字母"),
        ({"handle": "admin"}, "「admin」是保留的"),
        ({"handle": "ALICE"}, "「alice」已经有人用了"),
        ({"display_name": " "}, "显示名要 1 到 40 个字"),
        ({"display_name": "很" * 41}, "显示名要 1 到 40 个字"),
        ({"password": "short"}, "密码至少 8 个字符"),
        ({"password": "12345678"}, "太容易被猜到"),
        ({"password": "dora1234", "handle": "dora1234"}, "和用户名太像"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    browser_of: BrowserOf, cast: Cast, clock: Clock, changed: dict[str, str], told: str
) -> None:
    code = await a_code(cast, clock)
    friend = browser_of(None)
    form = DORA | changed
    answer = await join(friend, code, **changed)
    assert answer.status_code == 422
    assert told in answer.text
    for name in ("handle", "display_name"):
        if form[name].strip():
            assert f'value="{form[name]}"' in answer.text
    assert f'value="{form["password"]}"' not in answer.text.replace(form["handle"], "")
    assert await Person.count() == 6
    assert (await join(friend, code)).status_code == 303, "the code is still good"


async def test_everything_wrong_is_said_at_once(
    browser_of: BrowserOf, cast: Cast, clock: Clock
) -> None:
    answer = await join(
        browser_of(None), await a_code(cast, clock), handle="admin", password="12345678"
    )
    assert "是保留的" in answer.text
    assert "太容易被猜到" in answer.text
    assert "还差 2 处" in answer.text


async def test_a_code_that_is_no_good_says_why(
    browser_of: BrowserOf, cast: Cast, clock: Clock
) -> None:
    friend = browser_of(None)
    expired = await a_code(cast, clock, days=1)
    withdrawn = await a_code(cast, clock)
    await door.execute("UPDATE invitations SET revoked_at = now() WHERE code = $1", withdrawn)
    used = await a_code(cast, clock)
    assert (await join(browser_of(None), used)).status_code == 303
    clock.advance(days=2)

    for code, status, told in (
        ("NOPE-NOPE-NOPE", 404, "没有这个 F 码"),
        (expired, 410, "这个 F 码过期了"),
        (withdrawn, 410, "这个 F 码被收回了"),
        (used, 410, "这个 F 码已经用完了"),
    ):
        for answer in (
            await friend.get(f"/join/{code}"),
            await join(friend, code, handle="dave"),
            await browser_of("charlie").submit(f"/join/{code}"),
        ):
            assert answer.status_code == status, told
            assert told in answer.text
    assert await Person.count() == 7


async def test_a_code_is_never_oversold(browser_of: BrowserOf, cast: Cast, clock: Clock) -> None:
    code = await a_code(cast, clock, uses=3)
    answers = await asyncio.gather(
        *(join(browser_of(None), code, handle=f"friend-{number}") for number in range(8))
    )
    assert sorted(answer.status_code for answer in answers) == [303] * 3 + [410] * 5
    row = await door.fetch_row("SELECT used FROM invitations")
    assert row is not None
    assert row["used"] == 3
    assert await Person.count() == 6 + 3


async def test_two_friends_want_one_handle(browser_of: BrowserOf, cast: Cast, clock: Clock) -> None:
    code = await a_code(cast, clock, uses=2)
    answers = await asyncio.gather(*(join(browser_of(None), code) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    row = await door.fetch_row("SELECT used FROM invitations")
    assert row is not None
    assert row["used"] == 1


async def test_a_fan_becomes_a_tester_with_one_tap(
    browser_of: BrowserOf, cast: Cast, clock: Clock
) -> None:
    code = await a_code(cast, clock, codenames=["fuxi"])
    charlie = browser_of("charlie")
    page = await charlie.see(f"/join/{code}")
    assert "接受邀请" in page
    assert 'type="password"' not in page
    answer = await charlie.submit(f"/join/{code}")
    assert answer.headers["location"] == "/settings/devices?welcome=1"
    person = await Person.objects().get(Person.handle == "charlie")
    assert person is not None
    assert (person.role, person.codenames) == ("tester", ["fuxi"])
    event = await door.fetch_row("SELECT actor FROM events WHERE kind = 'person.risen'")
    assert event is not None
    assert event["actor"] == cast.charlie.id

    wider = await a_code(cast, clock, codenames=["nuwa"])
    assert (await charlie.submit(f"/join/{wider}")).status_code == 303
    person = await Person.objects().get(Person.handle == "charlie")
    assert person is not None
    assert person.codenames == ["fuxi", "nuwa"]


@pytest.mark.parametrize("handle", ["alice", "erin", "ada"])
async def test_nobody_uses_up_a_code_that_gives_them_nothing(
    browser_of: BrowserOf, cast: Cast, clock: Clock, handle: str
) -> None:
    code = await a_code(cast, clock)
    browser = browser_of(handle)
    browser.headers["Accept-Language"] = "zh"
    page = await browser.see(f"/join/{code}")
    assert f"@{handle}" in page
    assert "接受邀请" not in page
    answer = await browser.submit(f"/join/{code}")
    assert answer.status_code == 200
    row = await door.fetch_row(
        "SELECT i.used, p.role FROM invitations i, people p WHERE p.handle = $1", handle
    )
    assert row is not None
    assert (row["used"], row["role"]) == (0, getattr(cast, handle).role)


async def test_two_taps_use_a_code_once(browser_of: BrowserOf, cast: Cast, clock: Clock) -> None:
    code = await a_code(cast, clock, uses=5)
    charlie = browser_of("charlie")
    await charlie.get("/signin")
    answers = await asyncio.gather(*(charlie.submit(f"/join/{code}") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 303]
    row = await door.fetch_row("SELECT used FROM invitations")
    assert row is not None
    assert row["used"] == 1
