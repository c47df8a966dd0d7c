"""Mi Push: notifications on phones that the maker's own app has registered.

One call tells up to a thousand phones the same; what is wrong comes with HTTP 200 as well.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import msgspec

from tracker.channels.base import (
    Address,
    ChannelName,
    Limits,
    Outcome,
    Outgoing,
    gone,
    later,
    refused,
    sent,
)
from tracker.channels.web import NOT_JSON, Web, outcome_of
from tracker.errors import Invalid
from tracker.language import Text
from tracker.settings import Settings

MOST_TITLE, MOST_TEXT = 49, 127
"""Characters, as Java counts them: an emoji is two."""

# A comma would be the end of one and the beginning of another.
_REGISTRATION = re.compile(r"[A-Za-z0-9+/=_:.-]{8,200}")

EMPTY = Text(
    "填写 App 显示的注册号（regId）", "Give the registration id (regId) that the app shows"
)
NOT_A_REGISTRATION = Text(
    "注册号只有字母、数字和 + / = _ : . -，从 App 里完整复制一次",
    "A registration id has letters, digits and + / = _ : . - only: copy all of it from the app",
)
NO_SECRET = Text(
    "服务器没有设置 TRACKER_MIPUSH_SECRET（App 的 AppSecret）",
    "TRACKER_MIPUSH_SECRET, the app's AppSecret, is not set on the server",
)
NO_PACKAGE = Text(
    "服务器没有设置 TRACKER_MIPUSH_PACKAGE（App 的包名）",
    "TRACKER_MIPUSH_PACKAGE, the app's package name, is not set on the server",
)

_OVER_QUOTA = 200001
_NO_TARGET = 20301
_TOO_OFTEN = frozenset({10022, 10023, 10024, 22020, 22021, 22022})
_BUSY = frozenset({-1, 10001, 10002, 10003, 10009})
_NOT_LET_IN = {
    10012: "the request was taken for an illegal one",
    10013: "the AppSecret is of no known user",
    10014: "the app may not use this interface",
    21301: "the AppSecret is not the app's (TRACKER_MIPUSH_SECRET)",
    22000: "the AppSecret is of no known app (TRACKER_MIPUSH_SECRET)",
    22006: "the package name is not the app's (TRACKER_MIPUSH_PACKAGE)",
    22007: "the app may not send notifications",
}
_NOT_TAKEN = {
    10008: "a parameter is wrong",
    10016: "something is too long",
    10017: "a parameter is missing",
    10018: "a parameter is out of its range",
    10026: "the channel_id is not one of the app's (TRACKER_MIPUSH_CHANNEL)",
}


class MiPush:
    name: ClassVar[ChannelName] = ChannelName.MIPUSH
    together: ClassVar[int] = 1000
    # From 500 calls a second, for small apps.
    limits = Limits(at_once=4, seconds_between=0.005)

    def __init__(self, web: Web, settings: Settings) -> None:
        self._web = web
        self._settings = settings

    def problem(self) -> Text | None:
        if not self._settings.mipush_secret:
            return NO_SECRET
        return None if self._settings.mipush_package else NO_PACKAGE

    def read(self, form: Mapping[str, str]) -> Address:
        """From `registration_id`."""
        typed = form.get("registration_id", "").strip()
        if not typed:
            raise Invalid({"registration_id": EMPTY})
        if not _REGISTRATION.fullmatch(typed):
            raise Invalid({"registration_id": NOT_A_REGISTRATION})
        return {"registration_id": typed}

    def key(self, address: Address) -> str:
        return address["registration_id"]

    def host(self, address: Address) -> str:
        return urlsplit(self._settings.mipush_url).netloc.lower()

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        """One call for all: they differ in their addresses alone."""
        ids = [out.address["registration_id"] for out in messages]
        answer = await self._web.post(
            f"{self._settings.mipush_url}/v3/message/regid",
            data={**self._form(messages[0]), "registration_id": ",".join(ids)},
            headers={"Authorization": f"key={self._settings.mipush_secret}"},
        )
        if isinstance(answer, Outcome):
            return [answer] * len(ids)
        said = _Said.read(answer.content)
        if said is not None and answer.status_code < 500:
            return said.outcomes(ids)
        if answer.is_success or answer.status_code == 404:
            told = f"HTTP {answer.status_code} without Mi Push's answer (TRACKER_MIPUSH_URL)"
            return [later(told)] * len(ids)
        if answer.status_code in (401, 403):
            told = f"HTTP {answer.status_code}: not let in (TRACKER_MIPUSH_SECRET)"
            return [later(told)] * len(ids)
        return [outcome_of(answer)] * len(ids)

    def _form(self, out: Outgoing) -> dict[str, str]:
        title = shortened(out.title, MOST_TITLE)
        channel = self._settings.mipush_channel
        return {
            "restricted_package_name": self._settings.mipush_package or "",
            # Unpacked once more by the app, hence quoted here and in the form.
            "payload": quote(out.url, safe=""),
            "title": title,
            "description": shortened(out.text, MOST_TEXT) or title,
            "pass_through": "0",
            "notify_id": str(notify_id(out)),
            "extra.notify_foreground": "1",
            # A tap opens this page in the browser.
            "extra.notify_effect": "3",
            "extra.web_uri": out.url,
            **({"extra.channel_id": channel} if channel else {}),
        }


def notify_id(out: Outgoing) -> int:
    """By which a phone puts a repeat in the place of what it repeats. Made of what is said rather
    than of a message's key: a call has one for all, and a repeat may go in other company."""
    said = "\n".join((out.title, out.text, out.url)).encode()
    return int.from_bytes(hashlib.sha256(said).digest()[:4]) & 0x7FFFFFFF


def shortened(text: str, most: int) -> str:
    """At most so many UTF-16 units, with "…" where something is left out."""
    folded = " ".join(text.split())
    if _units(folded) <= most:
        return folded
    while _units(folded) > most - 1:
        folded = folded[: -max(1, (_units(folded) - most + 1) // 2)]
    return folded.rstrip() + "…"


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


class _Said(msgspec.Struct):
    """What Mi Push answers, whatever became of it."""

    code: int
    reason: str = ""
    data: Any = None

    @classmethod
    def read(cls, body: bytes) -> _Said | None:
        try:
            return msgspec.json.decode(body, type=cls)
        except NOT_JSON:
            return None

    def outcomes(self, ids: Sequence[str]) -> Sequence[Outcome]:
        """For each of the registration ids that it answers for."""
        bad = self._bad()
        nobody = self.code == _NO_TARGET and not bad and "target" in self.reason.lower()
        if self.code == 0 or bad or nobody:
            unknown = gone(f"code {self.code}: the registration id is not valid (any more)")
            rest = sent("code 0") if self.code == 0 else self._of_all()
            return [unknown if nobody or one in bad else rest for one in ids]
        return [self._of_all()] * len(ids)

    def _bad(self) -> set[str]:
        found = self.data.get("bad_regids") if isinstance(self.data, dict) else None
        return {one.strip() for one in found.split(",")} if isinstance(found, str) else set()

    def _of_all(self) -> Outcome:
        told = f"code {self.code}"
        if self.code == _OVER_QUOTA:
            # Counted by the day; asked again by the hour, since whose day it is is not said.
            return later(f"{told}: over the day's quota", retry_after=3600.0, host_failed=False)
        if self.code in _TOO_OFTEN:
            return later(f"{told}: too many calls", retry_after=30.0, host_failed=False)
        if self.code in _NOT_LET_IN:
            return later(f"{told}: {_NOT_LET_IN[self.code]}")
        if self.code in _BUSY:
            return later(f"{told}: Mi Push is in trouble")
        if self.code in _NOT_TAKEN:
            return refused(f"{told}: {_NOT_TAKEN[self.code]}")
        return later(told, host_failed=False)
