"""What is heard where, as long as somebody has not chosen otherwise."""

from __future__ import annotations

from typing import Literal

from tracker.channels.base import ROBOTS, ChannelName

ALARMS = frozenset({"severe", "blocked"})
"""Kinds that quiet hours and "only Fridays" do not hold back: they are for captains, about what
cannot wait."""

NEWS = frozenset({"friday", "build", "correction"})
"""Kinds that somebody who wants "only Fridays" hears beside the inbox."""

_PUSH = ["friday", "build", "correction", "question", "severe", "blocked"]
_ALL = [*_PUSH, "reply", "closure", "answer", "appeal", "reopened"]

DEFAULT_KINDS: dict[ChannelName, list[str]] = {
    ChannelName.WEBPUSH: _PUSH,
    ChannelName.EMAIL: _PUSH,
    ChannelName.NTFY: _PUSH,
    # Five messages a device and day: kept for what matters most.
    ChannelName.MIPUSH: ["friday", "build", "correction", "question"],
    # Read by a program, which can leave out what it does not want.
    ChannelName.WEBHOOK: _ALL,
}
"""Per channel of people. A robot's own row says what it posts."""

RobotKind = Literal["changelog", "severe", "blocked"]
"""What a robot can post; all of it, as long as nobody says otherwise."""

assert set(DEFAULT_KINDS) == set(ChannelName) - set(ROBOTS)
