"""Programs speak for people by tokens, which are theirs to make and to revoke."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.cast import ApiOf, BrowserOf, Cast, Clock, bearer_token, session_secret
from tracker import database as door
from tracker.people.tables import Token


async def make_token(browser_of: BrowserOf, handle: str, name: str) -> str:
    answer = await browser_of(handle).submit("/settings/tokens", {"name": name})
    assert answer.status_code == 201
    found = re.search(r"<code[^>]*>(oft_[\w-]+)</code>", answer.text)
    assert found is not None
    return found[1]


async def ask(api: httpx.AsyncClient, token: str) -> httpx.Response:
    return await api.get("me", headers={"Authorization": f"Bearer {token}"})


async def test_who_am_i(api_of: ApiOf) -> None:
    answer = await api_of("erin").get("me")
    assert answer.status_code == 200
    assert answer.json() == {
        "handle": "erin",
        "display_name": "Erin",
        "role": "engineer",
        "language": "en",
        "timezone": "Asia/Shanghai",
    }


async def test_a_token_is_shown_once_works_and_is_revoked(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    alice, api = browser_of("alice"), api_of(None)
    token = await make_token(browser_of, "alice", "我的<笔记本>")
    assert (await ask(api, token)).json()["handle"] == "alice"

    page = await alice.see("/settings/tokens")
    assert token not in page
    assert "我的&lt;笔记本&gt;" in page
    stored = await Token.objects().get(Token.name == "我的<笔记本>")
    assert stored is not None
    assert token not in stored.secret_hash

    revocation = f"/settings/tokens/{stored.id}/revocation"
    other = await browser_of("bob").submit(revocation)
    assert other.status_code == 404, "somebody else's is none of bob's business"
    assert (await ask(api, token)).status_code == 200

    for _ in range(2):
        page = await alice.see_after(await alice.submit(revocation))
        assert "我的&lt;笔记本&gt;" not in page
    assert (await ask(api, token)).status_code == 401


async def test_a_token_needs_a_name(browser_of: BrowserOf) -> None:
    answer = await browser_of("alice").submit("/settings/tokens", {"name": " "})
    assert answer.status_code == 422
    assert "给令牌起个名字" in answer.text


async def test_without_tokens_the_page_says_what_they_are_for(
    browser_of: BrowserOf, cast: Cast
) -> None:
    await door.execute("DELETE FROM tokens")
    assert "还没有令牌" in await browser_of("alice").see("/settings/tokens")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Bearer " + "x" * 300,
        "Basic YWxpY2U6b3JhbmdlLWZyaWRheQ==",
        bearer_token("erin"),
        f"Bearer {session_secret('erin')}",
    ],
)
async def test_what_is_no_token_is_refused_in_so_many_words(
    api_of: ApiOf, header: str | None
) -> None:
    answer = await api_of(None).get("me", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["title"] == "Not signed in"
    assert answer.json()["status"] == 401


async def test_a_cookie_says_nothing_to_the_api_and_a_token_nothing_to_a_page(
    browser_of: BrowserOf, api_of: ApiOf
) -> None:
    erin = browser_of("erin")
    assert (await erin.get("/settings")).status_code == 200
    assert (await erin.get("/api/v1/me")).status_code == 401
    stranger = browser_of(None)
    stranger.headers["Authorization"] = f"Bearer {bearer_token('erin')}"
    assert (await stranger.get("/settings")).status_code == 303


async def test_the_tokens_of_who_may_no_longer_be_here_are_dead(api_of: ApiOf, cast: Cast) -> None:
    await door.execute("UPDATE people SET disabled_at = now() WHERE handle = 'erin'")
    assert (await api_of("erin").get("me")).status_code == 401
    assert (await api_of("ada").get("me")).status_code == 200


async def test_the_last_use_is_noted_once_a_minute(
    api_of: ApiOf, browser_of: BrowserOf, cast: Cast, clock: Clock
) -> None:
    async def noted() -> object:
        token = await Token.objects().get(Token.person == cast.erin.id)
        assert token is not None
        return token.last_used_at

    assert await noted() is None
    assert "Never used" in await browser_of("erin").see("/settings/tokens")
    first = clock.now
    await api_of("erin").get("me")
    assert await noted() == first
    clock.advance(seconds=59)
    await api_of("erin").get("me")
    assert await noted() == first
    clock.advance(seconds=1)
    await api_of("erin").get("me")
    assert await noted() == clock.now
    assert "just now" in await browser_of("erin").see("/settings/tokens")


async def test_refusals_come_in_the_language_that_is_asked_for(api_of: ApiOf) -> None:
    answer = await api_of(None).get("me", headers={"Accept-Language": "zh-CN"})
    assert answer.json()["detail"] == "请先登录"


async def test_the_description_of_the_api_says_the_truth(api_of: ApiOf) -> None:
    """No route of a page is in it, and what it says of refusals is what is sent."""
    answer = await api_of(None).get("../../schema/openapi.json")
    assert answer.status_code == 200
    schema = answer.json()
    assert all(path.startswith("/api/v1/") for path in schema["paths"])
    me = schema["paths"]["/api/v1/me"]["get"]
    assert me["security"] == [{"bearer": []}]
    assert "400" not in me["responses"]
    assert list(me["responses"]["401"]["content"]) == ["application/problem+json"]
    problem = schema["components"]["schemas"]["Problem"]
    refusal = (await api_of(None).get("me")).json()
    assert set(problem["properties"]) == set(refusal)
    assert schema["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
