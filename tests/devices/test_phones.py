"""A tester says which phones they have, and keeps that true."""

from __future__ import annotations

import pytest

from tests.cast import BrowserOf, Cast
from tests.doing import words
from tracker import database as door

pytestmark = pytest.mark.usefixtures("world")

PATH = "/settings/devices"


async def phones(person: int) -> list[tuple[str, str, str | None]]:
    found = await door.fetch(
        "SELECT d.codename, pd.ring, b.version FROM person_devices pd"
        " JOIN device_models d ON d.id = pd.model LEFT JOIN builds b ON b.id = pd.build"
        " WHERE pd.person = $1 ORDER BY pd.id",
        person,
    )
    return [tuple(row) for row in found]


async def test_the_first_one_leads_to_filing(browser_of: BrowserOf, cast: Cast) -> None:
    await door.execute("DELETE FROM person_devices")
    alice = browser_of("alice")
    page = words(await alice.see(f"{PATH}?welcome=1"))
    assert "欢迎来到内测 你用的是哪台手机？" in page
    answer = await alice.submit(PATH, {"other": "小米 13", "ring": "dev", "build": ""})
    page = await alice.see_after(answer)
    assert "小米 13 已加入。手机哪里不对劲，用一句话告诉我们，周五见。" in words(page)
    assert 'href="/reports/new?device=fuxi"' in page
    assert await phones(cast.alice.id) == [("fuxi", "dev", None)]


@pytest.mark.parametrize(
    "typed", ["fuxi", "FUXI", "小米13", "Xiaomi 13", "2211133c", "小米 13（fuxi）"]
)
async def test_by_any_of_its_names(browser_of: BrowserOf, cast: Cast, typed: str) -> None:
    bob = browser_of("bob")
    await bob.see_after(await bob.submit(PATH, {"other": typed, "build": "26.11.13"}))
    assert await phones(cast.bob.id) == [
        ("umi", "closed", "26.11.20"),
        ("fuxi", "closed", "26.11.13"),
    ]


async def test_a_name_with_brackets_of_its_own(browser_of: BrowserOf, cast: Cast) -> None:
    await door.execute(
        "INSERT INTO device_models (codename, name_zh, name_en, aliases, source) VALUES"
        " ('tapas', 'Redmi Note 12 (Global)', 'Redmi Note 12 (Global)', ARRAY[]::varchar[], ''),"
        " ('sunstone', 'Redmi Note 12', 'Redmi Note 12', ARRAY[]::varchar[], ''),"
        " ('moonstone', 'Redmi Note 12', 'Redmi Note 12', ARRAY[]::varchar[], '')"
    )
    bob = browser_of("bob")
    for typed in ("Redmi Note 12 (Global)", "Redmi Note 12 (sunstone)"):
        await bob.see_after(await bob.submit(PATH, {"other": typed}))
    assert [codename for codename, *_ in await phones(cast.bob.id)] == ["umi", "tapas", "sunstone"]
    answer = await bob.submit(PATH, {"other": "redmi note 12"})
    assert answer.status_code == 422
    told = "Which one is “redmi note 12”? Redmi Note 12 (moonstone), Redmi Note 12 (sunstone)"
    assert told in words(answer.text)


async def test_what_cannot_be_is_said_and_nothing_lost(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    answer = await alice.submit(PATH, {"other": "诺基亚", "ring": "dev", "build": "1.0"})
    assert answer.status_code == 422
    assert "没有「诺基亚」这个机型" in words(answer.text)
    assert 'value="诺基亚"' in answer.text
    assert 'value="1.0"' in answer.text
    assert 'value="dev" id="f-ring-2" checked' in answer.text
    answer = await alice.submit(PATH, {"other": "umi", "build": "1.0"})
    assert "小米 10 没有「1.0」这个版本" in words(answer.text)
    answer = await alice.submit(PATH, {"other": ""})
    assert "选一下你的机型" in words(answer.text)
    assert 'href="#f-other"' in answer.text


async def test_after_an_update_the_build_is_another(browser_of: BrowserOf, cast: Cast) -> None:
    alice = browser_of("alice")
    page = await alice.see(PATH)
    assert '<option value="26.11.20" selected>26.11.20 · 内测</option>' in page
    assert '<option value="26.11.18">26.11.18 · 开发版</option>' in page
    change = {"device": "fuxi", "ring": "closed", "build": "26.11.18"}
    await alice.see_after(await alice.submit(PATH, change))
    assert await phones(cast.alice.id) == [("fuxi", "dev", "26.11.18")], "a build is in one ring"
    change = {"device": "fuxi", "ring": "dev", "build": ""}
    await alice.see_after(await alice.submit(PATH, change))
    assert await phones(cast.alice.id) == [("fuxi", "dev", None)]


async def test_a_phone_that_is_gone(browser_of: BrowserOf, cast: Cast) -> None:
    alice, bob = browser_of("alice"), browser_of("bob")
    row = await door.fetch_row("SELECT id FROM person_devices WHERE person = $1", cast.alice.id)
    assert row is not None
    assert (await bob.submit(f"{PATH}/{row['id']}/removal")).status_code == 404, "not bob's"
    page = words(await alice.see_after(await alice.submit(f"{PATH}/{row['id']}/removal")))
    assert await phones(cast.alice.id) == []
    assert "加一台手机" in page


async def test_an_invitation_for_certain_models(browser_of: BrowserOf) -> None:
    await door.execute("UPDATE people SET codenames = ARRAY['fuxi'] WHERE handle = 'alice'")
    answer = await browser_of("alice").submit(PATH, {"other": "umi"})
    assert answer.status_code == 422
    assert "你的邀请不包括这个机型" in words(answer.text)


async def test_where_to_go_next_stays_on_this_server(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    for target in ("https://elsewhere.example", "//elsewhere.example"):
        assert "elsewhere" not in await alice.see(f"{PATH}?next={target}")
        answer = await alice.submit(PATH, {"other": "umi", "next": target})
        assert answer.headers["location"] == "/settings/devices?added=umi"


async def test_every_model_is_suggested(browser_of: BrowserOf) -> None:
    page = await browser_of("alice").see("/devices/options")
    assert '<option value="小米 13（fuxi）">Xiaomi 13 2211133C</option>' in page
    page = await browser_of("bob").see("/devices/options")
    assert '<option value="Xiaomi 13 (fuxi)">小米 13 2211133C</option>' in page


async def test_a_fan_has_none(browser_of: BrowserOf) -> None:
    charlie = browser_of("charlie")
    assert (await charlie.get(PATH)).status_code == 404
    assert (await charlie.submit(PATH, {"other": "fuxi"})).status_code == 404
    assert (await charlie.get("/devices/options")).status_code == 404
