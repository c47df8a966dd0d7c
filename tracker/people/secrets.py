"""Long random secrets: cookies, bearer tokens, invitation codes. Only their hashes are kept."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_PREFIX = "oft_"  # noqa: S105 (a mark by which a leaked token is recognised)

# Without 0, 1, I, L, O and U: read out over a telephone, and no words by accident.
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_secret() -> str:
    """256 bits, safe in a cookie and in an address."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    return TOKEN_PREFIX + new_secret()


def new_code() -> str:
    """An F-code to be typed from a card: `K7QM-2XWP-9D4H`, 58 bits."""
    parts = ("".join(secrets.choice(_CODE_ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(parts)


def hash_of(secret: str) -> str:
    """SHA-256 in hex. Enough for secrets nobody can guess; passwords need `passwords.py`."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
