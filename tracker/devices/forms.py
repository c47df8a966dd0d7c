"""What goes in and out about models, modules, builds and one's own phones."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec

from tracker.devices.tables import Ring
from tracker.web.forms import says


class Words(msgspec.Struct, frozen=True):
    """A sentence or name in both languages."""

    zh: str
    en: str


class DeviceOut(msgspec.Struct, frozen=True):
    codename: str
    name: Words
    aliases: list[str]


class ModuleOut(msgspec.Struct, frozen=True):
    slug: str
    name: Words
    owner: str | None


class Withdrawal(msgspec.Struct, frozen=True):
    """Nobody should install the build any more, and why."""

    at: datetime
    reason: Words


class BuildOut(msgspec.Struct, frozen=True):
    """`proposals` is the list its maker gave; null: it carries every fix that was waiting."""

    device: str
    version: str
    ring: Ring
    position: int
    built_on: date | None
    published_at: datetime | None
    release: date | None
    delayed: Words | None
    proposals: list[str] | None
    withdrawn: Withdrawal | None = None


class MyDevice(msgspec.Struct, frozen=True):
    """A phone on the settings page: model by codename, build by version (may be unknown)."""

    device: Annotated[str, says("选一下你的机型", "Choose your device", min_length=1)]
    ring: Annotated[Ring, says("选一下你在用的通道", "Choose the ring you are on")] = Ring.CLOSED
    build: str | None = None
