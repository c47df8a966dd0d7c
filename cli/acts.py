"""What the team did, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli import ids, output, stdin
from cli.command import Command, Desk, desk
from cli.exits import Exit, Thing, TriageError
from cli.reading import one_more, print_list
from cli.sentences import count

if TYPE_CHECKING:
    from rich.console import RenderableType

LAST = "last"


@click.command(
    "undo",
    cls=Command,
    examples="""
        triage undo
        triage undo A-12 --dry-run
        triage undo $(triage log --json -n 1 | jq -r .id)
    """,
)
@click.argument("name", metavar="[A-12]", required=False, callback=ids.ACT)
@click.option("--dry-run", is_flag=True, help="Only show what it would do.")
@click.option("--yes", is_flag=True, help="Do not ask. A script is never asked.")
@desk
def undo(here: Desk, name: str | None, dry_run: bool, yes: bool) -> None:
    """Take back your last act, or the one named.

    Shows what that does first. All of an act is taken back, or nothing: where somebody decided the
    same matter since, it says who. Within the undo window nobody was told; after it, those who were
    get a correction. Undoing an undoing does it again.
    """
    act = here.server.get(f"acts/{name or LAST}")
    undoing = act["undoing"]
    if not here.as_json:
        _show(here, act, about_to=not dry_run)
    if dry_run:
        if here.as_json:
            output.json_line(act)
        return
    if not undoing["possible"]:
        raise TriageError(Exit.REFUSED, f"{act['id']} cannot be taken back", problem=_problem(act))
    if not (yes or here.as_json) and stdin.at_terminal():
        click.confirm("Take it back?", default=True, abort=True, err=True)
    done = here.server.put(f"acts/{act['id']}/undoing")
    here.say(done, f"{act['id']}  taken back; triage undo {done['undone_by']} does it again")


def _problem(act: Thing) -> Thing:
    """What is in the way, as a refusal of the server's names it."""
    return {
        "title": "Refused",
        "status": 409,
        "errors": [
            {"field": one["thing"], "message": one["text"]["en"]}
            for one in act["undoing"]["obstacles"]
        ],
    }


def _show(here: Desk, act: Thing, *, about_to: bool) -> None:
    from cli import render

    undoing = act["undoing"]
    steps = undoing["steps"]
    output.line(
        f"{act['id']}  {act['by']}: {act['text']['en']}, {render.age(act['at'], render.utc_now())} ago"
    )
    for one in steps:
        output.line(f"  {one['thing']:<8}{one['text']['en']}")
    if act["count"] > len(steps) > 1:
        output.line(f"  … {count(act['count'], 'thing')} in all")
    if not undoing["possible"] and not about_to:
        output.line("Cannot be taken back:")
        for one in undoing["obstacles"]:
            output.line(f"  {one['thing']:<8}{one['text']['en']}")
    elif undoing["possible"]:
        told = undoing["told"]
        here.note(
            f"{count(told, 'tester')} heard of it and will get a correction."
            if told
            else "Nobody was told of it."
        )


@click.command(
    "log",
    cls=Command,
    examples="""
        triage log
        triage log --person all -n 50
        triage log --json | jq -r '[.id, .text.en] | @tsv'
    """,
)
@click.option("--person", metavar="HANDLE", default="me", help="Whose; all: everybody's.")
@click.option(
    "-n",
    "limit",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="At most so many; 0: all.",
)
@desk
def log(here: Desk, person: str, limit: int) -> None:
    """What you did, newest first.

    Each act has a number, which undo takes. An act is all that one command, or one form, changed.
    """
    query = {"person": None if person == "all" else person}
    found = here.server.items("acts", query, one_more(limit))

    def picture(things: list[Thing]) -> RenderableType:
        from cli import act_view, render

        return act_view.table(things, now=render.utc_now())

    print_list(here, found, limit, picture, "Nothing yet.")
