"""What tests of several files begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest_asyncio

from tests.cast import Clock
from tests.deliveries.posting import Post
from tracker.channels.web import Web
from tracker.settings import Settings


@pytest_asyncio.fixture
async def post(settings: Settings, clock: Clock) -> AsyncIterator[Post]:
    async with AsyncExitStack() as opened, Web(private=True) as web:
        yield Post(web, settings, clock, opened)
