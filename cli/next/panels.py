"""What is asked at the foot of the screen, with the report still above it, or on all of it.

A panel is awaited. It ends with an answer, or with None where it was left with Esc or Ctrl-C.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import BufferControl, FormattedTextControl, HSplit, VSplit, Window
from prompt_toolkit.layout.containers import AnyContainer
from prompt_toolkit.layout.controls import UIContent, UIControl
from rich.console import Group, RenderableType
from rich.text import Text

from cli.next.drawing import Lines, drawn, joined
from cli.output import clean

T = TypeVar("T")


def columns() -> int:
    return get_app().output.get_size().columns


class Panel(Generic[T]):
    """What all have in common: a picture above, a place for keys, and an end."""

    tall = False
    """It takes the whole screen but for the report's head."""

    def __init__(self, above: Sequence[RenderableType] = ()) -> None:
        self.above = above
        self.answer: asyncio.Future[T | None] = asyncio.get_running_loop().create_future()
        self.ended: Callable[[], None] = lambda: None
        self.keys = KeyBindings()
        for key in ("escape", "c-c", "c-g"):
            self.keys.add(key, eager=True)(lambda _: self.end(None))

    def end(self, answer: T | None) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)
            self.ended()

    def heading(self) -> Window:
        def text() -> StyleAndTextTuples:
            return joined(drawn(Group(*self.above), columns()))

        return Window(FormattedTextControl(text), dont_extend_height=True, wrap_lines=False)

    def container(self) -> AnyContainer:
        raise NotImplementedError

    def focus(self) -> Window:
        raise NotImplementedError


class Line(Panel[str]):
    """A line to write, below what is asked. `Enter` answers, also with nothing in it."""

    def __init__(self, ask: str, text: str = "", above: Sequence[RenderableType] = ()) -> None:
        super().__init__([*above, Text(ask, style="bold")])
        buffer = Buffer(multiline=False, document=Document(text))
        # A pasted text may have several lines.
        self.keys.add("enter")(lambda _: self.end(" ".join(buffer.text.split())))
        self._written = Window(BufferControl(buffer, key_bindings=self.keys), height=1)

    def container(self) -> AnyContainer:
        begin = Window(FormattedTextControl("› "), width=2, height=1, style="bold")
        return HSplit([self.heading(), VSplit([begin, self._written])])

    def focus(self) -> Window:
        return self._written


class Writing(Panel[str]):
    """Several lines to write. Ctrl-S sends them; what was written is kept where it is left."""

    def __init__(self, ask: str, text: str, keep: Callable[[str], None]) -> None:
        foot = Text("Ctrl-S sends · Esc leaves it, and keeps what is written", style="dim")
        super().__init__([Text(clean(ask), style="bold")])
        buffer = Buffer(
            multiline=True,
            document=Document(text),
            on_text_changed=lambda changed: keep(changed.text),
        )
        for key in ("c-s", "c-d"):
            self.keys.add(key)(lambda _: self.end(buffer.text.strip()))
        self._written = Window(
            BufferControl(buffer, key_bindings=self.keys), height=7, wrap_lines=True
        )
        self._foot = Window(FormattedTextControl(lambda: joined(drawn(foot, columns()))), height=1)

    def container(self) -> AnyContainer:
        return HSplit([self.heading(), self._written, self._foot])

    def focus(self) -> Window:
        return self._written


@dataclass(frozen=True)
class Option(Generic[T]):
    """Without a `key` the arrows alone come to it."""

    key: str
    words: str
    value: T


class Choice(Panel[T]):
    """One key of several; or Enter, for the one that the arrows are at."""

    def __init__(self, above: Sequence[RenderableType], options: Sequence[Option[T]]) -> None:
        super().__init__([*above])
        self._options = options
        self._at = 0
        for option in options:
            if option.key:
                self.keys.add(option.key)(self._ends_with(option.value))
        self.keys.add("up")(lambda _: self._move(-1))
        self.keys.add("down")(lambda _: self._move(1))
        self.keys.add("q")(lambda _: self.end(None))
        if options:
            self.keys.add("enter")(lambda _: self.end(options[self._at].value))
        self._listed = Window(
            FormattedTextControl(
                self._text, focusable=True, key_bindings=self.keys, show_cursor=False
            ),
            dont_extend_height=True,
        )

    def _ends_with(self, value: T) -> Callable[[KeyPressEvent], None]:
        return lambda _: self.end(value)

    def _move(self, step: int) -> None:
        self._at = (self._at + step) % max(1, len(self._options))

    def _text(self) -> StyleAndTextTuples:
        rows = [
            Text.assemble(
                ("› " if place == self._at else "  ", "bold yellow"),
                (f"{option.key:1} ", "bold cyan"),
                clean(option.words),
                no_wrap=True,
                overflow="ellipsis",
            )
            for place, option in enumerate(self._options)
        ]
        lines = drawn(Group(*(rows or [Text("Esc goes back", style="dim")])), columns())
        # Where there is room for only some of them, this one is seen.
        lines[self._at].insert(0, ("[SetCursorPosition]", ""))
        return joined(lines)

    def container(self) -> AnyContainer:
        return HSplit([self.heading(), self._listed] if self.above else [self._listed])

    def focus(self) -> Window:
        return self._listed


class Page(Panel[str]):
    """Something to read on the whole screen. Ends with the key pressed, of those given."""

    tall = True

    def __init__(self, picture: RenderableType, keys: str, foot: str) -> None:
        super().__init__()
        self._window = Window(Scroll(lambda width: drawn(picture, width), self.keys))
        self.keys.add("q")(lambda _: self.end(None))
        for key in keys:
            self.keys.add(key)(self._ends_with(key))
        self._foot = Window(FormattedTextControl([("class:dim", foot)]), height=1)

    def _ends_with(self, key: str) -> Callable[[KeyPressEvent], None]:
        return lambda _: self.end(key)

    def container(self) -> AnyContainer:
        return HSplit([self._window, self._foot])

    def focus(self) -> Window:
        return self._window


class Drawing(UIControl):
    """A part of the screen that is drawn anew for the room that it has, and takes keys."""

    def __init__(self, keys: KeyBindings) -> None:
        self._keys = keys

    def draw(self, width: int, height: int) -> Lines:
        """At most so many lines, each of at most so many cells."""
        raise NotImplementedError

    def create_content(self, width: int, height: int) -> UIContent:
        lines = self.draw(width, height)
        return UIContent(lambda place: lines[place], len(lines), show_cursor=False)

    def is_focusable(self) -> bool:
        return True

    def get_key_bindings(self) -> KeyBindings:
        return self._keys


class Scroll(Drawing):
    """More lines than there is room for, and the keys that move through them."""

    def __init__(self, lines: Callable[[int], Lines], keys: KeyBindings) -> None:
        super().__init__(keys)
        self._lines = lines
        self._top = 0
        self._height = 1
        self._count = 0
        for name in ("down", "j"):
            keys.add(name)(lambda _: self._move(1))
        for name in ("up", "k"):
            keys.add(name)(lambda _: self._move(-1))
        for name in ("pagedown", " "):
            keys.add(name)(lambda _: self._move(max(1, self._height - 2)))
        for name in ("pageup", "b"):
            keys.add(name)(lambda _: self._move(-max(1, self._height - 2)))
        keys.add("home")(lambda _: self.to_top())

    def _move(self, step: int) -> None:
        self._top = min(max(0, self._top + step), max(0, self._count - self._height))

    def to_top(self) -> None:
        self._top = 0

    def draw(self, width: int, height: int) -> Lines:
        lines = self._lines(width)
        self._height, self._count = height, len(lines)
        self._move(0)
        shown = lines[self._top : self._top + height]
        below = len(lines) - self._top - height
        if below > 0:
            shown = [*shown[:-1], [("bold", f"↓ {below + 1} more lines: space")]]
        return shown
