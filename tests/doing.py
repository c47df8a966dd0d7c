"""What testers do on the pages and engineers through the API, a line each.

report = await file(alice, title="打开相机后闪退")   # on the page; "R-1"
proposal = await propose(erin, report)             # through the API; "P-1"
await fix(erin, proposal)
await friday(clock, settings, erin, "fuxi")        # the train leaves with a build for it
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from html import unescape
from typing import Any

import asyncpg
import httpx

from tests.cast import Browser, Clock
from tracker import schedule
from tracker.settings import Settings

FRIDAY = "2026-11-27"
FORM = {
    "device": "fuxi",
    "kind": "bug",
    "module": "camera",
    "title": "打开相机后闪退",
    "severity": "normal",
    "frequency": "sometimes",
}
BUILD = "26.11.27"
"""The build that leaves on FRIDAY."""


async def file(browser: Browser, **form: Any) -> str:
    """File a report on the page; returns its number."""
    answer = await browser.submit("/reports", FORM | form)
    assert answer.status_code == 303, answer.text
    found = re.match(r"/reports/(R-\d+)", answer.headers["location"])
    assert found, answer.headers["location"]
    return found[1]


async def ok(response: httpx.Response) -> Any:
    assert response.is_success, f"{response.status_code}: {response.text}"
    return response.json()


async def stored(client: httpx.AsyncClient, report: str) -> Any:
    """The report as the API has it."""
    return await ok(await client.get(f"reports/{report}"))


async def propose(engineer: httpx.AsyncClient, *reports: str, **more: Any) -> str:
    body = {
        "title": "CameraService 启动顺序",
        "module": "camera",
        "reports": reports,
        "changelog": {"zh": "修复打开相机后闪退的问题", "en": "Camera closed on opening"},
        **more,
    }
    proposal: str = (await ok(await engineer.post("proposals", json=body)))["id"]
    return proposal


async def start(engineer: httpx.AsyncClient, proposal: str) -> None:
    await ok(await engineer.patch(f"proposals/{proposal}", json={"state": "in_progress"}))


async def fix(engineer: httpx.AsyncClient, proposal: str, *models: str) -> None:
    """For these models; without any, for all."""
    body = {"models": list(models) or None, "change": "I7c1d2e"}
    await ok(await engineer.put(f"proposals/{proposal}/fix", json=body))


async def ask(engineer: httpx.AsyncClient, report: str, text: str) -> None:
    await ok(await engineer.put(f"reports/{report}/question", json={"text": text}))


async def close(engineer: httpx.AsyncClient, report: str, reason: str, text: str) -> None:
    body = {"reason": reason, "text": text}
    await ok(await engineer.put(f"reports/{report}/closure", json=body))


async def friday(
    clock: Clock, settings: Settings, engineer: httpx.AsyncClient, *devices: str
) -> None:
    """Add FRIDAY's build for these models and let the train leave, at 17:00 of that day."""
    for device in devices:
        body = {"ring": "closed", "release": FRIDAY}
        await ok(await engineer.put(f"builds/{device}/{BUILD}", json=body))
    clock.set(datetime.fromisoformat(f"{FRIDAY}T17:00:00+08:00"))
    await schedule.tick(settings, clock.now)


def words(page: str) -> str:
    """What a reader of the page reads: its text, white space folded."""
    main = page[page.find("<main") : page.find("</main>")]
    text = re.sub(r"<(script|style|svg|select|datalist).*?</\1>", " ", main, flags=re.DOTALL)
    text = unescape(re.sub(r"<[^>]+>", "\x00", text)).replace("\x00", " ")
    return re.sub(r"\s+", " ", text).strip()


@contextmanager
def counting_queries() -> Iterator[list[str]]:
    """Every statement that reaches PostgreSQL with values, by whichever way."""
    seen: list[str] = []
    # Every way through a connection ends there; its types leave it out.
    connection: Any = asyncpg.Connection
    original = connection._do_execute

    async def counted(self: Any, query: str, *args: Any, **more: Any) -> Any:
        # A connection that meets a type for the first time asks for it; which one does is chance.
        if "typeinfo_tree" not in query and "set_config('jit'" not in query:
            seen.append(query)
        return await original(self, query, *args, **more)

    connection._do_execute = counted
    try:
        yield seen
    finally:
        connection._do_execute = original
