"""The cookie by which a browser proves that it is signed in."""

from __future__ import annotations

from litestar.datastructures import Cookie

from tracker.people.sessions import LIFE
from tracker.settings import Settings


def https(settings: Settings) -> bool:
    return settings.base_url.startswith("https://")


def cookie_name(settings: Settings) -> str:
    """`__Host-`: browsers take it from this very host and over https only, never from a sibling."""
    return "__Host-session" if https(settings) else "session"


def cookie(settings: Settings, secret: str) -> Cookie:
    return Cookie(
        key=cookie_name(settings),
        value=secret,
        path="/",
        max_age=int(LIFE.total_seconds()) if secret else 0,
        httponly=True,
        samesite="lax",
        secure=https(settings),
    )


def no_cookie(settings: Settings) -> Cookie:
    """Makes the browser forget the session."""
    return cookie(settings, "")
