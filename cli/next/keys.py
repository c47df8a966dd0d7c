"""What each key does, in words and in deed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from cli.next import pictures
from cli.next.deciding import Deciding
from cli.next.looking import Looking
from cli.next.panels import Choice, Option, Page
from cli.next.saying import Saying
from cli.next.work import Deed

if TYPE_CHECKING:
    from cli.next.screen import Screen


class Keyboard:
    """The keys of the screen, in the order in which help lists them."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        deciding, saying, looking = Deciding(screen), Saying(screen), Looking(screen)
        self._alike, self._forward, self._back = looking.alike, looking.forward, looking.back
        self._unsent = saying.unsent
        self._table: tuple[tuple[str, str, str, Deed], ...] = (
            ("l", "link", "link it to a proposal", deciding.link),
            ("L", "", "take it out of its proposal", deciding.unlink),
            ("p", "propose", "make a proposal of it", deciding.propose),
            ("a", "ask", "ask its reporter; saved replies are offered", saying.ask),
            ("r", "reply", "write to its reporter", saying.reply),
            ("i", "", "write a note that testers never see", saying.note),
            ("c", "close", "close it, with a reason", saying.close),
            ("o", "", "give it to somebody; Enter: to yourself", deciding.own),
            ("z", "", "put it aside for a while", deciding.snooze),
            ("t", "", "put a label on it, or take one off", deciding.label),
            ("x", "mark", "mark it: the next deed is for all that are marked", looking.mark),
            ("X", "", "take all marks away", looking.unmark),
            ("n", "next", "go on, and leave it as it is", looking.forward),
            ("N", "", "go back", looking.back),
            ("g", "", "the whole queue: go somewhere, mark several", looking.queue),
            ("w", "", "why it is where it is in the queue", looking.why),
            ("u", "undo", "take back the last act, after a look at what that does", deciding.undo),
            ("R", "", "fetch what came into the queue since", looking.renew),
            ("?", "all keys", "this page", self._help),
            ("q", "", "end", self._quit),
        )

    def deeds(self) -> Iterable[tuple[str, Deed]]:
        for key, _, _, deed in self._table:
            yield key, deed
        for digit in range(1, 10):
            yield str(digit), self._alike(digit)
        yield "right", self._forward
        yield "left", self._back
        yield "c-c", self._quit

    def line(self, busy: bool) -> RenderableType:
        if busy:
            return Text("… asking the server", style="dim")
        shown = [
            Text.assemble((key, "bold cyan"), f" {short}")
            for key, short, _, _ in self._table
            if short
        ]
        line = Text("  ").join(shown)
        line.no_wrap, line.overflow = True, "ellipsis"
        return line

    async def _help(self) -> None:
        rows = [(key, words) for key, _, words, _ in self._table]
        rows += [("1-9", "look at what is like it"), ("j k space b", "scroll")]
        await self._screen.asked(Page(pictures.keys(rows), "", "q goes back"))

    async def _quit(self) -> None:
        if unsent := self._unsent():
            ways = [Option("n", "stay here", False), Option("y", "end, and lose it", True)]
            words = Text(f"Written, and not sent: {', '.join(unsent)}")
            if not await self._screen.asked(Choice([words], ways)):
                return
        self._screen.end()
