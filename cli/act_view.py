"""Acts as a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from cli.exits import Thing
from cli.output import clean
from cli.render import age, columns, one_line


def table(acts: Sequence[Thing], *, now: datetime) -> RenderableType:
    made = columns("id", "when", "who", "on", "what")
    for act in acts:
        over = bool(act.get("undone_by"))
        made.add_row(
            Text(clean(act["id"]), style="dim" if over else "cyan"),
            age(act.get("at"), now),
            clean(act.get("by")),
            _things(act),
            one_line(_what(act)),
            style="dim" if over else "",
        )
    return made


def _things(act: Thing) -> str:
    first, *others = act.get("things") or ["–"]
    more = int(act.get("count", 1)) - 1 if others else 0
    return clean(f"{first} +{more}" if more else first)


def _what(act: Thing) -> str:
    text = str(act["text"]["en"])
    if act.get("undone_by"):
        return f"{text} – taken back by {act['undone_by']}"
    if act.get("undoes"):
        return f"{text} – took {act['undoes']} back"
    return text
