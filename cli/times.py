"""How the desk is doing: how long answers take, how many wait, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli import output
from cli.command import Command, Desk, desk
from cli.exits import Thing

if TYPE_CHECKING:
    from rich.console import RenderableType

_HEADERS = ("waiting", "longest", "half wait", "answers", "median", "first", "median")


@click.command(
    "times",
    cls=Command,
    examples="""
        triage times
        triage times --module camera --days 7
        triage times --json | jq -r '.people[] | [.person, .median_answer] | @tsv'
    """,
)
@click.option("--module", metavar="SLUG", help="Only of this module.")
@click.option(
    "--days",
    type=click.IntRange(min=1, max=365),
    default=30,
    show_default=True,
    help="Answers of so many days; what waits is counted whenever it began.",
)
@desk
def times(here: Desk, module: str | None, days: int) -> None:
    """How long answers take, and how many wait.

    By module and by person. An answer is counted from the tester's message that waited for it.
    In the order of changelogs and of handles: these are facts about the desk, not a ranking.
    """
    found = here.server.get("desk/times", {"module": module, "days": days})

    def picture() -> RenderableType:
        from cli import render

        return _picture(found, width=output.width(), now=render.utc_now())

    here.show(found, picture)


def _picture(found: Thing, *, width: int, now: datetime) -> RenderableType:
    from rich.console import Group

    from cli.render import NARROW, facts, section

    total = found["total"]
    head = facts(*_words(total, now), f"in {found['days']} days")
    parts: list[RenderableType] = [head]
    for title, key, things in (
        ("Modules", "module", found["modules"]),
        ("People", "person", found["people"]),
    ):
        if things:
            picture = (_stacked if width < NARROW else _table)(things, key, now)
            parts.append(section(title, picture))
    return Group(*parts)


def _cells(one: Thing, now: datetime) -> list[str]:
    from cli.render import span

    return [
        str(one["waiting"]),
        _longest(one, now),
        span(one["median_wait"]),
        str(one["answers"]),
        span(one["median_answer"]),
        str(one["first_answers"]),
        span(one["median_first_answer"]),
    ]


def _longest(one: Thing, now: datetime) -> str:
    from cli.render import moment, span

    since = moment(one["oldest_since"])
    return span((now - since).total_seconds() if since else None)


def _table(things: Sequence[Thing], key: str, now: datetime) -> RenderableType:
    from rich.text import Text

    from cli.render import columns

    table = columns(key, *_HEADERS)
    for column in table.columns[1:]:
        column.justify = "right"
    table.columns[-1].ratio = None
    for one in things:
        table.add_row(Text(output.clean(one[key]), style="cyan"), *_cells(one, now))
    return table


def _words(one: Thing, now: datetime) -> list[str]:
    from cli.render import span
    from cli.sentences import count

    waits = [f"{one['waiting']} waiting"] if one["waiting"] else ["nobody waits"]
    if one["waiting"]:
        waits += [f"longest {_longest(one, now)} ({one['oldest']})"]
    if one["snoozed"]:
        waits.append(f"{one['snoozed']} snoozed")
    if one["answers"]:
        waits.append(f"{count(one['answers'], 'answer')}, median {span(one['median_answer'])}")
    if one["first_answers"]:
        waits.append(f"first answer {span(one['median_first_answer'])}")
    return waits


def _stacked(things: Sequence[Thing], key: str, now: datetime) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from cli.render import facts

    parts: list[RenderableType] = []
    for one in things:
        parts.append(Text(output.clean(one[key]), style="cyan"))
        parts.append(Padding(facts(*_words(one, now)), (0, 0, 0, 2)))
    return Group(*parts)
