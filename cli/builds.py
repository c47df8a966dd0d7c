"""Builds, as somebody without a CI server enters them."""

from __future__ import annotations

import click

from cli import dates, ids
from cli.client import segment
from cli.command import Command, Desk, desk
from cli.exits import Thing
from cli.sentences import label


@click.group("build")
def build() -> None:
    """Builds of a device model."""


_RINGS = click.Choice(["closed", "dev", "stable"])


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
@click.option("--ring", type=_RINGS, required=True, help="Who gets it.")
@click.option("--built-on", callback=dates.day, metavar="DATE", help="The day it was built.")
@click.option(
    "--release",
    callback=dates.day,
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


@build.command(
    "withdraw",
    cls=Command,
    examples="""
        triage build withdraw fuxi 27.1.8 --reason "部分手机无法开机" --reason-en "Some phones do not start"
    """,
)
@click.argument("codename")
@click.argument("version")
@click.option("--reason", metavar="TEXT", required=True, help="Why, for testers to read.")
@click.option("--reason-en", metavar="TEXT", help="The same in English; else --reason in both.")
@desk
def withdraw(here: Desk, codename: str, version: str, reason: str, reason_en: str | None) -> None:
    """Withdraw a build that nobody should install.

    Pages say so at once. What it fixed is in the next build, or waits for one, and whoever was
    told so is told. Twice is the same as once.
    """
    body: Thing = {"reason": {"zh": reason, "en": reason_en} if reason_en else reason}
    made = here.server.put(_withdrawal(codename, version), body)
    here.say(made, f"{made.get('device')} {made.get('version')}  withdrawn")


@build.command("restore", cls=Command, examples="triage build restore fuxi 27.1.8")
@click.argument("codename")
@click.argument("version")
@desk
def restore(here: Desk, codename: str, version: str) -> None:
    """Take the withdrawal of a build back."""
    made = here.server.delete(_withdrawal(codename, version))
    here.say(made, f"{made.get('device')} {made.get('version')}  no longer withdrawn")


def _withdrawal(codename: str, version: str) -> str:
    return f"builds/{segment(codename)}/{segment(version)}/withdrawal"


@build.command(
    "move",
    cls=Command,
    examples="""
        triage build move umi --from closed --to dev
        triage build move umi --from closed --to dev --after 26.11.18
    """,
)
@click.argument("codename")
@click.option("--from", "origin", type=_RINGS, required=True, help="The ring it leaves.")
@click.option("--to", type=_RINGS, required=True, help="The ring it goes to.")
@click.option("--after", metavar="VERSION", help="The build before them; without it: the last one.")
@desk
def move(here: Desk, codename: str, origin: str, to: str, after: str | None) -> None:
    """Move a model's builds from one ring to another.

    Its phones and reports there go along. Shows the builds of that ring, the oldest first.
    """
    body = {"from": origin, "to": to, "after": after}
    answer = here.server.post(f"devices/{segment(codename)}/moves", body)
    for one in answer["items"]:
        here.say(one, f"{one['device']} {one['version']}  {label(one['ring'])}")
