"""From pictures of rich's to lines of prompt_toolkit's."""

from __future__ import annotations

import io
import os
from itertools import groupby
from operator import itemgetter

from prompt_toolkit.formatted_text import ANSI, StyleAndTextTuples, to_formatted_text
from prompt_toolkit.formatted_text.utils import split_lines
from rich.console import Console, Group, RenderableType

Lines = list[StyleAndTextTuples]


def drawn(picture: RenderableType, width: int) -> Lines:
    """Lines of at most so many cells; Chinese counts two a character."""
    file = io.StringIO()
    console = Console(
        file=file,
        width=max(width, 8),
        force_terminal=True,
        color_system=None if os.environ.get("NO_COLOR") else "standard",
        highlight=False,
        markup=False,
        emoji=False,
        # A terminal that calls itself dumb would get no styles, and any width that it says.
        _environ={},
    )
    # Bare texts would be joined to one, which may wrap.
    console.print(Group(picture))
    text = to_formatted_text(ANSI(file.getvalue().rstrip("\n")))
    return [_runs(line) for line in split_lines(text)]


def _runs(line: StyleAndTextTuples) -> StyleAndTextTuples:
    """The same with neighbours of one style as one: ANSI() gives a piece for each character, and
    every one of them costs at every key."""
    return [
        (style, "".join(piece[1] for piece in pieces))
        for style, pieces in groupby(line, key=itemgetter(0))
    ]


def joined(lines: Lines) -> StyleAndTextTuples:
    """One text of them."""
    text: StyleAndTextTuples = []
    for place, line in enumerate(lines):
        if place:
            text.append(("", "\n"))
        text += line
    return text
