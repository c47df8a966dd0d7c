"""`triage` alone: where I stand. It fits a small terminal, and says what to type next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli import output
from cli.command import Desk, desk
from cli.exits import Thing
from cli.sentences import count

if TYPE_CHECKING:
    from rich.console import RenderableType


@click.command("standing")
@desk
def standing(here: Desk) -> None:
    """Where you stand. One request."""
    found = here.server.get("desk/standing")

    def picture() -> RenderableType:
        from cli import render

        return _picture(found, now=render.utc_now())

    here.show(found, picture)


def _picture(found: Thing, *, now: datetime) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    from cli.render import age, facts

    queue = found["queue"]
    first = f"{count(queue['count'], 'report')} of yours {_wait(queue['count'])} for an answer"
    parts: list[RenderableType] = [
        facts(
            Text(output.clean(found["person"]), style="bold cyan"),
            first if queue["count"] else "nothing of yours waits",
            f"the longest {age(queue['oldest'], now)}" if queue["count"] else "",
            f"{found['waiting']} at the desk",
        )
    ]
    answered = [one["id"] for one in found["answers"]["reports"]]
    for title, pile, command in (
        ("Testers wrote back", found["answers"], "triage show {id}"),
        ("Your queue", _without(queue, answered), "triage inbox --mine"),
        ("Snoozed until today", found["woken"], "triage show {id}"),
        ("To confirm a closure", found["confirmations"], "triage show {id}"),
        ("You asked, no answer yet", found["questions"], "triage questions --mine"),
    ):
        if pile["reports"]:
            parts += _section(title, pile, command, now)
    parts += _friday(found["friday"], now)
    return Group(*parts)


def _wait(number: int) -> str:
    return "waits" if number == 1 else "wait"


def _without(pile: Thing, shown: Sequence[str]) -> Thing:
    """What is shown above already is not shown twice; the count is of all."""
    return {**pile, "reports": [one for one in pile["reports"] if one["id"] not in shown]}


def _section(title: str, pile: Thing, command: str, now: datetime) -> Iterator[RenderableType]:
    from rich.text import Text

    from cli.render import columns, one_line, styled

    reports = pile["reports"]
    yield _head(f"{title} ({pile['count']})", command.format(id=reports[0]["id"]))
    table = columns("", "", "", "", "")
    table.show_header = False
    for one in reports:
        table.add_row(
            Text(f"  {output.clean(one['id'])}", style="cyan"),
            _when(one["since"], now),
            styled(one["severity"]),
            output.clean(one["module"]),
            one_line(one["title"]),
        )
    yield table


def _when(since: str, now: datetime) -> str:
    from cli.render import age, moment

    then = moment(since)
    if then is not None and then > now:
        return f"at {then.astimezone():%H:%M}"
    return age(since, now)


def _head(title: str, command: str) -> RenderableType:
    from rich.text import Text

    return Text.assemble(
        (title, "bold"), ("   $ " + command, "dim"), no_wrap=True, overflow="ellipsis"
    )


def _friday(train: Thing | None, now: datetime) -> Iterator[RenderableType]:
    from rich.text import Text

    from cli.render import label, moment, until

    if train is None:
        yield _head("No Friday is coming yet", "triage friday")
        return
    leaves = moment(train["publish_at"])
    assert leaves is not None
    when = f"leaves {until(leaves, now)}" if leaves > now else "is overdue"
    found = train["blockers"]
    way = f"{count(len(found), 'thing')} in the way" if found else "nothing in the way"
    yield _head(f"Friday {train['date']}, {label(train['state'])}, {when}: {way}", "triage friday")
    for one in found[:3]:
        yield Text(f"  ✗ {one['text']['en']}", style="red", no_wrap=True, overflow="ellipsis")
    if len(found) > 3:
        yield Text(f"  … and {len(found) - 3} more", style="dim")
