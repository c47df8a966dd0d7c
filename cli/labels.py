"""Labels: the team's short words on reports."""

from __future__ import annotations

import re

import click

from cli.client import segment
from cli.command import BULK, Command, Desk, desk
from cli.exits import Thing
from cli.triage import each, many_reports

_NUMBER = re.compile(r"-|(?:[RPA]-)?[0-9]+", re.IGNORECASE)


@click.command(
    "label",
    cls=Command,
    help="Label reports, for the team alone: testers never see it.\n\n"
    "A label is of small letters, digits and hyphens. triage inbox --label finds those that "
    f"have it.\n\n{BULK}",
    examples="""
        triage label R-12 R-15 overheating
        triage label R-12 overheating --remove
        triage inbox --text 发烫 --json | triage label - overheating
    """,
)
@many_reports
@click.argument("label", metavar="LABEL")
@click.option("--remove", is_flag=True, help="Take it off instead.")
@desk
def label(here: Desk, names: tuple[str, ...], label: str, remove: bool) -> None:
    # The last of many numbers, with the label forgotten, would else be taken for it.
    if _NUMBER.fullmatch(label):
        raise click.UsageError(f"the label comes last, such as overheating; {label!r} is none")

    def act(name: str) -> tuple[Thing, str]:
        path = f"reports/{name}/labels/{segment(label)}"
        report = here.server.delete(path) if remove else here.server.put(path)
        left = ", ".join(report.get("labels") or ()) or "no labels"
        return report, f"{name}  {left}"

    each(here, names, act)
