"""Plans: many reports decided on in an editor, and done at once."""

from __future__ import annotations

import hashlib
import sys
from itertools import islice
from typing import Any, TextIO

import click

from cli import output
from cli.command import Command, Desk, desk
from cli.exits import Exit, Thing, TriageError
from cli.reading import from_inbox, inbox_query, known_names
from cli.sentences import count, label
from cli.triage import REASONS


@click.command(
    "export",
    cls=Command,
    examples="""
        triage export --module camera > plan
        triage export --status open --text 闪退 -n 0 > plan
        triage apply --dry-run plan
    """,
)
@from_inbox
@click.option(
    "-n",
    "limit",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="At most so many; 0: all.",
)
@desk
def export(here: Desk, /, limit: int, **chosen: Any) -> None:
    """Write reports into a plan: a text to edit, and to apply.

    Takes what inbox takes. Each report is a line that does nothing yet; the head of the text says
    what can be written there.
    """
    from cli import plan_text, render

    query = inbox_query(here, **chosen)
    found = known_names(here, query, here.server.items("reports", query, limit))
    if here.as_json:
        for report in islice(found, limit or None):
            output.json_line(report)
        return
    reports, now = list(found), render.utc_now()
    header = plan_text.HEADER.format(
        what=here.login.url,
        count=count(len(reports), "report"),
        at=render.stamp(now.isoformat()),
        reasons=", ".join(reason for reason in REASONS if reason != "withdrawn"),
    )
    click.echo(header, nl=False)
    for line in plan_text.written(reports, lambda at: render.age(at, now)):
        click.echo(line, nl=False)


@click.command(
    "apply",
    cls=Command,
    examples="""
        triage apply --dry-run plan
        triage apply plan
        triage export --module camera | sed 's/ -  / own cai  /' | triage apply -
    """,
)
@click.argument("file", metavar="FILE", type=click.File(encoding="utf-8"))
@click.option("--dry-run", is_flag=True, help="Say what it would do, and name every problem.")
@desk
def apply(here: Desk, file: TextIO, dry_run: bool) -> None:
    """Do what a plan says: all of it, or nothing.

    What somebody else did to a report since it was exported is never overwritten: then nothing is
    done, and the lines are named. The whole plan is one act, for undo. The same plan is applied
    once, however often it is sent. FILE may be - for stdin.
    """
    from cli import plan_text

    try:
        text = file.read()
        plan = plan_text.read(text.splitlines())
    except UnicodeDecodeError as error:
        raise click.UsageError("the plan is not text in UTF-8") from error
    except plan_text.BadLineError as error:
        raise click.UsageError(str(error)) from error
    if not plan["lines"] and not plan["proposals"]:
        here.note("The plan does nothing.")
        return
    key = hashlib.sha256(text.encode()).hexdigest()
    result = _carried_out(here, plan | {"dry_run": dry_run}, key)
    if here.as_json:
        output.json_line(result)
    else:
        _tell(here, result, dry_run=dry_run)
    if result["problems"]:
        raise _refused(result)


def _carried_out(here: Desk, plan: Thing, key: str) -> Thing:
    """The result of it; how far it is, on stderr of a terminal."""
    shown = not here.as_json and sys.stderr.isatty()
    for said in here.server.lines(f"plans/{key}", plan):
        if said["type"] == "result":
            if shown:
                click.echo("\r\033[K", nl=False, err=True)
            return said
        if shown:
            click.echo(f"\r{said['done']} of {said['of']} lines", nl=False, err=True)
    raise TriageError(Exit.OUT_OF_REACH, "the server ended before it was done: nothing was kept")


def _tell(here: Desk, result: Thing, *, dry_run: bool) -> None:
    for one in result["effects"]:
        there = f"  {one['proposal']}" if one["proposal"] else ""
        output.line(f"{one['report']:<8}{label(one['before'])} → {label(one['after'])}{there}")
    for name, proposal in result["opened"].items():
        output.line(f"{proposal}  opened for {name}")
    lines = count(result["lines"], "line")
    if result["repeated"]:
        here.note(f"This plan was applied before, as {result['act']}; nothing is done twice.")
    elif result["applied"]:
        output.line(f"{result['act']}  {lines} done; triage undo {result['act']} takes them back")
    elif dry_run:
        here.note(
            f"{lines} tried, {count(len(result['problems']), 'problem')}; nothing is changed."
        )


def _refused(result: Thing) -> TriageError:
    return TriageError(
        Exit.REFUSED,
        "nothing was done",
        problem={
            "title": "Refused",
            "status": 409,
            "errors": [
                {
                    "field": f"line {one['line']}, {one['report']}" if one["line"] else "the plan",
                    "message": one["message"]["en"],
                }
                for one in result["problems"]
            ],
        },
    )
