"""What the screen shows of a report, fetched before it is asked for.

Over a slow link the next report is there when its turn comes. What is older than a few seconds is
fetched again when it is looked at: somebody else may have been there.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from cli.client import Client
from cli.exits import Thing
from cli.next.asking import Asking

FRESH = 5.0
"""Seconds for which what was fetched is not asked for again."""
ALIKE = 9
"""As many as there are digits to look at them."""


@dataclass(frozen=True)
class Known:
    """A report in full, what is like it, and the saved replies as they would be said under it."""

    report: Thing
    alike: list[Thing]
    replies: list[Thing]
    at: float

    @property
    def fresh(self) -> bool:
        return time.monotonic() - self.at < FRESH


class Ahead:
    def __init__(self, server: Client, call: Asking) -> None:
        self._server = server
        self._call = call
        self._known: dict[str, Known] = {}
        self._under_way: dict[str, asyncio.Task[Known]] = {}

    def known(self, name: str) -> Known | None:
        """What is known of it now, however old."""
        return self._known.get(name)

    def forget(self, *names: str) -> None:
        for name in names:
            self._known.pop(name, None)
            self._under_way.pop(name, None)

    async def fetch(self, name: str) -> Known:
        """What is known of it, at most a few seconds old. `TriageError` where it cannot be had."""
        known = self._known.get(name)
        if known is not None and known.fresh:
            return known
        task = self._under_way.get(name)
        if task is None or task.done():
            task = asyncio.create_task(self._ask(name))
            self._under_way[name] = task
        # Whoever waits may go away: the others still want it.
        return await asyncio.shield(task)

    async def _ask(self, name: str) -> Known:
        call, get = self._call, self._server.get
        report, alike, replies = await asyncio.gather(
            call(get, f"reports/{name}"),
            call(get, f"reports/{name}/similar", {"limit": ALIKE}),
            call(get, f"reports/{name}/saved-replies"),
        )
        known = Known(report, alike["items"], replies["items"], time.monotonic())
        if self._under_way.get(name) is asyncio.current_task():
            self._known[name] = known
        return known
