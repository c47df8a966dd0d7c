"""The pieces that every picture is made of. Pure: what they show depends on arguments alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli import sentences
from cli.exits import Thing
from cli.output import clean

NARROW = 76
"""Below this many columns a list is set in two lines an item instead of in columns."""

STYLES = {
    "brick": "bold red",
    "data_loss": "bold red",
    "security": "bold red",
    "major": "yellow",
    "new": "bold",
    "needs_info": "yellow",
    "fixed": "green",
    "released": "green",
    "verified": "green",
    "declined": "dim",
    "closed": "dim",
    "sent": "green",
    "failed": "yellow",
    "dead": "bold red",
}

KINDS = {"new": ("新增", "New"), "optimization": ("优化", "Optimization"), "fix": ("修复", "Fix")}
"""The tags of changelog lines, in both languages."""


def label(word: object) -> str:
    return clean(sentences.label(word))


def styled(word: object) -> Text:
    """An API word in its colour, which never is the only sign of what it means."""
    return Text(label(word), style=STYLES.get(str(word), ""))


def one_line(text: object) -> Text:
    """Text that is cut at the column's edge instead of wrapped."""
    return Text(" ".join(clean(text or "").split()), no_wrap=True, overflow="ellipsis")


def moment(at: str | None) -> datetime | None:
    """An RFC 3339 time of the API, or None."""
    return datetime.fromisoformat(at) if at else None


def age(at: str | None, now: datetime) -> str:
    """How long ago, in one unit: `5 min`, `3 h`, `12 d`, `2 y`."""
    then = moment(at)
    if then is None:
        return "–"
    minutes = int((now - then).total_seconds() // 60)
    for size, unit in ((60 * 24 * 365, "y"), (60 * 24, "d"), (60, "h")):
        if minutes >= size:
            return f"{minutes // size} {unit}"
    return f"{max(0, minutes)} min"


def until(at: datetime, now: datetime) -> str:
    """How far off a time is, in one unit: `in 40 min`, `in 30 h`, `in 3 d`."""
    minutes = int((at - now).total_seconds() // 60)
    for size, unit in ((60 * 24, "d"), (60, "h")):
        if minutes >= 2 * size:
            return f"in {minutes // size} {unit}"
    return f"in {minutes} min"


def span(seconds: int | float | None) -> str:
    """A length of time, in one unit: `40 min`, `3 h`, `2 d`; a dash where there is none."""
    if seconds is None:
        return "–"
    for size, unit in ((86400, "d"), (3600, "h")):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {unit}"
    return f"{max(1, round(seconds / 60))} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"


def after(seconds: int | None) -> str:
    """How long an official answer took; nothing where nobody waited for it."""
    return f"answered after {span(seconds)}" if seconds is not None else ""


def stamp(at: str | None) -> str:
    """A time by the clock of this machine, to the minute."""
    then = moment(at)
    return then.astimezone().strftime("%Y-%m-%d %H:%M") if then else "–"


def utc_now() -> datetime:
    return datetime.now(UTC)


def both(text: Any) -> list[str]:
    """The languages of a `{zh, en}`, Chinese first; one of them where they are the same."""
    if isinstance(text, str):
        found = [text]
    elif isinstance(text, dict):
        found = [str(text.get(language) or "") for language in ("zh", "en")]
    else:
        found = []
    return [clean(words) for words in dict.fromkeys(found) if words]


def in_both(text: Any, between: str = " · ") -> str:
    return between.join(both(text))


def facts(*words: object) -> Text:
    """A line of facts; those that are missing leave no gap."""
    return Text(" · ").join(
        word if isinstance(word, Text) else Text(clean(word)) for word in words if word
    )


def heading(name: object, title: object) -> Text:
    return Text.assemble((clean(name), "bold cyan"), "  ", (clean(title), "bold"))


def section(title: str, *parts: RenderableType) -> RenderableType:
    """A titled block, set off by an empty line, its content indented."""
    return Group(Text(), Text(title, style="bold"), Padding(Group(*parts), (0, 0, 0, 2)))


def columns(*headers: str) -> Table:
    """A table without lines; the last column takes what is left."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for header in headers[:-1]:
        table.add_column(header, no_wrap=True)
    table.add_column(headers[-1], ratio=1)
    return table


def models(names: Any) -> str:
    """The models a thing is for, in brackets, or nothing where it is for all."""
    return f"（{clean('、'.join(map(str, names)))}）" if names else ""


def build_name(report: Thing) -> str:
    return " ".join(clean(part) for part in (report.get("device"), report.get("build")) if part)
