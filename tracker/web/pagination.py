"""Lists by key, never by offset: page ten costs what page one costs."""

from __future__ import annotations

import base64
import binascii
from typing import Generic, TypeVar

import msgspec

from tracker.errors import Invalid
from tracker.language import Text

T = TypeVar("T")

DEFAULT_LIMIT = 25
MAX_LIMIT = 100


class Listing(msgspec.Struct, Generic[T], frozen=True):
    """A page of a list. `next` goes into `after` of the following request; null: no more."""

    items: list[T]
    next: str | None


def encode_cursor(*key: int | str) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str, *types: type) -> tuple[int | str, ...]:
    """The key a cursor stands for. A cursor that we did not make is refused by name."""
    try:
        key = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(key, list) and [type(part) for part in key] == list(types):
            return tuple(key)
    except (ValueError, binascii.Error, msgspec.DecodeError):
        pass
    raise Invalid({"after": Text("这一页的位置认不出来", "This is not a cursor of this list")})


def check_limit(limit: int) -> int:
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(
            {
                "limit": Text(
                    f"每页可以取 1 到 {MAX_LIMIT} 条", f"A page has between 1 and {MAX_LIMIT} items"
                )
            }
        )
    return limit
