"""Builds, as somebody without a CI server enters them, or one with it by the file it wrote."""

from __future__ import annotations

import click

from cli import dates, ids
from cli.client import segment
from cli.command import Command, Desk, Group, desk
from cli.exits import Thing
from cli.sentences import label


@click.group(
    "build",
    cls=Group,
    examples="""
        triage build add fuxi 27.1.8 --ring closed --release 2026-11-27
        triage build withdraw fuxi 27.1.8 --reason "Some phones do not start"
    """,
)
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
        triage build add --from-manifest builds.json
        triage build add --from-manifest out/fuxi/build.prop --ring closed
    """,
)
@click.argument("codename", required=False)
@click.argument("version", required=False)
@click.option("--ring", type=_RINGS, help="Who gets it.")
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
@click.option(
    "--from-manifest",
    "manifests",
    multiple=True,
    metavar="FILE",
    help="Builds from JSON, or one from a build.prop; - is stdin. Repeatable. All or none.",
)
@desk
def add(
    here: Desk,
    codename: str | None,
    version: str | None,
    ring: str | None,
    built_on: str | None,
    release: str | None,
    after: str | None,
    proposals: tuple[str, ...],
    delayed: str | None,
    delayed_en: str | None,
    manifests: tuple[str, ...],
) -> None:
    """Enter a build, or enter it anew.

    Twice is the same as once; what is left out the second time is taken back, such as that
    it is late. With --from-manifest, all that a CI server has made: options fill in what the
    file does not say.
    """
    if delayed_en and not delayed:
        raise click.UsageError("--delayed-en goes with --delayed")
    body: Thing = {
        name: value
        for name, value in (
            ("ring", ring),
            ("built_on", built_on),
            ("release", release),
            ("after", after),
            ("proposals", list(dict.fromkeys(proposals))),
            ("delayed", {"zh": delayed, "en": delayed_en} if delayed and delayed_en else delayed),
        )
        if value
    }
    if manifests:
        if codename or after:
            raise click.UsageError("a manifest says itself which builds, and what they follow")
        for made in here.server.put("builds", {"builds": _read(manifests, body)})["items"]:
            here.say(made, _told(made))
        return
    if not (codename and version and ring):
        raise click.UsageError("CODENAME, VERSION and --ring are needed, or --from-manifest")
    made = here.server.put(f"builds/{segment(codename)}/{segment(version)}", body)
    here.say(made, _told(made))


def _read(names: tuple[str, ...], given: Thing) -> list[Thing]:
    if names.count("-") > 1:
        raise click.UsageError("stdin can be read once")
    from cli import manifests

    try:
        return manifests.read([(name, manifests.text_of(name)) for name in names], given)
    except manifests.BadManifestError as problem:
        raise click.UsageError(str(problem)) from problem


def _told(made: Thing) -> str:
    holds = made.get("proposals")
    aboard = f", aboard {made['release']}" if made.get("release") else ""
    late = ", late" if made.get("delayed") else ""
    return (
        f"{made.get('device')} {made.get('version')}  {label(made.get('ring'))}{aboard}{late}"
        + (f", with {' '.join(holds)}" if holds else "")
    )


@build.command(
    "withdraw",
    cls=Command,
    examples="""
        triage build withdraw fuxi 27.1.8 --reason "部分手机无法开机" \\
            --reason-en "Some phones do not start"
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
