"""What every command does before and after its own work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tracker.settings import Settings

T = TypeVar("T")


def read_settings() -> Settings:
    """The settings, with the log going where they say. Raises SettingsError."""
    from tracker import logs

    settings = Settings.from_environment()
    logs.configure(settings.log_format, debug=settings.debug)
    return settings


def with_database(work: Callable[[Settings], Awaitable[T]], *, migrated: bool = True) -> T:
    """Run `work` with the database started and, as `serve` does it, its tables up to date."""
    from tracker import database

    settings = read_settings()

    async def run() -> T:
        await database.start(settings)
        try:
            if migrated:
                await database.migrate()
            return await work(settings)
        finally:
            await database.stop()

    return asyncio.run(run())
