"""The whole queue as a list: to go somewhere in it, and to mark several."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.layout import FormattedTextControl, HSplit, Window
from prompt_toolkit.layout.containers import AnyContainer

from cli.next import pictures
from cli.next.drawing import Lines, drawn
from cli.next.panels import Drawing, Panel
from cli.next.pile import Pile
from cli.render import utc_now


class Listing(Panel[str]):
    """Ends with the report to go to."""

    tall = True

    def __init__(self, pile: Pile, near: Callable[[int], None]) -> None:
        """`near` is told of the places that are come to."""
        super().__init__()
        rows = _Rows(pile, self.keys, near)
        self.keys.add("q")(lambda _: self.end(None))
        self.keys.add("enter")(lambda _: self.end(rows.chosen()))
        self._window = Window(rows)
        foot = "Enter goes there · x marks · X unmarks all · q goes back"
        self._foot = Window(FormattedTextControl([("class:dim", foot)]), height=1)

    def container(self) -> AnyContainer:
        return HSplit([self._window, self._foot])

    def focus(self) -> Window:
        return self._window


class _Rows(Drawing):
    def __init__(self, pile: Pile, keys: KeyBindings, near: Callable[[int], None]) -> None:
        super().__init__(keys)
        self._pile = pile
        self._near = near
        self._at = min(pile.at, max(0, len(pile.entries) - 1))
        self._top = 0
        self._height = 1
        for key in ("down", "j"):
            keys.add(key)(lambda _: self._move(1))
        for key in ("up", "k"):
            keys.add(key)(lambda _: self._move(-1))
        for key in ("pagedown", " "):
            keys.add(key)(lambda _: self._move(self._height))
        for key in ("pageup", "b"):
            keys.add(key)(lambda _: self._move(-self._height))
        keys.add("x")(lambda _: self._mark())
        keys.add("X")(lambda _: pile.marked.clear())

    def chosen(self) -> str | None:
        return self._pile.entries[self._at].id if self._pile.entries else None

    def _move(self, step: int) -> None:
        self._at = min(max(0, self._at + step), max(0, len(self._pile.entries) - 1))
        self._near(self._at)

    def _mark(self) -> None:
        if self._pile.entries:
            self._pile.mark(self._pile.entries[self._at].report)
            self._move(1)

    def draw(self, width: int, height: int) -> Lines:
        self._height, now = height, utc_now()
        self._top = min(max(self._top, self._at - height + 1), self._at)
        lines: Lines = []
        for place, entry in enumerate(self._pile.entries[self._top : self._top + height]):
            here = self._top + place == self._at
            (line,) = drawn(pictures.queue_line(entry, self._pile, now), width - 2)
            lines.append([("bold", "› " if here else "  "), *line])
        return lines
