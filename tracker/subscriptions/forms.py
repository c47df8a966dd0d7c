"""What goes in and out about where people hear."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracker.web.forms import says

Kind = Literal[
    "friday",
    "build",
    "correction",
    "question",
    "reply",
    "closure",
    "answer",
    "appeal",
    "reopened",
    "severe",
    "blocked",
]
"""What people are told. A team's robots post a `changelog` besides."""
Place = Literal["webpush", "email", "mipush", "ntfy", "webhook"]

_Clock = Annotated[str, msgspec.Meta(pattern=r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z")]
Hour = Annotated[_Clock | None, says("写成 22:00 这样的时间", "Write a time like 22:00")]


class Preferences(msgspec.Struct, frozen=True):
    """What somebody hears where, beside the inbox, which has everything."""

    kinds: dict[Place, list[Kind]] = {}
    """By channel; one that is left out hears what is usual."""
    quiet_from: Hour = None
    """With `quiet_to`, on the clock of the person's time zone; what comes between waits until
    then. It may go past midnight. Alarms do not wait."""
    quiet_to: Hour = None
    fridays_only: bool = False
    """Nothing but news of fixes, and their corrections. Alarms come all the same."""
    inbox_only: bool = False
    """Nothing anywhere but in the inbox."""


class PreferencesOut(msgspec.Struct, frozen=True, kw_only=True):
    kinds: dict[Place, list[Kind]]
    """Of every channel, chosen or usual."""
    quiet_from: str | None
    quiet_to: str | None
    timezone: str
    """Whose clock the quiet hours go by: that of the profile."""
    fridays_only: bool
    inbox_only: bool
