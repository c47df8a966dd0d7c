"""Who sends a push, as push services want to know it: VAPID, RFC 8292."""

from __future__ import annotations

import base64
import time
from collections import OrderedDict

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid.jwt import sign

from tracker.settings import Settings

GOOD_FOR = 12 * 3600
"""Seconds that a token is good for. A day is the most; clocks differ."""
ORIGINS = 500
"""That tokens are kept for: every tester may name another."""
_NOBODY = "mailto:orange-friday@example.com"
"""For a tracker without a name, on somebody's own machine. Apple takes no localhost here."""


class Authorization(msgspec.Struct):
    """The header for one origin, and whether a push has been taken with it."""

    header: str
    signed_at: float
    accepted: bool = False


class Vapid:
    """Signs for push services, once in a while for each: signing every message anew would make
    them a third slower."""

    def __init__(self, private_key: str, *, subject: str) -> None:
        """`private_key` is one of `new_private_key`."""
        number = int.from_bytes(decoded(private_key), "big")
        self._key = ec.derive_private_key(number, ec.SECP256R1())
        self._subject = subject
        self._kept: OrderedDict[str, Authorization] = OrderedDict()

    @property
    def public_key(self) -> str:
        """The `applicationServerKey` by which a browser subscribes, in base64url."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return encoded(point)

    def authorization(self, origin: str) -> Authorization:
        """For a push to that origin. Takes 0.1 ms where none is kept."""
        # By the clock that the push service compares it with, whatever time the tracker is told.
        now = time.time()
        found = self._kept.get(origin)
        if found is None or not 0 <= now - found.signed_at < GOOD_FOR / 2:
            claims = {"aud": origin, "exp": int(now) + GOOD_FOR, "sub": self._subject}
            found = Authorization(f"vapid t={sign(claims, self._key)}, k={self.public_key}", now)
            self._kept[origin] = found
            if len(self._kept) > ORIGINS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(origin)
        return found


def new_private_key() -> str:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return encoded(number.to_bytes(32, "big"))


def subject_of(settings: Settings) -> str:
    """Whom a push service may write to when something is wrong with our pushes."""
    if settings.contact is not None:
        return settings.contact
    return settings.base_url if settings.base_url.startswith("https://") else _NOBODY


def encoded(raw: bytes) -> str:
    """base64url without padding, as all of Web Push has it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Of either alphabet, padded or not. Raises ValueError."""
    text = text.strip().rstrip("=").translate(_URL_SAFE)
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


_URL_SAFE = str.maketrans("+/", "-_")
