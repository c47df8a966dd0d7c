"""People set what is theirs: name, language, time zone, password."""

from __future__ import annotations

import pytest

from tests.cast import PASSWORD, BrowserOf, Cast, Clock
from tracker.people import passwords
from tracker.people.tables import Person

PROFILE = {"display_name": "爱丽丝", "language": "zh", "timezone": "Asia/Shanghai"}


async def alice_now() -> Person:
    person = await Person.objects().get(Person.handle == "alice")
    assert person is not None
    return person


async def test_the_page_shows_what_is_set(browser_of: BrowserOf) -> None:
    page = await browser_of("alice").see("/settings")
    assert "@alice" in page
    assert "内测用户" in page
    assert 'value="爱丽丝"' in page
    assert '<option value="Asia/Shanghai" selected>' in page
    for link in ("/settings/devices", "/settings/tokens"):
        assert f'href="{link}"' in page


async def test_a_fan_has_no_phones_to_set(browser_of: BrowserOf) -> None:
    assert "/settings/devices" not in await browser_of("charlie").see("/settings")


async def test_changing_the_profile(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    page = await alice.see_after(
        await alice.submit(
            "/settings",
            {"display_name": "<b>Alice</b>", "language": "en", "timezone": "Europe/Berlin"},
        )
    )
    assert "Saved" in page
    assert "&lt;b&gt;Alice&lt;/b&gt;" in page
    assert "<b>Alice" not in page
    assert '<option value="Europe/Berlin" selected>' in page
    person = await alice_now()
    assert (person.display_name, person.language, person.timezone) == (
        "<b>Alice</b>",
        "en",
        "Europe/Berlin",
    )


async def test_a_zone_of_its_own_name_is_kept_among_the_choices(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    await alice.submit("/settings", PROFILE | {"timezone": "UTC"})
    assert '<option value="UTC" selected>' in await alice.see("/settings")


@pytest.mark.parametrize(
    ("changed", "told", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "没有这个时区", "timezone"),
        ({"timezone": "../../etc/passwd"}, "没有这个时区", "timezone"),
        ({"timezone": ""}, "没有这个时区", "timezone"),
        ({"display_name": ""}, "显示名要 1 到 40 个字", "display_name"),
        ({"display_name": "长" * 41}, "显示名要 1 到 40 个字", "display_name"),
        ({"language": "tlh"}, "选一种语言", "language"),
    ],
)
async def test_what_cannot_be_taken_is_said_by_field(
    browser_of: BrowserOf, changed: dict[str, str], told: str, field: str
) -> None:
    form = {"display_name": "小爱", "language": "en", "timezone": "Europe/Berlin"} | changed
    answer = await browser_of("alice").submit("/settings", form)
    assert answer.status_code == 422
    assert f'<a href="#f-{field}">{told}' in answer.text
    if "display_name" not in changed:
        assert 'value="小爱"' in answer.text, "the rest of what was typed is still there"
    person = await alice_now()
    assert (person.display_name, person.language) == ("爱丽丝", "zh"), "nothing is half done"


async def test_changing_the_password(browser_of: BrowserOf) -> None:
    here, elsewhere = browser_of("alice"), browser_of(None)
    await elsewhere.submit("/signin", {"handle": "alice", "password": PASSWORD})
    assert (await elsewhere.get("/settings")).status_code == 200

    page = await here.see_after(
        await here.submit("/settings/password", {"current": PASSWORD, "new": "new-words-for-me"})
    )
    assert "密码已更换" in page
    assert (await elsewhere.get("/settings")).status_code == 303, "signed out everywhere else"

    for password, status in ((PASSWORD, 422), ("new-words-for-me", 303)):
        answer = await browser_of(None).submit("/signin", {"handle": "alice", "password": password})
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"current": "not-it", "new": "new-words-for-me"}, "现在的密码不对"),
        ({"current": PASSWORD, "new": "short"}, "密码至少 8 个字符"),
        ({"current": PASSWORD, "new": ""}, "新密码还空着"),
        ({"current": "", "new": "new-words-for-me"}, "现在的密码还空着"),
    ],
)
async def test_a_password_that_cannot_be_changed(
    browser_of: BrowserOf, form: dict[str, str], told: str
) -> None:
    alice = browser_of("alice")
    answer = await alice.submit("/settings/password", form)
    assert answer.status_code == 422
    assert told in answer.text
    assert "new-words-for-me" not in answer.text
    again = await alice.get("/settings/password")
    assert (again.status_code, again.headers["location"]) == (303, "/settings")
    answer = await browser_of(None).submit("/signin", {"handle": "alice", "password": PASSWORD})
    assert answer.status_code == 303


async def test_a_borrowed_browser_is_no_place_to_guess(
    browser_of: BrowserOf, cast: Cast, clock: Clock
) -> None:
    borrowed = browser_of("alice")
    guess = {"current": "a-guess", "new": "new-words-for-me"}
    for _ in range(passwords.FROM_ONE_ADDRESS_FOR_ONE_HANDLE):
        assert (await borrowed.submit("/settings/password", guess)).status_code == 422
    answer = await borrowed.submit("/settings/password", guess | {"current": PASSWORD})
    assert answer.status_code == 429
    assert "请 15 分钟后再试" in answer.text
    assert answer.headers["retry-after"] == "900"


async def test_nobody_is_named_who_has_not_said_so(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    page = await alice.see("/settings")
    assert '<input type="checkbox" id="f-credited" name="credited" value="true">' in page
    assert not (await alice_now()).credited

    answer = await alice.submit("/settings/credit", {"credited": "true", "credit_name": " 小爱 "})
    page = await alice.see_after(answer)
    assert "已保存，已经发布的更新日志也会跟着变" in page
    assert 'name="credited" value="true" checked>' in page
    person = await alice_now()
    assert (person.credited, person.credit_name) == (True, "小爱")

    await alice.submit("/settings", PROFILE | {"display_name": "爱丽丝二世"})
    assert (await alice_now()).credited, "the profile leaves it alone"
    await alice.submit("/settings/credit", {"credit_name": ""})
    person = await alice_now()
    assert (person.credited, person.credit_name) == (False, "")


@pytest.mark.parametrize("name", ["长" * 81, "一行\n两行", "\u202egnp.exe", "bell\x07"])
async def test_a_name_that_cannot_stand_in_a_changelog(browser_of: BrowserOf, name: str) -> None:
    alice = browser_of("alice")
    answer = await alice.submit("/settings/credit", {"credited": "true", "credit_name": name})
    assert answer.status_code == 422
    assert '<a href="#f-credit_name">名字最多 80 个字，写在一行里' in answer.text
    assert 'name="credited" value="true" checked>' in answer.text, "what was ticked is ticked still"
    assert 'value="爱丽丝"' in answer.text, "and the other form is as it was"
    assert not (await alice_now()).credited
    again = await alice.get("/settings/credit")
    assert (again.status_code, again.headers["location"]) == (303, "/settings")
