"""Builds, as somebody without a CI server enters them."""

from __future__ import annotations

import click

from cli import ids
from cli.client import segment
from cli.command import Command, Desk, desk
from cli.exits import Thing
from cli.sentences import label


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A date as the API takes it."""
    from datetime import date

    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a date such as 2026-11-27") from error


@click.group("build")
def build() -> None:
    """Builds of a device model."""


@build.command(
    "add",
    cls=Command,
    examples="""
        triage build add fuxi 27.1.8 --ring closed --built-on 2026-11-25 \\
            --release 2026-11-27 --after 27.1.7 --proposal P-3 --proposal P-9
        triage build add umi 27.1.8 --ring closed --release 2026-11-27 \\
            --delayed "The screen flickers at low brightness"
    """,
)
@click.argument("codename")
@click.argument("version")
@click.option(
    "--ring", type=click.Choice(["closed", "dev", "stable"]), required=True, help="Who gets it."
)
@click.option("--built-on", callback=_day, metavar="DATE", help="The day it was built.")
@click.option(
    "--release",
    callback=_day,
    metavar="DATE",
    help="The Friday it is meant for. Without one the build goes out at once.",
)
@click.option("--after", metavar="VERSION", help="The build before it; without it: the last one.")
@click.option(
    "--proposal",
    "proposals",
    multiple=True,
    metavar="P-3",
    callback=ids.PROPOSAL,
    help="Holds this proposal's fix; repeatable. Without it: all that wait for the model.",
)
@click.option("--delayed", metavar="TEXT", help="It is late, and why, for testers to read.")
@click.option("--delayed-en", metavar="TEXT", help="The same in English; else --delayed in both.")
@desk
def add(
    here: Desk,
    codename: str,
    version: str,
    ring: str,
    built_on: str | None,
    release: str | None,
    after: str | None,
    proposals: tuple[str, ...],
    delayed: str | None,
    delayed_en: str | None,
) -> None:
    """Enter a build, or enter it anew.

    Twice is the same as once; what is left out the second time is taken back, such as that
    it is late.
    """
    if delayed_en and not delayed:
        raise click.UsageError("--delayed-en goes with --delayed")
    body: Thing = {"ring": ring}
    for name, value in (
        ("built_on", built_on),
        ("release", release),
        ("after", after),
        ("proposals", list(dict.fromkeys(proposals))),
        ("delayed", {"zh": delayed, "en": delayed_en} if delayed and delayed_en else delayed),
    ):
        if value:
            body[name] = value
    made = here.server.put(f"builds/{segment(codename)}/{segment(version)}", body)
    holds = made.get("proposals")
    aboard = f", aboard {made['release']}" if made.get("release") else ""
    late = ", late" if made.get("delayed") else ""
    here.say(
        made,
        f"{made.get('device')} {made.get('version')}  {label(made.get('ring'))}{aboard}{late}"
        + (f", with {' '.join(holds)}" if holds else ""),
    )
