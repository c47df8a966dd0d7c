"""The screen of `triage next`: what is where on it, and which key runs what.

Keys are taken one at a time. What is typed while the server is asked is held back until it has
answered, so that typing ahead over a slow link does what it would do over a fast one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from typing import TypeVar

from prompt_toolkit.application import Application
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import (
    ConditionalContainer,
    Dimension,
    DynamicContainer,
    FormattedTextControl,
    HSplit,
    Layout,
    VSplit,
    Window,
)
from prompt_toolkit.layout.containers import AnyContainer
from prompt_toolkit.styles import Style
from rich.console import RenderableType

from cli.client import Client
from cli.exits import Thing, TriageError
from cli.next import pictures
from cli.next.ahead import Ahead, Known
from cli.next.asking import Asking
from cli.next.drawing import Lines, drawn, joined
from cli.next.keys import Keyboard
from cli.next.panels import Panel, Scroll, columns
from cli.next.pile import Entry, Pile
from cli.output import clean
from cli.render import utc_now

T = TypeVar("T")

AT_ONCE = 100
"""Reports fetched of the queue in one go: a page of the API."""
MOST_SAID = 4
"""Lines for what is said: what others did can be long."""
ALIKE_WIDTH = 31
NARROWEST = 72
"""Columns below which what is alike is left out."""


class Screen:
    """`queue` begins to fetch it from its head, page by page as it is asked for."""

    def __init__(self, server: Client, *, me: Thing, queue: Callable[[], Iterator[Thing]]) -> None:
        self.server = server
        self.me = me
        self.pile = Pile()
        self.call = Asking()
        self.ahead = Ahead(server, self.call)
        self.more = True
        """There may be more reports in the queue than were fetched."""
        self._queue = queue
        self._reports = queue()
        self._fetching = asyncio.Lock()
        self._said: tuple[str, str] = ("", "")
        self._panel: Panel[object] | None = None
        self._busy = False
        self._held: list[KeyPress] = []
        self._drawn: dict[str, tuple[object, Lines]] = {}
        self._keyboard = Keyboard(self)
        self._scroll = Scroll(self._body, self._keys())
        self._reading = Window(self._scroll)
        self._tasks: set[asyncio.Task[None]] = set()

    def run(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        await self.fetch_more()
        self._app: Application[None] = self._application()
        self.arrive()
        await self._app.run_async()

    # What keys need.

    async def asked(self, panel: Panel[T]) -> T | None:
        """The answer to a panel; None where it was left."""
        panel.ended = self._close_panel
        self._panel = panel  # type: ignore[assignment]
        self._app.layout.focus(panel.focus())
        self._busy = False
        self._app.invalidate()
        self._replay()
        return await panel.answer

    def say(self, words: str, style: str = "class:good") -> None:
        self._said = (style, clean(words))

    def _also(self, words: str, style: str) -> None:
        """Say it behind what is said already."""
        _, said = self._said
        self.say(f"{said} · {words}" if said else words, style)

    def arrive(self) -> None:
        """Another report is looked at, or the same one anew: from its beginning, and fetched."""
        self._scroll.to_top()
        self._start(self._look_ahead())

    def end(self) -> None:
        if not self._app.is_done:
            self._app.exit()

    async def fetch_more(self, *, anew: bool = False) -> int:
        """The next reports of the queue; how many came. `anew`: from its head, past those that are
        known."""
        async with self._fetching:
            if anew:
                self._reports, self.more = self._queue(), True
            before = len(self.pile.entries)
            while self.more and len(self.pile.entries) == before:
                try:
                    found = await self.call(lambda: list(islice(self._reports, AT_ONCE)))
                except TriageError:
                    # An iterator that failed says that it is at its end.
                    self._reports = self._queue()
                    raise
                self.pile.add(found)
                self.more = len(found) == AT_ONCE
            return len(self.pile.entries) - before

    def near(self, place: int) -> None:
        """This place of the queue is come to: what is behind it is fetched in time."""
        if self.more and len(self.pile.entries) - place < AT_ONCE // 2:
            self._start(self._fetch_behind())

    def press(self, deed: Callable[[], Awaitable[None]]) -> None:
        """Begin what a key does. Until it ends, or asks something, other keys are held back."""
        self._busy = True
        self._said = ("", "")
        self._start(self._do(deed))

    # What goes on behind.

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A fault of ours ends the screen and is shown as such; nobody is left in front of keys
        that do nothing."""
        self._tasks.discard(task)
        if (
            not task.cancelled()
            and (fault := task.exception()) is not None
            and self._app.is_running
            and not self._app.is_done
        ):
            self._app.exit(exception=fault)

    async def _do(self, deed: Callable[[], Awaitable[None]]) -> None:
        try:
            await deed()
        except TriageError as failure:
            # What was typed ahead was meant for what would have come of it.
            self._held.clear()
            fields = "; ".join(
                f"{field}: {words}" if field else words for field, words in failure.fields
            )
            self.say(f"{failure.message}: {fields}" if fields else failure.message, "class:bad")
        finally:
            self._busy = False
            self._app.invalidate()
            self._replay()

    async def look(self) -> None:
        """Fetch what is looked at. Where that cannot be, it is said."""
        entry = self.pile.current
        if entry is None:
            return
        with self._behind(entry):
            self._arrived(entry, await self.ahead.fetch(entry.id))

    async def _look_ahead(self) -> None:
        """Fetch what is looked at, and then what comes next."""
        await self.look()
        self.near(self.pile.at)
        after = self.pile.after()
        if self.pile.current is not None and after is not None:
            with self._behind(self.pile.current):
                await self.ahead.fetch(after.id)

    async def _fetch_behind(self) -> None:
        if self._fetching.locked():
            return
        before = self.pile.current
        with self._behind(before):
            await self.fetch_more()
            if before is None and self.pile.current is not None:
                self.arrive()

    @contextlib.contextmanager
    def _behind(self, entry: Entry | None) -> Iterator[None]:
        """What is fetched without a key for it: where it cannot be had, that is said while the
        same report is looked at, behind what is said already."""
        try:
            yield
        except TriageError as failure:
            if self.pile.current is entry and failure.message not in self._said[1]:
                self._also(f"{failure.message} · R tries again", "class:bad")
        finally:
            self._app.invalidate()

    def _arrived(self, entry: Entry, known: Known) -> None:
        """What came is what the next deed is decided on. Where it is not what the queue said, that
        is said, too."""
        before, now = entry.report, known.report
        self.pile.renew(now)
        # Commands typed later are decided on it, too.
        self.server.seen[entry.id] = now["revision"]
        if self.pile.current is not entry or entry.done or before["revision"] == now["revision"]:
            return
        if words := pictures.by_others(before, now, me=self.me):
            self._also(f"Meanwhile: {words}", "class:wait")

    def _close_panel(self) -> None:
        """An answer was given: what asked goes on, and holds back keys until it is done."""
        self._panel = None
        self._busy = True
        self._app.layout.focus(self._reading)

    def _replay(self) -> None:
        held, self._held = self._held, []
        if held:
            self._app.key_processor.feed_multiple(held)
            self._app.key_processor.process_keys()

    # The screen.

    def _application(self) -> Application[None]:
        self._keys_line = Window(FormattedTextControl(self._line), height=1)
        wide = Condition(lambda: self._alike_width() > 0)
        tall = Condition(lambda: self._panel is not None and self._panel.tall)
        alike = VSplit(
            [
                Window(width=1, char="│", style="class:dim"),
                Window(
                    FormattedTextControl(self._alike), width=lambda: self._alike_width() or None
                ),
            ]
        )
        middle = VSplit([self._reading, ConditionalContainer(alike, wide)])
        rule = Window(height=1, char="─", style="class:dim")
        said = Window(
            FormattedTextControl(lambda: [self._said]),
            height=Dimension(min=1, max=MOST_SAID),
            dont_extend_height=True,
            wrap_lines=True,
        )
        root = HSplit(
            [
                Window(FormattedTextControl(self._head), height=3),
                Window(height=1, char="─", style="class:dim"),
                ConditionalContainer(HSplit([middle, rule, said]), ~tall),
                DynamicContainer(self._foot),
            ]
        )
        held = KeyBindings()
        busy = Condition(lambda: self._busy)
        held.add(Keys.Any, filter=busy, eager=True)(
            lambda event: self._held.extend(event.key_sequence)
        )
        held.add("c-c", filter=busy, eager=True)(lambda _: self.end())
        style = Style.from_dict(
            {"dim": "ansibrightblack", "good": "ansigreen", "wait": "ansiyellow", "bad": "ansired"}
        )
        app: Application[None] = Application(
            Layout(root, focused_element=self._reading),
            key_bindings=held,
            style=style,
            full_screen=True,
        )
        # Seconds until Esc is taken for itself. An arrow key begins with it, too, but comes as one
        # packet, even over a slow link.
        app.ttimeoutlen = 0.1
        return app

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        for key, deed in self._keyboard.deeds():
            keys.add(key)(self._pressed(deed))
        # Else it would wait for a second key, to be Alt with that.
        keys.add("escape", eager=True)(lambda _: None)
        return keys

    def _pressed(self, deed: Callable[[], Awaitable[None]]) -> Callable[[KeyPressEvent], None]:
        return lambda _: self.press(deed)

    def _alike_width(self) -> int:
        if columns() < NARROWEST or self.pile.current is None:
            return 0
        return max(ALIKE_WIDTH, columns() * 2 // 5) if columns() > 100 else ALIKE_WIDTH

    def _head(self) -> StyleAndTextTuples:
        picture = pictures.head(self.pile, more=self.more, now=utc_now())
        return joined(drawn(picture, columns()))

    def _body(self, width: int) -> Lines:
        entry, known = self._seen()
        at = (entry.id if entry else None, known.at if known else None, width, self.pile.left)
        return self._once("body", at, lambda: pictures.body(entry, known, self.pile), width)

    def _alike(self) -> StyleAndTextTuples:
        entry, known = self._seen()
        width = self._alike_width()
        at = (entry.id if entry else None, known.at if known else None, width)
        return joined(self._once("alike", at, lambda: pictures.alike(known), width))

    def _seen(self) -> tuple[Entry | None, Known | None]:
        entry = self.pile.current
        return entry, self.ahead.known(entry.id) if entry else None

    def _once(
        self, part: str, what: object, picture: Callable[[], RenderableType], width: int
    ) -> Lines:
        """A part of the screen, drawn anew when what it shows has changed: at most keys it has
        not."""
        before, lines = self._drawn.get(part, (None, []))
        if before != what:
            lines = drawn(picture(), width)
            self._drawn[part] = (what, lines)
        return lines

    def _foot(self) -> AnyContainer:
        if self._panel is not None:
            return self._panel.container()
        return self._keys_line

    def _line(self) -> StyleAndTextTuples:
        return joined(drawn(self._keyboard.line(self._busy), columns()))
