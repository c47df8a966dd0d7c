"""The queue: why a report is where it is, putting one aside, and what testers were asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli import dates, output
from cli.client import Query
from cli.command import BULK, Command, Desk, desk
from cli.exits import Thing
from cli.reading import known_names, print_list
from cli.triage import each, many_reports, one_report

if TYPE_CHECKING:
    from rich.console import RenderableType


@click.command("why", cls=Command, examples="triage why R-12")
@one_report
@desk
def why(here: Desk, name: str) -> None:
    """Why a report is where it is in the queue.

    The queue is in order of severity × testers affected × freshness. Brick, data loss and security
    come before everything else.
    """
    found = here.server.get(f"reports/{name}/score")
    if here.as_json:
        output.json_line(found)
        return
    place = found.get("place")
    where = (
        f"number {place} of the queue" if place else "not in the queue: nobody waits, or snoozed"
    )
    output.line(f"{name}  {where}")
    for factor in found["factors"]:
        output.line(f"  {factor['name']:<11}{factor['text']['en']}")


@click.command(
    "snooze",
    cls=Command,
    help=f"Put reports aside until then, or until a tester speaks.\n\n{BULK}",
    examples="""
        triage snooze R-12 --until 3d
        triage snooze R-12 R-15 --until friday
        triage snooze R-12 --until 2026-12-01
        triage snooze R-12 --wake
    """,
)
@many_reports
@click.option(
    "--until", metavar="WHEN", help="A span (12h, 3d, 2w), friday, a date, or a time with zone."
)
@click.option("--wake", is_flag=True, help="Back into the queue instead.")
@desk
def snooze(here: Desk, names: tuple[str, ...], until: str | None, wake: bool) -> None:
    if wake == bool(until):
        raise click.UsageError("give --until, or --wake")
    then = dates.moment(until, datetime.now(UTC)).isoformat() if until else None

    def act(name: str) -> tuple[Thing, str]:
        if then is None:
            return here.server.delete(f"reports/{name}/snooze"), f"{name}  back in the queue"
        from cli import render

        report = here.server.put(f"reports/{name}/snooze", {"until": then})
        return report, f"{name}  snoozed until {render.stamp(report.get('snoozed_until'))}"

    each(here, names, act)


@click.command(
    "questions",
    cls=Command,
    examples="""
        triage questions
        triage questions --mine --json
    """,
)
@click.option("--mine", is_flag=True, help="Only of reports you own.")
@click.option("--module", metavar="SLUG", help="Only of this module.")
@desk
def questions(here: Desk, mine: bool, module: str | None) -> None:
    """What testers were asked and have not answered.

    The longest wait first. Nothing expires: a tester is reminded behind the news of their next Friday, and that is all.
    """
    query: Query = {
        "status": "needs_info",
        "sort": "old",
        "module": module,
        "owner": here.me() if mine else None,
    }
    reports = known_names(here, query, here.server.items("reports", query))
    found = [one for one in reports if one.get("question")]
    found.sort(key=lambda one: str(one["question"]["at"]))

    def picture(things: list[Thing]) -> RenderableType:
        from cli import queue_view, render

        return queue_view.questions(things, width=output.width(), now=render.utc_now())

    print_list(here, iter(found), 0, picture, "No question is open.")
