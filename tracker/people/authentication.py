"""Who is asking: a browser by its cookie, a program by its bearer token, never one as the other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from asyncpg import Record
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders, State
from litestar.enums import ScopeType
from litestar.handlers.base import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tracker import database
from tracker.errors import NotSignedIn
from tracker.people import cookies, sessions
from tracker.people.access import require_tester
from tracker.people.secrets import hash_of
from tracker.people.tables import Person
from tracker.web.requests import current_time, keep_unread

_COLUMNS = [column._meta.name for column in Person._meta.columns]
_BY_SESSION = (
    "SELECT p.*, s.id AS credential, s.expires_at, ({unread}) AS unread"
    " FROM sessions s JOIN people p ON p.id = s.person"
    " WHERE s.secret_hash = $1 AND s.expires_at > $2 AND p.disabled_at IS NULL"
)
_BY_BEARER = (
    "SELECT p.*, t.id AS credential, t.last_used_at"
    " FROM tokens t JOIN people p ON p.id = t.person"
    " WHERE t.secret_hash = $1 AND t.revoked_at IS NULL AND p.disabled_at IS NULL"
)
_NOTE_EVERY = timedelta(minutes=1)
_LONGEST_SECRET = 200


async def testers_only(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """On a whole controller: for everybody outside the closed beta its addresses do not exist."""
    require_tester(connection.scope["user"])


class Credential(msgspec.Struct, frozen=True):
    """What somebody showed: the number of the session or of the token."""

    kind: Literal["session", "token"]
    id: int
    renewed: bool = False


SignedIn = Request[Person, Credential, State]
"""For handlers behind the door."""
Anybody = Request[Person | None, Credential | None, State]
"""For public handlers."""


class Authentication(ASGIMiddleware):
    """Sets `user` (a Person or None) and `auth` (a Credential or None). One query, if that, which
    for a browser also counts what the head of every page shows: the unread notices.

    Under /api/ only a bearer token counts, so a foreign page cannot make a browser act there;
    everywhere else only the cookie.
    """

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = "anonymous"

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        await identify(scope)
        credential: Credential | None = scope["auth"]
        if credential is not None and credential.renewed:
            send = _with_renewed_cookie(scope, send)
        await next_app(scope, receive, send)


async def identify(scope: Scope) -> None:
    """Fill in `user` and `auth`. Raises NotSignedIn for a token that is not good (any more)."""
    scope["user"] = scope["auth"] = None
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
    now = current_time(scope["litestar_app"].state)
    if scope["path"].startswith("/api/"):
        await _by_token(scope, connection.headers.get("authorization", ""), now)
        return
    name = cookies.cookie_name(scope["litestar_app"].state.settings)
    secret = connection.cookies.get(name, "")
    if secret and len(secret) <= _LONGEST_SECRET:
        await _by_session(scope, secret, now)


async def _by_session(scope: Scope, secret: str, now: datetime) -> None:
    unread = scope["litestar_app"].state.unread
    row = await database.fetch_row(_BY_SESSION.format(unread=unread), hash_of(secret), now)
    if row is None:
        return
    renew = row["expires_at"] - now < sessions.RENEW_BEFORE
    if renew:
        await sessions.renew_session(row["credential"], now=now)
    scope["user"] = _person(row)
    scope["auth"] = Credential("session", row["credential"], renewed=renew)
    keep_unread(scope, row["unread"])


async def _by_token(scope: Scope, header: str, now: datetime) -> None:
    if header:
        scope["user"], scope["auth"] = await holder_of(header, now=now)


async def holder_of(header: str, *, now: datetime) -> tuple[Person, Credential]:
    """Whose token an `Authorization` header bears. Raises NotSignedIn where it is none, or not
    good (any more)."""
    scheme, _, secret = header.partition(" ")
    secret = secret.strip()
    if scheme.lower() != "bearer" or not 0 < len(secret) <= _LONGEST_SECRET:
        raise NotSignedIn
    row = await database.fetch_row(_BY_BEARER, hash_of(secret))
    if row is None:
        raise NotSignedIn
    if row["last_used_at"] is None or now - row["last_used_at"] >= _NOTE_EVERY:
        await database.execute(
            "UPDATE tokens SET last_used_at = $2 WHERE id = $1", row["credential"], now
        )
    return _person(row), Credential("token", row["credential"])


def _person(row: Record) -> Person:
    person = Person(**{name: row[name] for name in _COLUMNS})
    # So that `save` changes the row rather than adding one.
    person._exists_in_db = True
    return person


def _with_renewed_cookie(scope: Scope, send: Send) -> Send:
    settings = scope["litestar_app"].state.settings
    name = cookies.cookie_name(settings)
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
    renewed = cookies.cookie(settings, connection.cookies[name]).to_header(header="")
    mark = f"{name}="

    async def send_renewed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableScopeHeaders.from_message(message)
            # Signing out or in on this very request has the last word.
            if not any(value.startswith(mark) for value in headers.getall("set-cookie", [])):
                headers.add("set-cookie", renewed)
        await send(message)

    return send_renewed
