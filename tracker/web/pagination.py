"""Lists by key, never by offset: page ten costs what page one costs."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any, Generic, TypeVar

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


Key = int | float | str | datetime

_BIGGEST = 2**63 - 1


def encode_cursor(*key: Key) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str, *types: type[Key]) -> tuple[Any, ...]:
    """The key a cursor stands for, of these types. One that we did not make is refused by name."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        key: tuple[Any, ...] = msgspec.json.decode(raw, type=tuple.__class_getitem__(types))
        # Nothing that the database could not compare with: numbers beyond those of its columns,
        # times without a zone, texts with a zero.
        if not any(map(_is_foreign, key)):
            return key
    except (ValueError, binascii.Error, msgspec.DecodeError):
        pass
    raise Invalid({"after": Text("这一页的位置认不出来", "This is not a cursor of this list")})


def _is_foreign(part: Key) -> bool:
    if isinstance(part, int | float):
        return not abs(part) <= _BIGGEST
    return part.tzinfo is None if isinstance(part, datetime) else "\0" in part


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
