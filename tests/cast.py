"""The cast, and how tests speak for them.

    async def test_…(browser_of, api_of, clock):
        alice = browser_of("alice")                     # signed in; browser_of(None): nobody
        await alice.get("/settings")
        await alice.submit("/settings", {…})            # a form, with what it takes against forgery
        await api_of("erin").get("me")                 # /api/v1/me
        clock.advance(days=3)                           # Friday

Every test that asks for one of these begins with the cast alone in the database (`cast.alice` is
the row) and the clock on Tuesday 24 November 2026, ten in the morning in Shanghai.
"""

from __future__ import annotations

import contextlib
import typing
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from tracker import database as door
from tracker.app import create_app
from tracker.people.secrets import hash_of
from tracker.people.tables import Person
from tracker.sample.cast import CAST, PASSWORD
from tracker.settings import Settings
from tracker.subscriptions import testing

START = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)

# Of PASSWORD. Made once: making it takes 20 ms.
PASSWORD_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$5+W/rMB5lnE/JDGh0mtyvA"
    "$c84ZbkZ2YbEx0RcbcjQMHfHTkWVCzQlrHQkVaekw2+s"
)

PEOPLE = tuple(
    (player.handle, player.display_name, player.role.value, player.language) for player in CAST
)


def session_secret(handle: str) -> str:
    """What the cookie of a test's browser holds."""
    return f"the-session-of-{handle}"


def bearer_token(handle: str) -> str:
    return f"oft_the-token-of-{handle}"


def _rows(*rows: Sequence[object]) -> str:
    """Constants of ours as SQL: one round trip instead of twenty."""
    quoted = (", ".join("'" + str(value).replace("'", "''") + "'" for value in row) for row in rows)
    return ", ".join(f"({row})" for row in quoted)


_INSERT_CAST = f"""
INSERT INTO people (handle, display_name, role, language, password_hash, joined_at)
VALUES {_rows(*((*person, PASSWORD_HASH, START - timedelta(days=90)) for person in PEOPLE))};
INSERT INTO sessions (person, secret_hash, created_at, expires_at)
SELECT p.id, s.secret_hash, '{START}', '{START + timedelta(days=30)}'
FROM (VALUES {_rows(*((h, hash_of(session_secret(h))) for h, *_ in PEOPLE))}) s (handle, secret_hash)
JOIN people p USING (handle) ORDER BY p.id;
INSERT INTO tokens (person, name, secret_hash, created_at)
SELECT p.id, 'tests', t.secret_hash, '{START}'
FROM (VALUES {_rows(*((h, hash_of(bearer_token(h))) for h, *_ in PEOPLE))}) t (handle, secret_hash)
JOIN people p USING (handle) ORDER BY p.id;
"""


class Clock:
    """The time of the application, standing still until a test moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def set(self, now: datetime) -> datetime:
        self.now = now.astimezone(UTC)
        return self.now

    def advance(self, **span: float) -> datetime:
        """By so many `days`, `hours`, `minutes`, `seconds`."""
        return self.set(self.now + timedelta(**span))


def reaching(app: Litestar, address: str = "203.0.113.7") -> httpx.ASGITransport:
    """The application without a network, as reached from `address`."""
    # The two packages spell the same protocol in types that do not match.
    return httpx.ASGITransport(typing.cast("Any", app), client=(address, 40000))


class Browser(httpx.AsyncClient):
    """A browser: keeps cookies, fills in what a form carries against forgery, does not follow."""

    async def submit(
        self, path: str, form: Mapping[str, Any] | None = None, **more: Any
    ) -> httpx.Response:
        """Send a form of our pages. A list sends a field several times, None leaves it out."""
        if "csrf" not in self.cookies:
            # Which for somebody who is not signed in is the page to do that.
            await self.get("/settings", follow_redirects=True)
        filled = {name: value for name, value in (form or {}).items() if value is not None}
        return await self.post(path, data={"_csrf_token": self.cookies["csrf"], **filled}, **more)

    async def see(self, path: str) -> str:
        """The page at `path`, after the redirects, as text. It must be there."""
        response = await self.get(path, follow_redirects=True)
        assert response.status_code == 200, f"{path}: {response.status_code}"
        return response.text

    async def see_after(self, response: httpx.Response) -> str:
        """The page a form leads to."""
        assert response.status_code == 303, f"{response.status_code}: {response.text[:2000]}"
        return await self.see(response.headers["location"])


class BrowserOf(Protocol):
    def __call__(self, handle: str | None, *, address: str = "203.0.113.7") -> Browser: ...


class ApiOf(Protocol):
    def __call__(self, handle: str | None) -> httpx.AsyncClient: ...


@dataclass(frozen=True)
class Cast:
    alice: Person
    bob: Person
    charlie: Person
    erin: Person
    cai: Person
    ada: Person


@pytest.fixture(scope="session")
def _clock() -> Clock:
    return Clock()


@pytest.fixture
def clock(_clock: Clock) -> Clock:
    _clock.set(START)
    return _clock


@pytest.fixture(scope="session")
def app(settings: Settings, _clock: Clock) -> Litestar:
    """The application, on the database of the session, without its schedule."""
    return create_app(settings, clock=_clock, schedule=False)


@pytest_asyncio.fixture
async def cast(database: None, clock: Clock) -> Cast:
    """The six of them, alone in the database, and none of them has tested anything lately."""
    testing._lately.clear()
    await door.execute(_INSERT_CAST)
    people = {person.handle: person for person in await Person.objects()}
    return Cast(**people)


@pytest_asyncio.fixture
async def _clients() -> AsyncIterator[contextlib.AsyncExitStack]:
    async with contextlib.AsyncExitStack() as clients:
        yield clients


@pytest.fixture
def browser_of(
    app: Litestar, cast: Cast, settings: Settings, _clients: contextlib.AsyncExitStack
) -> BrowserOf:
    """`browser_of("alice")` is signed in as alice, `browser_of(None)` as nobody."""

    def make(handle: str | None, *, address: str = "203.0.113.7") -> Browser:
        browser = Browser(
            transport=reaching(app, address),
            base_url=settings.base_url,
            headers={"Accept-Language": "zh-CN"},
        )
        if handle is not None:
            browser.cookies.set("session", session_secret(handle), domain="127.0.0.1")
        _clients.push_async_callback(browser.aclose)
        return browser

    return make


@pytest.fixture
def api_of(
    app: Litestar, cast: Cast, settings: Settings, _clients: contextlib.AsyncExitStack
) -> ApiOf:
    """`api_of("erin")` sends erin's bearer token, `api_of(None)` none. English, as by default."""

    def make(handle: str | None) -> httpx.AsyncClient:
        client = httpx.AsyncClient(transport=reaching(app), base_url=f"{settings.base_url}/api/v1/")
        if handle is not None:
            client.headers["Authorization"] = f"Bearer {bearer_token(handle)}"
        _clients.push_async_callback(client.aclose)
        return client

    return make


__all__ = [
    "PASSWORD",
    "START",
    "ApiOf",
    "Browser",
    "BrowserOf",
    "Cast",
    "Clock",
    "_clients",
    "_clock",
    "api_of",
    "app",
    "bearer_token",
    "browser_of",
    "cast",
    "clock",
    "reaching",
]
