"""Declares `triage next`. The screen is only imported where there is a terminal for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import click

from cli import output, stdin
from cli.command import Command, Desk, desk
from cli.exits import Exit, Thing, TriageError
from cli.reading import from_inbox, inbox_query, known_names


@click.command(
    "next",
    cls=Command,
    examples="""
        triage next
        triage next --module camera
        triage next --mine --oldest
        triage next --json | jq -r .title
    """,
)
@from_inbox
@desk
def next_report(here: Desk, /, **chosen: Any) -> None:
    """One report after another on a full screen, a key for each deed. ? lists the keys.

    Takes what inbox takes. Nothing is ever written over what somebody else did meanwhile: then the
    screen says what happened. With --json, prints the first of the queue in full instead.
    """
    query = inbox_query(here, **chosen)
    if here.as_json:
        first = next(known_names(here, query, here.server.items("reports", query, 1)), None)
        if first is None:
            raise TriageError(Exit.NOT_FOUND, "nothing waits here")
        output.json_line(here.server.get(f"reports/{first['id']}"))
        return
    if not (stdin.at_terminal() and sys.stdout.isatty()):
        raise click.UsageError("it needs a terminal; triage inbox --json is for scripts")
    from cli.next.screen import Screen

    def queue() -> Iterator[Thing]:
        # Nothing is asked before the first is taken.
        yield from known_names(here, query, here.server.items("reports", query))

    Screen(here.server, me=here.server.get("me"), queue=queue).run()
