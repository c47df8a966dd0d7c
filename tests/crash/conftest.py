"""A Friday that is due, in a database that others can be copied from."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.crash.friday import Friday
from tests.crash.stage import stage
from tracker.settings import Settings


@pytest.fixture(scope="session")
def friday() -> Friday:
    """Made from TRACKER_TEST_SEED, else from chance; the seed is printed with a failure."""
    seed = int(os.environ.get("TRACKER_TEST_SEED") or secrets.randbelow(10**6))
    print(f"TRACKER_TEST_SEED={seed}")  # noqa: T201
    return Friday(seed)


@pytest_asyncio.fixture(scope="session")
async def template(settings: Settings, friday: Friday) -> AsyncIterator[str]:
    """The name of the database: nobody is connected to it."""
    async with stage(settings.data) as empty:
        await empty.migrate()
        await friday.write(empty.connection)
        await empty.connection.close()
        yield empty.name
