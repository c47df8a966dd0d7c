"""A worker as a process, with little patience: what takes days with `tracker work` takes seconds.

It tells receivers its number in the header `worker`. Killed at any moment, on purpose.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.crash.stage import forking
from tracker import database, logs
from tracker.channels import web
from tracker.channels.base import Channel, ChannelName
from tracker.channels.ntfy import Ntfy
from tracker.channels.webhook import Webhook
from tracker.deliveries.patience import Patience
from tracker.deliveries.worker import Worker
from tracker.settings import Settings

PATIENCE = Patience(first=0.5, longest=2.0, pause=0.3, longest_pause=1.0)
CALL = 3.0
"""Seconds that a host has to answer in."""
LEASE = timedelta(seconds=7)


class _Web(web.Web):
    def _client(self) -> httpx.AsyncClient:
        client = super()._client()
        client.headers["worker"] = str(os.getpid())
        return client


async def work(settings: Settings) -> None:
    web.PATIENCE = CALL
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await database.start(settings)
    try:
        async with _Web(private=True) as ours:
            channels: Mapping[ChannelName, Channel] = {
                ChannelName.WEBHOOK: Webhook(ours, private=True),
                ChannelName.NTFY: Ntfy(ours, private=True),
            }
            worker = Worker(
                channels,
                settings,
                clock=lambda: datetime.now(UTC),
                patience=PATIENCE,
                lease=LEASE,
            )
            await worker.run(stop)
    finally:
        await database.stop()


def _run(settings: Settings, journal: Path) -> None:
    os.setsid()
    with journal.open("ab") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    logs.configure("json")
    asyncio.run(work(settings))


class SomeWorker:
    def __init__(self, settings: Settings, journal: Path) -> None:
        self._process = forking.Process(target=_run, args=(settings, journal))
        self._process.start()
        assert self._process.pid is not None
        self.number = self._process.pid

    @property
    def runs(self) -> bool:
        return self._process.exitcode is None

    async def kill(self) -> None:
        """As the kernel does when memory is short: no chance to finish anything."""
        self._process.kill()
        await asyncio.to_thread(self._process.join)

    async def stop(self) -> int | None:
        self._process.terminate()
        await asyncio.to_thread(self._process.join, 60.0)
        return self._process.exitcode
