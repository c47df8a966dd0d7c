"""Signed tokens in addresses: whoever holds one may do the one thing that it names."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from itsdangerous import TimestampSigner, URLSafeTimedSerializer

KEY_IN_ADDRESS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
"""Headers of a page whose address is a key: nobody keeps it, passes it on or finds it."""


class _Signer(TimestampSigner):
    """By the application's clock instead of the machine's."""

    def __init__(self, *given: Any, now: datetime, **more: Any) -> None:
        super().__init__(*given, **more)
        self._now = now

    def get_timestamp(self) -> int:
        return int(self._now.timestamp())


def serializer(key: str, salt: bytes, now: datetime) -> URLSafeTimedSerializer:
    """Makes and reads the tokens of one purpose, which is its `salt`: the key signs forms and
    other links as well, and what is signed for one is nothing to the other."""
    return URLSafeTimedSerializer(
        key,
        salt=salt,
        signer=_Signer,
        signer_kwargs={
            "now": now,
            "key_derivation": "hmac",
            "digest_method": hashlib.sha256,
        },
    )
