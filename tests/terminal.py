"""A real terminal, with the real `triage` process in it, as somebody sits in front of it.

    async def test_…(terminal_of, filed):
        async with terminal_of("erin", "next") as terminal:
            await terminal.sees("R-1")
            await terminal.press("l", until="Link R-1")

pyte draws what the process writes; `text` is what one would read off the screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import struct
import sys
import termios
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Protocol

import pyte
import pytest

from tests.cast import Cast, bearer_token
from tests.live import LONGEST, ROOT

NAMED = {"Enter": "\r", "Esc": "\x1b", "Ctrl-S": "\x13", "Ctrl-C": "\x03", "Down": "\x1b[B"}


class Terminal:
    """`size` is columns and lines."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._changed = asyncio.Event()
        self._keyboard = -1
        self.bytes = 0
        """Written by the process so far."""
        self.code: int | None = None

    @property
    def lines(self) -> list[str]:
        shown: list[str] = list(self._screen.display)
        return [line.rstrip() for line in shown]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    async def sees(self, *words: str, without: str = "") -> str:
        """Waits until all the words are on the screen, and `without` is not; answers the text."""

        def there() -> bool:
            text = self.text
            return all(word in text for word in words) and not (without and without in text)

        return await self._until(there, f"{words} without {without!r}")

    async def press(self, *keys: str, until: str = "", without: str = "") -> str:
        """Type: names such as Enter, or text. Then wait for the words."""
        for key in keys:
            os.write(self._keyboard, NAMED.get(key, key).encode(errors="surrogateescape"))
        return await self.sees(until, without=without) if until or without else self.text

    async def _until(self, there: Callable[[], bool], what: str) -> str:
        try:
            async with asyncio.timeout(LONGEST):
                while not there():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"never seen: {what}, but\n{self.text}") from None
        return self.text

    def read(self) -> None:
        """What the process has written goes onto the screen."""
        try:
            written = os.read(self._keyboard, 65536)
        except OSError:
            asyncio.get_running_loop().remove_reader(self._keyboard)
            return
        self.bytes += len(written)
        self._stream.feed(written)
        self._changed.set()

    @contextlib.asynccontextmanager
    async def running(self, *words: str, environment: dict[str, str]) -> AsyncIterator[Terminal]:
        self._keyboard, inside = os.openpty()
        size = struct.pack("HHHH", self._screen.lines, self._screen.columns, 0, 0)
        fcntl.ioctl(inside, termios.TIOCSWINSZ, size)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cli"),
            *words,
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "LANG": "C.UTF-8",
                "TERM": "xterm-256color",
                **environment,
            },
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
        )
        os.close(inside)
        asyncio.get_running_loop().add_reader(self._keyboard, self.read)
        try:
            yield self
            async with asyncio.timeout(LONGEST):
                self.code = await process.wait()
        finally:
            asyncio.get_running_loop().remove_reader(self._keyboard)
            if process.returncode is None:
                process.kill()
                await process.wait()
            os.close(self._keyboard)


class TerminalOf(Protocol):
    def __call__(
        self, handle: str, *words: str, size: tuple[int, int] = (80, 24), url: str = ""
    ) -> contextlib.AbstractAsyncContextManager[Terminal]: ...


@pytest.fixture
def terminal_of(live_server: str, cast: Cast, tmp_path: Path) -> TerminalOf:
    """`terminal_of("erin", "next")` is a terminal of 80 × 24 in which erin runs `triage next`. It
    waits for the command to end."""

    def make(
        handle: str, *words: str, size: tuple[int, int] = (80, 24), url: str = "", **more: Any
    ) -> contextlib.AbstractAsyncContextManager[Terminal]:
        home = tmp_path / handle
        home.mkdir(exist_ok=True)
        environment = {
            "HOME": str(home),
            "TRIAGE_CONFIG_DIR": str(home / "triage"),
            "TRIAGE_URL": url or live_server,
            "TRIAGE_TOKEN": bearer_token(handle),
            **more,
        }
        return Terminal(size).running(*words, environment=environment)

    return make


__all__ = ["Terminal", "TerminalOf", "terminal_of"]
