"""Links by which a tester says whether a fix works, without signing in.

A link names a person, a report and a build, and is signed: whoever holds it may answer this one
question as that person, and nothing else.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, Self

import msgspec
from itsdangerous import BadData, SignatureExpired, TimestampSigner, URLSafeTimedSerializer

from tracker.errors import NotFound
from tracker.language import Text
from tracker.settings import Settings

LIFE = timedelta(days=180)
PATH = "/v/"

# The key signs forms as well: what is signed there is no link, and the other way round.
_SALT = b"tracker.proposals.verification"
_LONGEST = 400


class Named(msgspec.Struct, frozen=True):
    """What a link is about, by the numbers of the rows."""

    person: int
    report: int
    build: int


class Expired(NotFound):
    """The link was ours, and is older than `LIFE`."""

    def __init__(self, named: Named) -> None:
        super().__init__(
            Text(
                f"这个链接已经过期。登录后打开 R-{named.report}，一样可以回答。",
                f"This link has expired. Sign in and open R-{named.report} to answer there.",
            )
        )
        self.named = named


class _Signer(TimestampSigner):
    """By the application's clock instead of the machine's."""

    def __init__(self, *given: Any, now: datetime, **more: Any) -> None:
        super().__init__(*given, **more)
        self._now = now

    def get_timestamp(self) -> int:
        return int(self._now.timestamp())


def _serializer(key: str, now: datetime) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        key,
        salt=_SALT,
        signer=_Signer,
        signer_kwargs={
            "now": now,
            "key_derivation": "hmac",
            "digest_method": hashlib.sha256,
        },
    )


class Links(msgspec.Struct, frozen=True):
    """Makes them; get one for a batch, since `of` may read the key from its file."""

    key: str
    base_url: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.signing_key(), settings.base_url)

    def url(self, person: int, report: int, build: int, *, now: datetime) -> str:
        """The address where this person says whether this report is solved in this build. Good
        from `now` for `LIFE`. `build` is the id of the build that brought them the fix."""
        return f"{self.base_url}{PATH}{_serializer(self.key, now).dumps([person, report, build])}"


def read_token(key: str, token: str, *, now: datetime) -> Named:
    """What the token of an address names. NotFound for anything that we did not sign; Expired
    for what we signed too long ago."""
    if len(token) > _LONGEST:
        raise NotFound
    serializer = _serializer(key, now)
    try:
        payload = serializer.loads(token, max_age=int(LIFE.total_seconds()))
    except SignatureExpired as expired:
        raise Expired(Named(*serializer.load_payload(expired.payload or b""))) from None
    except BadData:
        raise NotFound from None
    return Named(*payload)
