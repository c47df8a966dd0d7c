"""Going on to another page of ours after something was done, and never to anybody else's."""

from __future__ import annotations

from urllib.parse import urlsplit

from litestar.response import Redirect


def local(target: str, otherwise: str = "/") -> str:
    """`target` if it is a path on this server, else `otherwise`.

    Browsers read `//host` and `/\\host` as another server, and drop tabs and line ends.
    """
    if not target.startswith("/") or target.startswith(("//", "/\\")):
        return otherwise
    if any(ord(character) <= 0x20 or character == "\\" for character in target):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc else target


def go_to(path: str) -> Redirect:
    """303: whatever was sent, what follows is a GET."""
    return Redirect(path, status_code=303)
