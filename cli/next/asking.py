"""Asking the server while the screen lives on."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 6
"""Requests under way at the same time."""


class Asking:
    """Like `asyncio.to_thread`, but nobody who ends the program waits for an answer that is late."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, ask: Callable[P, T], *args: P.args, **given: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def tell(result: T | None, fault: BaseException | None) -> None:
            if answer.done():
                return
            if fault is not None:
                answer.set_exception(fault)
            else:
                answer.set_result(result)  # type: ignore[arg-type]

        def work() -> None:
            result, fault = None, None
            try:
                result = ask(*args, **given)
            except Exception as error:
                fault = error
            # The loop may be over by now.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(tell, result, fault)

        async with self._room:
            threading.Thread(target=work, daemon=True).start()
            return await answer
