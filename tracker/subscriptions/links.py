"""Links that end a subscription, and links that show that an address is somebody's own.

Each names one subscription and is signed: whoever holds it may do this one thing, without signing
in, and nothing else.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from itsdangerous import BadData

from tracker.errors import NotFound
from tracker.web.signing import serializer

UNSUBSCRIBING = "/u/"
CONFIRMING = "/c/"
CONFIRM_WITHIN = timedelta(days=2)

_UNSUBSCRIBING_SALT = b"tracker.subscriptions.unsubscribing"
_CONFIRMING_SALT = b"tracker.subscriptions.confirming"
_LONGEST = 200
# A way out is never too old: who finds a mail of years ago may still end it. So the moment of
# signing says nothing, and the link is the same in every try to deliver a message.
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def unsubscribe_url(key: str, base_url: str, subscription: int) -> str:
    """`key` is the settings' signing key."""
    token = serializer(key, _UNSUBSCRIBING_SALT, _ANY_TIME).dumps(subscription)
    return f"{base_url}{UNSUBSCRIBING}{token}"


def read_unsubscribing(key: str, token: str) -> int:
    """The subscription that a token names. NotFound for anything that we did not sign."""
    return _read(key, _UNSUBSCRIBING_SALT, token, _ANY_TIME, None)


def confirm_url(key: str, base_url: str, subscription: int, *, now: datetime) -> str:
    """Good from `now` for CONFIRM_WITHIN."""
    token = serializer(key, _CONFIRMING_SALT, now).dumps(subscription)
    return f"{base_url}{CONFIRMING}{token}"


def read_confirming(key: str, token: str, *, now: datetime) -> int:
    """The subscription that a token names. NotFound for anything that we did not sign, or signed
    too long ago."""
    return _read(key, _CONFIRMING_SALT, token, now, CONFIRM_WITHIN)


def _read(key: str, salt: bytes, token: str, now: datetime, life: timedelta | None) -> int:
    if len(token) > _LONGEST:
        raise NotFound
    try:
        seconds = None if life is None else int(life.total_seconds())
        subscription = serializer(key, salt, now).loads(token, max_age=seconds)
    except BadData:
        raise NotFound from None
    return int(subscription)
