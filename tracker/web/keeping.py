"""Public answers, made once and given to everybody: before routing, sessions and the database.

A route opts in, naming the parameters of its query that matter: `opt=PUBLIC | kept("model")`.
Whoever brings no session is then answered from the shelf. What is put there is made for a request
that is built from its key alone — address, those parameters, language, shape — so nothing of the
first who asked gets into what all others read, and none of their headers can.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tracker.language import Language, negotiate
from tracker.web.requests import LANGUAGE_COOKIE, wants_markdown
from tracker.web.shelf import Answer, Key, Shelf


def kept(*parameters: str) -> dict[str, Any]:
    """For the `opt` of a public route whose answer is the same for everybody not signed in."""
    return {"kept": frozenset(parameters)}


class Route(NamedTuple):
    template: str
    parameters: frozenset[str]
    anonymous: bool
    """Nobody looks who is asking: a session changes nothing."""


class Reader(NamedTuple):
    """All that an answer may depend on, of whoever asks and is not signed in."""

    language: Language
    asked: Language
    """By the browser, whatever has been chosen on our pages."""
    markdown: bool


@lru_cache(maxsize=4096)
def _reader(cookie: bytes, languages: bytes, accept: bytes) -> Reader:
    scope: Any = {"type": ScopeType.HTTP, "headers": [(b"cookie", cookie)]}
    chosen = ASGIConnection[Any, Any, Any, Any](scope).cookies.get(LANGUAGE_COOKIE, "")
    asked = negotiate(languages.decode("latin-1"))
    return Reader(
        "zh" if chosen == "zh" else "en" if chosen == "en" else asked,
        asked,
        wants_markdown(accept.decode("latin-1")),
    )


@lru_cache(maxsize=1024)
def _query(given: bytes, parameters: frozenset[str]) -> bytes:
    """What of a query matters, in one order. Of a parameter that is given twice, the last."""
    found = dict(parse_qsl(given.decode("latin-1")))
    return urlencode(sorted((n, v) for n, v in found.items() if n in parameters)).encode()


def _kept_routes(routes: Iterable[BaseRoute]) -> tuple[dict[str, Route], list[Any]]:
    """Those with a fixed path by it, the others with the pattern of theirs."""
    fixed: dict[str, Route] = {}
    patterns: list[tuple[re.Pattern[str], Route]] = []
    for route in routes:
        if not isinstance(route, HTTPRoute) or "GET" not in route.route_handler_map:
            continue
        opt = route.route_handler_map["GET"][0].opt
        if "kept" not in opt:
            continue
        found = Route(route.path_format, opt["kept"], bool(opt.get("anonymous")))
        if "{" in found.template:
            pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(found.template))
            patterns.append((re.compile(pattern), found))
        else:
            fixed[found.template] = found
    return fixed, patterns


def keep(
    app: ASGIApp,
    *,
    routes: Iterable[BaseRoute],
    shelf: Shelf,
    session_cookie: str,
    clock: Callable[[], datetime],
) -> ASGIApp:
    """Answer from the shelf what may be, and put there what `app` makes for it.

    Requests that come while an answer is being made wait for it: a crowd costs as much as one.
    """
    fixed, patterns = _kept_routes(routes)
    signed_in = f"{session_cookie}=".encode()

    def route_of(path: str) -> Route | None:
        if (route := fixed.get(path)) is not None:
            return route
        return next((route for pattern, route in patterns if pattern.fullmatch(path)), None)

    async def keeping(scope: Scope, receive: Receive, send: Send) -> None:
        method = scope.get("method")
        if (method != "GET" and method != "HEAD") or (route := route_of(scope["path"])) is None:
            await app(scope, receive, send)
            return
        cookie = languages = accept = held = b""
        for name, value in scope["headers"]:
            if name == b"cookie":
                cookie = value if not cookie else cookie + b"; " + value
            elif name == b"accept-language":
                languages = value
            elif name == b"accept":
                accept = value
            elif name == b"if-none-match":
                held = value
        if signed_in in cookie and not route.anonymous:
            await _as_it_is(app, scope, receive, send)
            return
        reader = _reader(cookie, languages, accept)
        query = scope["query_string"]
        key = Key(
            scope["path"],
            query and _query(query, route.parameters),
            reader.asked if route.anonymous else reader.language,
            reader.markdown,
        )
        answer = shelf.get(key, clock())
        if answer is None:
            answer = await shelf.made(key, lambda: _make(app, scope, key), clock)
        scope["path_template"] = route.template
        if answer.personal:
            await _as_it_is(app, scope, receive, send)
        else:
            await answer.give(send, held=held, head=method == "HEAD")

    return keeping


async def _make(app: ASGIApp, scope: Scope, key: Key) -> Answer:
    """The answer for a key, and for nobody in particular."""
    headers = [
        (b"accept", b"text/markdown" if key.markdown else b"text/html"),
        (b"accept-language", key.language.encode()),
    ]
    plain: Any = {
        **scope,
        "method": "GET",
        "query_string": key.query,
        "headers": headers,
        "state": {},
    }
    status, sent, body = 500, [], bytearray()

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def take(message: Message) -> None:
        nonlocal status, sent
        if message["type"] == "http.response.start":
            status, sent = message["status"], [(n.lower(), v) for n, v in message["headers"]]
        elif message["type"] == "http.response.body":
            body.extend(message["body"])

    await app(plain, receive, take)
    return Answer.of(status, sent, bytes(body))


async def _as_it_is(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """For a reader who is signed in. HEAD is GET whose body stays here."""
    known: Any = scope
    if known["method"] != "HEAD":
        await app(scope, receive, send)
        return

    async def without_body(message: Message) -> None:
        if message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    known["method"] = "GET"
    try:
        await app(scope, receive, without_body)
    finally:
        known["method"] = "HEAD"


__all__ = ["keep", "kept"]
