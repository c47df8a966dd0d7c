"""The queue: why a report is where it is, and putting one aside."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import click

from cli import output
from cli.command import BULK, Command, Desk, desk
from cli.exits import Thing
from cli.triage import each, many_reports, one_report

_SPAN = re.compile(r"([1-9][0-9]{0,3})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
FRIDAY = 4


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
    then = _moment(until, datetime.now(UTC)).isoformat() if until else None

    def act(name: str) -> tuple[Thing, str]:
        if then is None:
            return here.server.delete(f"reports/{name}/snooze"), f"{name}  back in the queue"
        from cli import render

        report = here.server.put(f"reports/{name}/snooze", {"until": then})
        return report, f"{name}  snoozed until {render.stamp(report.get('snoozed_until'))}"

    each(here, names, act)


def _moment(text: str, now: datetime) -> datetime:
    """The time that is meant; a day begins at nine by the clock of this machine."""
    if span := _SPAN.fullmatch(text.lower()):
        return now + int(span[1]) * _UNITS[span[2]]
    today = now.astimezone().replace(hour=9, minute=0, second=0, microsecond=0)
    if text.lower() == "friday":
        return today + timedelta(days=(FRIDAY - today.weekday()) % 7 or 7)
    try:
        then = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is none of 12h, 3d, 2w, friday, 2026-12-01, 2026-12-01T09:00+08:00",
            param_hint="--until",
        ) from error
    if len(text) == len("2026-12-01"):
        then = then.replace(hour=9)
    return then if then.tzinfo else then.astimezone()
