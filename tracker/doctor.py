"""`tracker doctor`: whether everything is in place, and what to do where it is not."""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from tracker import database
from tracker.deliveries.findings import on_channels, on_deliveries
from tracker.settings import Settings, SettingsError
from tracker.web.templating import STATIC, templates_folder


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    well: bool
    detail: str
    """Where it is not well: what to do."""


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything, one after another. Starts the embedded database if it is not running,
    and stops it again; changes nothing in it."""
    yield Finding("settings", True, f"pages are at {settings.base_url}")
    if settings.debug and urlsplit(settings.base_url).scheme == "https":
        yield Finding("settings", False, "TRACKER_DEBUG shows errors to everybody; turn it off")
    yield _files()
    yield _data(settings)
    yield _key(settings)
    for remark in on_channels(settings):
        yield Finding(*remark)
    try:
        await database.start(settings)
    except database.StartError as problem:
        yield Finding("database", False, str(problem))
        return
    try:
        row = await database.fetch_row(
            "SELECT current_setting('server_version') AS version,"
            " current_setting('server_encoding') AS encoding"
        )
        assert row is not None
        kind = "embedded" if settings.database_url is None else "given"
        yield Finding(
            "database",
            row["encoding"] == "UTF8",
            f"PostgreSQL {row['version']} ({kind}), {row['encoding']}"
            + ("" if row["encoding"] == "UTF8" else ": make the database with ENCODING 'UTF8'"),
        )
        pending = await database.pending_migrations()
        yield Finding(
            "tables",
            not pending,
            f"{len(pending)} migrations have not run: `tracker migrate`"
            if pending
            else "up to date",
        )
        if not pending:
            for remark in await on_deliveries(now=datetime.now(UTC)):
                yield Finding(*remark)
    finally:
        await database.stop()


def _files() -> Finding:
    missing = [
        str(path)
        for path in (templates_folder() / "base.html", STATIC / "base.css")
        if not path.is_file()
    ]
    if missing:
        return Finding("files", False, f"{', '.join(missing)} missing: install the tracker again")
    return Finding("files", True, f"templates in {templates_folder()}")


def _data(settings: Settings) -> Finding:
    place = settings.data
    if not place.exists():
        parent = next(folder for folder in place.parents if folder.exists())
        if os.access(parent, os.W_OK | os.X_OK):
            return Finding("data directory", True, f"{place} will be made at the first start")
        return Finding("data directory", False, f"{place} cannot be made: {parent} is not writable")
    if not place.is_dir():
        return Finding("data directory", False, f"{place} is not a directory")
    if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
        return Finding("data directory", False, f"{place} is not writable for this user")
    return Finding("data directory", True, str(place))


def _key(settings: Settings) -> Finding:
    if settings.secret_key is not None:
        return Finding("signing key", True, "from TRACKER_SECRET_KEY")
    kept = settings.data / "secret_key"
    if not kept.exists():
        return Finding("signing key", True, "will be made at the first start")
    try:
        settings.signing_key()
    except (SettingsError, OSError) as problem:
        return Finding("signing key", False, str(problem))
    if _others_may_read(kept):
        return Finding("signing key", False, f"others may read {kept}: chmod 600 {kept}")
    return Finding("signing key", True, str(kept))


def _others_may_read(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
