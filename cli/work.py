"""What an engineer does with proposals."""

from __future__ import annotations

import click

from cli import ids, written
from cli.command import BULK, Command, Desk, desk
from cli.exits import Thing
from cli.sentences import count, label, models

one_proposal = click.argument("name", metavar="P-3", callback=ids.PROPOSAL)
for_models = click.option(
    "--model",
    "names",
    multiple=True,
    metavar="CODENAME",
    help="For this device model; repeatable. Without it: for all.",
)


@click.command(
    "propose",
    cls=Command,
    examples="""
        triage propose R-12 R-15 --title "Camera closes right after it opens"
        triage propose R-12 --zh "相机打开后闪退" --en "Camera closes when opened"
        triage inbox --module camera --json | triage propose - --title "Start-up"
    """,
)
@click.argument("names", metavar="R-12…", nargs=-1, required=True)
@click.option("--title", help="What the work is; that of the report where there is only one.")
@click.option("--module", metavar="SLUG", help="That of the reports, where they agree.")
@click.option(
    "--kind",
    type=click.Choice(["fix", "optimization", "new"]),
    help="Which tag the changelog line gets; fix, unless there is a suggestion among the reports.",
)
@click.option("--owner", metavar="HANDLE", help="The engineer who takes it; you by default.")
@click.option("--zh", help="The changelog line in Chinese.")
@click.option("--en", help="The changelog line in English.")
@desk
def propose(
    here: Desk,
    names: tuple[str, ...],
    title: str | None,
    module: str | None,
    kind: str | None,
    owner: str | None,
    zh: str | None,
    en: str | None,
) -> None:
    """Make a proposal from one report or many.

    The reports are linked to it. Ids may also come from stdin, with -. A report that
    cannot be linked refuses the whole proposal.
    """
    wanted = here.gather(names, "R")
    if not wanted:
        raise click.UsageError("no reports were given")
    if not (title and kind):
        reports = [here.server.get(f"reports/{name}") for name in wanted]
        title = title or _title(reports)
        kind = kind or _kind(reports)
    body: Thing = {"title": title, "kind": kind, "reports": wanted}
    for name, value in (("module", module), ("owner", owner)):
        if value:
            body[name] = value
    if zh is not None or en is not None:
        body["changelog"] = {"zh": zh or "", "en": en or ""}
    made = here.server.post("proposals", body)
    gathered = count(int(made.get("reports", len(wanted))), "report")
    here.say(made, f"{made['id']}  {made.get('title')} ({label(made.get('module'))}, {gathered})")


def _title(reports: list[Thing]) -> str:
    if len(reports) > 1:
        raise click.UsageError("--title is needed where there are several reports")
    return str(reports[0]["title"])


def _kind(reports: list[Thing]) -> str:
    for report in reports:
        if report.get("kind") == "suggestion":
            raise click.UsageError(
                f"{report['id']} is a suggestion: --kind new, optimization or fix?"
            )
    return "fix"


@click.command(
    "start",
    cls=Command,
    help=f"Work on proposals has begun; their reporters see it.\n\n{BULK}",
    examples="triage start P-3 P-4",
)
@click.argument("names", metavar="P-3…", nargs=-1, required=True)
@desk
def start(here: Desk, names: tuple[str, ...]) -> None:
    def act(name: str) -> tuple[Thing, str]:
        found = here.server.patch(f"proposals/{name}", {"state": "in_progress"})
        return found, f"{name}  in progress, {count(int(found.get('reports', 0)), 'report')}"

    here.each(here.gather(names, "P"), act)


@click.command(
    "fix",
    cls=Command,
    examples="""
        triage fix P-3 --zh "修复相机打开后闪退" --en "Camera closed when opened"
        triage fix P-3 --model fuxi --model umi --change 4f1c2aa
    """,
)
@one_proposal
@for_models
@click.option("--zh", help="The changelog line in Chinese.")
@click.option("--en", help="The changelog line in English.")
@click.option("--change", help="The commit or change that does it, or a link to it.")
@desk
def fix(
    here: Desk,
    name: str,
    names: tuple[str, ...],
    zh: str | None,
    en: str | None,
    change: str | None,
) -> None:
    """A proposal is done and waits for a build.

    Its reporters see "fixed"; they are told when a published build for their model has it.
    """
    # The line first: no train can then carry the fix without its words.
    if zh is not None or en is not None:
        lines = here.server.get(f"proposals/{name}")["changelog"] if None in (zh, en) else {}
        lines |= {key: line for key, line in (("zh", zh), ("en", en)) if line is not None}
        here.server.patch(f"proposals/{name}", {"changelog": lines})
    chosen = list(names) or None
    body: Thing = {"models": chosen}
    if change:
        body["change"] = change
    found = here.server.put(f"proposals/{name}/fix", body)
    here.say(found, f"{name}  fixed {models(chosen)}, waits for a build")


@click.command(
    "revert",
    cls=Command,
    examples="""
        triage revert P-3 --reason 充电时发烫 --reason-en "Heats while charging"
        triage revert P-3 --model fuxi --reason - < reason.txt
    """,
)
@one_proposal
@for_models
@click.option("--reason", help="Why. Without it your editor opens; - reads it from stdin.")
@click.option("--reason-en", help="Why, in English; --reason is the Chinese then.")
@desk
def revert(
    here: Desk, name: str, names: tuple[str, ...], reason: str | None, reason_en: str | None
) -> None:
    """Take a fix back: its reports go back to being worked on.

    What is published already gets a visible correction, and those who were told hear of it.
    """
    words = written.obtain(reason, what="reason")
    chosen = list(names) or None
    why: str | Thing = {"zh": words, "en": reason_en} if reason_en else words
    found = here.server.delete(f"proposals/{name}/fix", {"models": chosen, "reason": why})
    here.say(found, f"{name}  reverted {models(chosen)}, now {label(found.get('state'))}")


one_report = click.argument("name", metavar="R-12", callback=ids.REPORT)
for_person = click.option(
    "--person", metavar="HANDLE", help="Somebody who said “me too” to it; else its reporter."
)


@click.command(
    "credit",
    cls=Command,
    examples="""
        triage credit R-12
        triage credit R-12 --person bob
    """,
)
@one_report
@for_person
@desk
def credit(here: Desk, name: str, person: str | None) -> None:
    """Thank a tester in the changelog for later evidence.

    Those who reported it before need no credit: they have it. Whoever it is, they are named
    once they agree to be.
    """
    report = here.server.put(f"reports/{name}/credit", {"person": person})
    who = person or report.get("reporter")
    here.say(report, f"{name}  {who} is credited in {report.get('proposal')}")


@click.command("uncredit", cls=Command, examples="triage uncredit R-12 --person bob")
@one_report
@for_person
@desk
def uncredit(here: Desk, name: str, person: str | None) -> None:
    """Take a credit back. Those who reported it before the fix keep theirs."""
    report = here.server.delete(f"reports/{name}/credit", query={"person": person})
    here.say(report, f"{name}  {person or report.get('reporter')} is no longer credited for it")
