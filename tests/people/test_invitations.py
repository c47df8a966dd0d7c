"""Captains and admins give F-codes, see who came by them, and take them back."""

from __future__ import annotations

import re

import pytest

from tests.cast import Browser, BrowserOf, Cast, Clock
from tracker import database as door

TESTER = {"role": "tester", "models": "", "uses": "1", "days": "14", "note": ""}


async def invite(browser: Browser, **changed: str) -> str:
    """Make a code on the page, and take it from the link that is shown there."""
    page = await browser.see_after(await browser.submit("/invitations", TESTER | changed))
    found = re.search(r"http://127\.0\.0\.1:8000/join/([\w-]+)<", page)
    assert found is not None
    return found[1]


@pytest.fixture
async def models(cast: Cast) -> None:
    await door.execute(
        "INSERT INTO device_models (codename, name_zh, name_en, aliases) VALUES"
        " ('fuxi', '小米 13', 'Xiaomi 13', '{2211133C}'),"
        " ('nuwa', '小米 13 Pro', 'Xiaomi 13 Pro', '{}')"
    )


async def test_a_code_is_given_used_seen_and_taken_back(
    browser_of: BrowserOf, cast: Cast, clock: Clock, models: None
) -> None:
    cai = browser_of("cai")
    assert "还没有发过 F 码" in await cai.see("/invitations")
    code = await invite(cai, models="FUXI，nuwa 2211133c", uses="2", note="给<朵拉>")

    friend = browser_of(None)
    page = await friend.see(f"/join/{code}")
    assert "小米 13、小米 13 Pro" in page
    assert "朵拉" not in page, "the note is for those who invite"
    await friend.submit(
        f"/join/{code}",
        {"handle": "dora", "display_name": "朵拉", "password": "a-few-words-together"},
    )

    page = await cai.see("/invitations")
    assert code in page
    assert "已用 1 / 2" in page
    assert "加入的人：朵拉" in page
    assert "给&lt;朵拉&gt;" in page
    assert "fuxi nuwa" in page
    assert "到 12 月 8 日" in page
    withdrawal = re.search(r'action="(/invitations/\d+/withdrawal)"', page)
    assert withdrawal is not None
    for _ in range(2):
        page = await cai.see_after(await cai.submit(withdrawal[1]))
        assert "已收回" in page
    assert (await browser_of(None).get(f"/join/{code}")).status_code == 410
    assert (await friend.get("/settings")).status_code == 200, "who came in stays"

    kinds = await door.fetch("SELECT kind FROM events ORDER BY id")
    assert [row["kind"] for row in kinds] == [
        "invitation.made",
        "person.joined",
        "invitation.withdrawn",
    ]


@pytest.mark.parametrize("handle", ["charlie", "alice", "erin"])
async def test_for_everybody_else_there_is_no_such_page(browser_of: BrowserOf, handle: str) -> None:
    code = await invite(browser_of("cai"))
    other = browser_of(handle)
    assert (await other.get("/invitations")).status_code == 404
    assert (await other.submit("/invitations", TESTER)).status_code == 404
    assert (await other.submit("/invitations/1/withdrawal")).status_code == 404
    assert (await browser_of(None).get(f"/join/{code}")).status_code == 200
    assert (await browser_of(None).get("/invitations")).status_code == 303


async def test_nobody_hands_out_more_than_they_have(browser_of: BrowserOf) -> None:
    cai, ada = browser_of("cai"), browser_of("ada")
    for role in ("captain", "admin"):
        assert f'value="{role}"' not in await cai.see("/invitations")
        assert (await cai.submit("/invitations", TESTER | {"role": role})).status_code == 403
        code = await invite(ada, role=role)
        number = int((await door.fetch("SELECT max(id) AS id FROM invitations"))[0]["id"])
        assert (await cai.submit(f"/invitations/{number}/withdrawal")).status_code == 403
        assert (await browser_of(None).get(f"/join/{code}")).status_code == 200
    await invite(cai, role="engineer")
    assert (await cai.submit("/invitations/99/withdrawal")).status_code == 404


@pytest.mark.parametrize(
    ("changed", "told", "field"),
    [
        ({"role": ""}, "选一种身份", "role"),
        ({"role": "emperor"}, "选一种身份", "role"),
        ({"models": "fuxi houji"}, "没有「houji」这个机型", "models"),
        ({"uses": "0"}, "可以用 1 到 1000 次", "uses"),
        ({"uses": "many"}, "可以用 1 到 1000 次", "uses"),
        ({"days": "366"}, "有效期是 1 到 365 天", "days"),
        ({"note": "长" * 201}, "备注最多 200 个字", "note"),
    ],
)
async def test_what_cannot_be_taken_is_said_by_field(
    browser_of: BrowserOf, models: None, changed: dict[str, str], told: str, field: str
) -> None:
    form = TESTER | {"models": "fuxi", "note": "给朵拉"} | changed
    answer = await browser_of("cai").submit("/invitations", form)
    assert answer.status_code == 422
    assert f'<a href="#f-{field}">{told}' in answer.text
    for name, value in form.items():
        if name != "role" and value:
            assert f'value="{value}"' in answer.text


async def test_an_empty_end_is_no_end(browser_of: BrowserOf, clock: Clock) -> None:
    code = await invite(browser_of("ada"), days="")
    clock.advance(days=4000)
    assert (await browser_of(None).get(f"/join/{code}")).status_code == 200


async def test_long_lists_come_in_pages(browser_of: BrowserOf, cast: Cast) -> None:
    await door.execute(
        "INSERT INTO invitations (code, role, note, uses, used, created_at)"
        " SELECT 'CODE-' || n, 'tester', '', 1, 0, now() FROM generate_series(101, 151) n"
    )
    cai = browser_of("cai")
    page = await cai.see("/invitations")
    assert "CODE-151" in page
    assert "CODE-101" not in page
    older = re.search(r'href="(/invitations\?before=\d+)"', page)
    assert older is not None
    page = await cai.see(older[1])
    assert "CODE-101" in page
    assert "CODE-102" not in page
