"""People sign in and out; those who guess are slowed down, and nobody else is."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from argon2 import PasswordHasher

from tests.cast import PASSWORD, Browser, BrowserOf, Cast, Clock, reaching, session_secret
from tracker import database as door
from tracker.app import create_app
from tracker.people import passwords
from tracker.people.secrets import hash_of
from tracker.people.tables import Person
from tracker.settings import Settings


async def sign_in(
    browser: Browser, handle: str = "alice", password: str = PASSWORD, **more: str
) -> httpx.Response:
    return await browser.submit("/signin", {"handle": handle, "password": password, **more})


async def test_signing_in_and_out(browser_of: BrowserOf) -> None:
    browser = browser_of(None)
    assert "登录" in await browser.see("/signin")

    answer = await sign_in(browser, next="/settings/tokens")
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/tokens")
    assert "爱丽丝" in await browser.see("/settings")

    secret = browser.cookies["session"]
    assert (await browser.submit("/signout")).headers["location"] == "/"
    assert "session" not in browser.cookies
    browser.cookies.set("session", secret, domain="127.0.0.1")
    assert (await browser.get("/settings")).status_code == 303, "the session itself is over"


@pytest.mark.parametrize("handle", ["ALICE", " alice ", "@alice", "ａｌｉｃｅ"])
async def test_a_handle_may_be_typed_in_any_way(browser_of: BrowserOf, handle: str) -> None:
    assert (await sign_in(browser_of(None), handle)).status_code == 303


async def test_the_cookie_is_for_this_server_alone(browser_of: BrowserOf) -> None:
    cookie = (await sign_in(browser_of(None))).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "max-age=2592000" in cookie
    assert "secure" not in cookie, "this one is served over http"


async def test_over_https_the_cookies_are_bound_to_the_host(settings: Settings, cast: Cast) -> None:
    app = create_app(replace(settings, base_url="https://beta.example.com"), schedule=False)
    async with httpx.AsyncClient(
        transport=reaching(app), base_url="https://beta.example.com"
    ) as client:
        page = await client.get("/signin")
        assert "max-age=31536000" in page.headers["strict-transport-security"]
        answer = await client.post(
            "/signin",
            data={
                "handle": "alice",
                "password": PASSWORD,
                "_csrf_token": client.cookies["__Host-csrf"],
            },
        )
        assert answer.status_code == 303
        for cookie in (page.headers["set-cookie"], answer.headers["set-cookie"]):
            assert cookie.startswith("__Host-")
            assert "secure" in cookie.lower()
            assert "domain" not in cookie.lower()
        assert (await client.get("/settings")).status_code == 200


async def test_a_planted_cookie_never_becomes_signed_in(
    browser_of: BrowserOf, clock: Clock
) -> None:
    victim = browser_of(None)
    victim.cookies.set("session", "planted-by-somebody", domain="127.0.0.1")
    await sign_in(victim)

    attacker = browser_of(None)
    attacker.cookies.set("session", "planted-by-somebody", domain="127.0.0.1")
    assert (await attacker.get("/settings")).status_code == 303


async def test_signing_in_again_ends_the_session_before(browser_of: BrowserOf) -> None:
    browser = browser_of("bob")
    await sign_in(browser, "alice")
    assert "爱丽丝" in await browser.see("/settings")
    left = browser_of("bob")
    assert (await left.get("/settings")).status_code == 303


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"handle": "alice", "password": "not-it"}, "用户名和密码对不上"),
        ({"handle": "nobody-at-all", "password": PASSWORD}, "用户名和密码对不上"),
        ({"handle": "alice", "password": ""}, "密码还空着"),
        ({"handle": "", "password": PASSWORD}, "用户名还空着"),
        ({}, "用户名还空着"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_else_is_lost(
    browser_of: BrowserOf, form: dict[str, str], told: str
) -> None:
    answer = await browser_of(None).submit("/signin", {**form, "next": "/settings/tokens"})
    assert answer.status_code == 422
    assert told in answer.text
    assert "set-cookie" not in answer.headers
    if form.get("handle"):
        assert f'value="{form["handle"]}"' in answer.text
    assert 'value="/settings/tokens"' in answer.text
    assert PASSWORD not in answer.text
    assert "not-it" not in answer.text


async def test_in_english_too(browser_of: BrowserOf) -> None:
    browser = browser_of(None)
    browser.headers["Accept-Language"] = "en-GB,en;q=0.9"
    answer = await sign_in(browser, password="not-it")
    assert "do not go together" in answer.text


async def test_who_may_no_longer_be_here_is_out_at_once(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    assert (await alice.get("/settings")).status_code == 200
    await door.execute("UPDATE people SET disabled_at = now() WHERE handle = 'alice'")
    assert (await alice.get("/settings")).status_code == 303
    answer = await sign_in(browser_of(None))
    assert answer.status_code == 422
    assert "用户名和密码对不上" in answer.text


async def test_guessing_is_slowed_down_where_it_comes_from(
    browser_of: BrowserOf, clock: Clock
) -> None:
    guesser = browser_of(None, address="198.51.100.1")
    for _ in range(passwords.FROM_ONE_ADDRESS_FOR_ONE_HANDLE):
        assert (await sign_in(guesser, password="a-guess")).status_code == 422
        clock.advance(seconds=10)

    refused = await sign_in(guesser, next="/notices")
    assert refused.status_code == 429, "not even the right one is looked at now"
    assert "密码错的次数太多了，请 14 分钟后再试" in refused.text
    assert refused.headers["retry-after"] == str(15 * 60 - 80)
    assert 'value="alice"' in refused.text
    assert 'value="/notices"' in refused.text

    owner = browser_of(None, address="203.0.113.99")
    assert (await sign_in(owner)).status_code == 303, "the owner is elsewhere, and gets in"
    assert (await sign_in(guesser, "bob")).status_code == 303, "and so does a neighbour"

    clock.advance(minutes=14)
    assert (await sign_in(guesser)).status_code == 303


async def test_many_handles_from_one_address_are_slowed_down_too(browser_of: BrowserOf) -> None:
    guesser = browser_of(None, address="2001:db8:1:2::1")
    for number in range(passwords.FROM_ONE_ADDRESS):
        assert (await sign_in(guesser, f"person-{number}", "a-guess")).status_code == 422
    assert (await sign_in(guesser)).status_code == 429
    same_house = browser_of(None, address="2001:db8:1:2:ffff::9")
    assert (await sign_in(same_house)).status_code == 429
    assert (await sign_in(browser_of(None, address="2001:db8:1:3::1"))).status_code == 303


async def test_a_right_password_forgets_the_slips_before_it(browser_of: BrowserOf) -> None:
    browser = browser_of(None)
    for _ in range(3):
        for _ in range(passwords.FROM_ONE_ADDRESS_FOR_ONE_HANDLE - 1):
            await sign_in(browser, password="a-slip")
        assert (await sign_in(browser)).status_code == 303


async def test_the_clients_word_about_its_address_does_not_count(browser_of: BrowserOf) -> None:
    guesser = browser_of(None)
    for number in range(passwords.FROM_ONE_ADDRESS_FOR_ONE_HANDLE):
        guesser.headers["X-Forwarded-For"] = f"198.51.100.{number}"
        await sign_in(guesser, password="a-guess")
    assert (await sign_in(guesser)).status_code == 429


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil",
        "",
    ],
)
async def test_after_signing_in_nobody_is_sent_elsewhere(
    browser_of: BrowserOf, target: str
) -> None:
    assert (await sign_in(browser_of(None), next=target)).headers["location"] == "/"
    again = await browser_of("alice").get("/signin", params={"next": target})
    assert (again.status_code, again.headers["location"]) == (303, "/")


async def test_a_page_for_people_asks_to_sign_in_and_comes_back(browser_of: BrowserOf) -> None:
    browser = browser_of(None)
    answer = await browser.get("/settings?saved=profile")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/signin?next=/settings%3Fsaved%3Dprofile"
    assert 'value="/settings?saved=profile"' in await browser.see(answer.headers["location"])


async def test_a_form_from_another_page_is_refused(browser_of: BrowserOf) -> None:
    alice = browser_of("alice")
    await alice.get("/settings")
    for form in ({}, {"_csrf_token": "0" * 128}):
        assert (await alice.post("/signout", data=form)).status_code == 403
    assert (await alice.get("/settings")).status_code == 200


async def test_a_stale_form_cookie_is_taken_away(browser_of: BrowserOf) -> None:
    """As after the signing key has changed: only the first form is refused."""
    alice = browser_of("alice")
    alice.cookies.set("csrf", "0" * 128, domain="127.0.0.1")
    refused = await alice.submit("/settings/tokens", {"name": "a script"})
    assert refused.status_code == 403
    assert "返回上一页，刷新后再提交一次" in refused.text
    assert "csrf" not in alice.cookies
    assert (await alice.submit("/settings/tokens", {"name": "a script"})).status_code == 201


async def test_a_session_lives_as_long_as_it_is_used(
    browser_of: BrowserOf, cast: Cast, clock: Clock
) -> None:
    alice = browser_of("alice")
    hashed = hash_of(session_secret("alice"))

    async def expires_in_days() -> float:
        row = await door.fetch_row("SELECT expires_at FROM sessions WHERE secret_hash = $1", hashed)
        assert row is not None
        return float((row["expires_at"] - clock.now).total_seconds()) / 86400

    clock.advance(hours=23)
    answer = await alice.get("/settings/tokens")
    assert "session=" not in answer.headers.get("set-cookie", "")
    assert await expires_in_days() < 30, "not a write for every page"
    clock.advance(hours=2)
    answer = await alice.get("/settings/tokens")
    assert await expires_in_days() == 30
    assert any(
        cookie.startswith("session=the-session-of-alice")
        for cookie in answer.headers.get_list("set-cookie")
    )
    clock.advance(days=29)
    assert (await alice.get("/settings")).status_code == 200
    clock.advance(days=30)
    assert (await alice.get("/settings")).status_code == 303


async def test_an_old_hash_is_made_anew_at_the_next_sign_in(
    browser_of: BrowserOf, cast: Cast
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    await Person.update({Person.password_hash: weak}).where(Person.handle == "alice")
    assert (await sign_in(browser_of(None))).status_code == 303
    person = await Person.objects().get(Person.handle == "alice")
    assert person is not None
    assert "m=19456,t=2,p=1" in person.password_hash
    assert (await sign_in(browser_of(None))).status_code == 303


async def test_choosing_a_language(browser_of: BrowserOf) -> None:
    visitor = browser_of(None)
    assert "登录" in await visitor.see("/signin")
    answer = await visitor.submit("/language", {"language": "en", "next": "/signin"})
    assert answer.headers["location"] == "/signin"
    assert "Sign in" in await visitor.see("/signin")
    await visitor.submit("/language", {"language": "tlh", "next": "/signin"})
    assert "Sign in" in await visitor.see("/signin"), "an unknown language changes nothing"

    alice = browser_of("alice")
    await alice.submit("/language", {"language": "en"})
    assert "Settings" in await browser_of("alice").see("/settings"), "in every browser of hers"
