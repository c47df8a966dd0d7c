"""Everything that can be set from outside, read once, from the environment and nowhere else.

Every field carries its variable's name, its default as somebody would type it, and what it does:
the README's table is held against these.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import time, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Literal, Self, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class SettingsError(Exception):
    """A variable that cannot be used. The message names it and says how to put it right."""


@dataclass(frozen=True, slots=True)
class WeeklyTime:
    """A moment that comes back every week, on the clock of `Settings.timezone`."""

    weekday: int
    """Monday is 0, as in `date.weekday()`."""
    time: time

    def __str__(self) -> str:
        return f"{_WEEKDAYS[self.weekday]} {self.time:%H:%M}"


def _setting(variable: str, default: str | None, help: str, parse: Callable[[str], object]) -> Any:
    """Declare a field. `default` is text, as in the environment; None means "not set"."""
    metadata = {"variable": variable, "default": default, "help": help, "parse": parse}
    if default is None:
        return field(default=None, metadata=metadata)
    return field(default_factory=lambda: parse(default), metadata=metadata)


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("it must look like https://beta.example.com")
    return text.rstrip("/")


def _database_url(text: str) -> str:
    if urlsplit(text).scheme not in {"postgresql", "postgres"}:
        raise ValueError("it must look like postgresql://name:password@host:5432/database")
    return text


def _secret(text: str) -> str:
    if len(text) < 32:
        raise ValueError("it must be at least 32 characters long")
    return text


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, LookupError):
        raise ValueError("it must be a name like Asia/Shanghai or Europe/Berlin") from None


def _weekly(text: str) -> WeeklyTime:
    try:
        day, clock = text.lower().split()
        hour, minute = clock.split(":")
        return WeeklyTime(_WEEKDAYS.index(day), time(int(hour), int(minute)))
    except ValueError:
        raise ValueError(
            f"it must be a weekday ({', '.join(_WEEKDAYS)}) and a time, like 'fri 17:00'"
        ) from None


def _flag(text: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.lower() not in known:
        raise ValueError("it must be 1 or 0")
    return known[text.lower()]


def _number(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise ValueError(f"it must be a whole number from {least} to {most}")
        return int(text)

    return parse


def _contact(text: str) -> str:
    if not re.fullmatch(r"mailto:[^@\s]+@[^@\s]+|https://[^/\s]+.*", text):
        raise ValueError("it must look like mailto:beta@example.com or https://example.com")
    return text


def _smtp_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("it must look like smtp://name:password@mail.example.com:587")
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("what stands behind the last : must be the number of a port") from None
    return text


def _mail_from(text: str) -> str:
    _, address = parseaddr(text)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ValueError("it must look like 'Orange Friday <beta@example.com>'")
    try:
        Address(addr_spec=address)
    except (ValueError, MessageError):
        raise ValueError("its address may hold Latin letters, digits and . _ - + alone") from None
    return text


def _log_format(text: str) -> str:
    if text not in {"console", "json"}:
        raise ValueError("it must be console or json")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    database_url: str | None = _setting(
        "TRACKER_DATABASE_URL",
        None,
        "A PostgreSQL server, version 15 or later. Without it the tracker runs its own, "
        "in the data directory.",
        _database_url,
    )
    data: Path = _setting(
        "TRACKER_DATA",
        "./data",
        "The data directory: the tracker's own database and its secret key.",
        lambda text: Path(text).expanduser().absolute(),
    )
    base_url: str = _setting(
        "TRACKER_BASE_URL",
        "http://127.0.0.1:8000",
        "The address people use, for links in notices and feeds. With https, cookies are sent "
        "over https only.",
        _url,
    )
    secret_key: str | None = _setting(
        "TRACKER_SECRET_KEY",
        None,
        "Signs the forms, and the links by which testers answer without signing in; 32 characters "
        "or more, the same on every host. Without it, one is made and kept in the data directory.",
        _secret,
    )
    timezone: ZoneInfo = _setting(
        "TRACKER_TIMEZONE",
        "Asia/Shanghai",
        "The time zone of the release timetable, and of people who have not chosen their own.",
        _zone,
    )
    freeze: WeeklyTime = _setting(
        "TRACKER_FREEZE",
        "thu 18:00",
        "When a week's release stops taking changes. Always in the week before its publication.",
        _weekly,
    )
    publish: WeeklyTime = _setting(
        "TRACKER_PUBLISH", "fri 17:00", "When a week's release is published.", _weekly
    )
    undo_window: timedelta = _setting(
        "TRACKER_UNDO_WINDOW",
        "300",
        "Seconds that the team has to take back what they did to a report before its reporter "
        "hears of it.",
        lambda text: timedelta(seconds=_number(0, 86400)(text)),
    )
    contact: str | None = _setting(
        "TRACKER_CONTACT",
        None,
        "Whom the operators of push services may write to, like mailto:beta@example.com. Without "
        "it, TRACKER_BASE_URL.",
        _contact,
    )
    smtp_url: str | None = _setting(
        "TRACKER_SMTP_URL",
        None,
        "The mail server: smtp://name:password@mail.example.com:587 (with STARTTLS where it is "
        "offered), or smtps:// for TLS from the start. Without it, no e-mail is sent.",
        _smtp_url,
    )
    mail_from: str | None = _setting(
        "TRACKER_MAIL_FROM",
        None,
        "The sender of e-mail, like 'Orange Friday <beta@example.com>'. Needed with "
        "TRACKER_SMTP_URL.",
        _mail_from,
    )
    mipush_secret: str | None = _setting(
        "TRACKER_MIPUSH_SECRET",
        None,
        "The AppSecret of the app that receives Mi Push. Without it, nothing is sent that way.",
        str,
    )
    mipush_package: str | None = _setting(
        "TRACKER_MIPUSH_PACKAGE", None, "The package name of that app.", str
    )
    mipush_channel: str | None = _setting(
        "TRACKER_MIPUSH_CHANNEL",
        None,
        "The channel_id that Xiaomi gave the app's notices, where it has one.",
        str,
    )
    mipush_url: str = _setting(
        "TRACKER_MIPUSH_URL",
        "https://api.xmpush.xiaomi.com",
        "The Mi Push server of the app's region.",
        _url,
    )
    private_addresses: bool = _setting(
        "TRACKER_PRIVATE_ADDRESSES",
        "0",
        "1 lets the addresses that testers give (webhooks, ntfy, push services) be on private "
        "networks.",
        _flag,
    )
    pool_size: int = _setting(
        "TRACKER_POOL_SIZE",
        "8",
        "Database connections held by one process, at most; one more hears of changes.",
        _number(2, 200),
    )
    log_format: Literal["console", "json"] = _setting(
        "TRACKER_LOG_FORMAT",
        "console",
        "How the log on standard error is written: console for people, json for machines.",
        _log_format,
    )
    debug: bool = _setting(
        "TRACKER_DEBUG",
        "0",
        "1 shows errors in the browser and opens the pages under /dev. Never where others can "
        "reach it.",
        _flag,
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read and check every variable. Raises SettingsError.

        An empty one counts as absent. One we do not know is passed over: another version may
        share the environment.
        """
        values: dict[str, object] = {}
        for each in fields(cls):
            variable = each.metadata["variable"]
            text = environ.get(variable, "").strip()
            if not text:
                continue
            try:
                values[each.name] = each.metadata["parse"](text)
            except ValueError as problem:
                # A connection string or a key may hold a password: never repeat those.
                shown = "" if each.metadata["default"] is None else f" is {text!r}, but"
                raise SettingsError(f"{variable}{shown or ':'} {problem}.") from None
        return cls(**cast("dict[str, Any]", values))

    def signing_key(self) -> str:
        """TRACKER_SECRET_KEY, or the key kept in the data directory, made at the first call.

        Safe when several processes start at once: the first to link its file into place wins.
        """
        if self.secret_key is not None:
            return self.secret_key
        kept = self.data / "secret_key"
        try:
            return _read_key(kept)
        except FileNotFoundError:
            pass
        self.data.mkdir(parents=True, exist_ok=True)
        draft = self.data / f"secret_key.{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48) + "\n")
                file.flush()
                os.fsync(file.fileno())
            # Linked when it is whole, so nobody ever reads half a key.
            kept.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
        return _read_key(kept)


def _read_key(path: Path) -> str:
    key = path.read_text().strip()
    if len(key) < 32:
        raise SettingsError(
            f"The key in {path} is damaged. Remove the file and start again: a new one is made, "
            "forms that are open in a browser have to be sent again, and links in messages that "
            "have gone out stop working."
        )
    return key


@dataclass(frozen=True, slots=True)
class Described:
    """One setting as the README's table shows it."""

    variable: str
    default: str
    help: str


def described() -> list[Described]:
    """Every setting, in the README's order."""
    return [
        Described(each.metadata["variable"], each.metadata["default"] or "", each.metadata["help"])
        for each in fields(Settings)
    ]
