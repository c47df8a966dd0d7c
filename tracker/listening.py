"""Hearing what other transactions announce (PostgreSQL's NOTIFY), on a connection of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Protocol

import asyncpg
import structlog

from tracker import database

log = structlog.stdlib.get_logger(__name__)

AGAIN_AFTER = 1.0
"""Seconds until it is tried again when there is no connection."""
PULSE = 10.0
"""Seconds of silence after which the connection is asked whether it is still there."""
PATIENCE = 5.0
"""Seconds it has to answer in."""


class Listener(Protocol):
    """`begin` is called once nothing is missed from here on, `end` when something may be."""

    def begin(self) -> None: ...
    def hear(self) -> None: ...
    def end(self) -> None: ...


@contextlib.asynccontextmanager
async def listening(channel: str, listener: Listener) -> AsyncIterator[None]:
    """For the block, tell `listener` of every announcement, from whichever process it comes.

    Needs the database started. A connection that is lost is made anew; what was announced in
    between is never heard.
    """
    task = asyncio.create_task(_listen(channel, listener))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _listen(channel: str, listener: Listener) -> None:
    while True:
        try:
            await _until_lost(channel, listener)
            log.warning("the connection that listens was closed", channel=channel)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
            log.warning("not listening", channel=channel, problem=repr(problem))
        await asyncio.sleep(AGAIN_AFTER)


async def _until_lost(channel: str, listener: Listener) -> None:
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(
        **database.connection_arguments(), timeout=PATIENCE
    )
    lost = asyncio.Event()

    def lose(_: object) -> None:
        # At once, not when the task below has its turn.
        listener.end()
        lost.set()

    def hear(*_: Any) -> None:
        listener.hear()

    try:
        connection.add_termination_listener(lose)
        await connection.add_listener(channel, hear)
        if not lost.is_set():
            listener.begin()
        while not lost.is_set():
            try:
                await asyncio.wait_for(lost.wait(), PULSE)
            except TimeoutError:
                await connection.execute("SELECT 1", timeout=PATIENCE)
    finally:
        listener.end()
        connection.terminate()
