"""Links by which a tester says whether a fix works, without signing in.

A link names a person, a report and a build, and is signed: whoever holds it may answer this one
question as that person, and nothing else.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

import msgspec
from itsdangerous import BadData, SignatureExpired

from tracker.errors import NotFound
from tracker.language import Text
from tracker.settings import Settings
from tracker.web.signing import serializer

LIFE = timedelta(days=180)
PATH = "/v/"

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
        return f"{self.base_url}{PATH}{serializer(self.key, _SALT, now).dumps([person, report, build])}"


def read_token(key: str, token: str, *, now: datetime) -> Named:
    """What the token of an address names. NotFound for anything that we did not sign; Expired
    for what we signed too long ago."""
    if len(token) > _LONGEST:
        raise NotFound
    signed = serializer(key, _SALT, now)
    try:
        payload = signed.loads(token, max_age=int(LIFE.total_seconds()))
    except SignatureExpired as expired:
        raise Expired(Named(*signed.load_payload(expired.payload or b""))) from None
    except BadData:
        raise NotFound from None
    return Named(*payload)
