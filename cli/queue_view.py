"""Open questions as a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from cli.exits import Thing
from cli.output import clean
from cli.render import age, facts, one_line


def questions(reports: Sequence[Thing], *, width: int, now: datetime) -> RenderableType:
    """Each in three lines: where it stands, what it is about, and what was asked."""
    parts: list[RenderableType] = []
    for report in reports:
        asked = report["question"]
        parts += [
            facts(
                Text(clean(report["id"]), style="cyan"),
                f"{age(asked['at'], now)} ago",
                f"{clean(asked['by'])} asked {clean(report.get('reporter'))}",
                report.get("module"),
                report.get("proposal"),
            ),
            Padding(one_line(report.get("title")), (0, 0, 0, 2)),
            Padding(Text.assemble("? ", one_line(asked["text"])), (0, 0, 0, 2)),
        ]
    return Group(*parts)
