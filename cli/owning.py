"""Who is responsible: for reports, and for modules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cli import output
from cli.client import segment
from cli.command import BULK, Command, Desk, Group, desk
from cli.exits import Thing
from cli.triage import each

if TYPE_CHECKING:
    from rich.console import RenderableType

ME = "me"


@click.command(
    "assign",
    cls=Command,
    help="Give reports to the person who is responsible for them.\n\n"
    "HANDLE comes last; me is yourself. With --back they go to whoever their modules fall to: "
    f"the module's owner, or where it has none a captain.\n\n{BULK}",
    examples="""
        triage assign R-12 R-15 erin
        triage assign R-12 me
        triage inbox --module camera --json | triage assign - lin
        triage assign R-12 --back
    """,
)
@click.argument("words", metavar="R-12… HANDLE", nargs=-1, required=True)
@click.option("--mine", is_flag=True, help="To yourself, instead of a HANDLE.")
@click.option("--back", is_flag=True, help="Back to their modules, instead of a HANDLE.")
@desk
def assign(here: Desk, words: tuple[str, ...], mine: bool, back: bool) -> None:
    if mine and back:
        raise click.UsageError("--mine and --back exclude each other")
    names, handle = (words, ME) if mine or back else (words[:-1], words[-1])
    if not names or re.fullmatch(r"[Rr]-\d+", handle):
        raise click.UsageError("name the reports, and then whose they are: triage assign R-12 erin")
    owner = None if back else here.me() if handle == ME else handle

    def act(name: str) -> tuple[Thing, str]:
        report = here.server.put(f"reports/{name}/owner", {"owner": owner})
        return report, f"{name}  now {report.get('owner') or 'nobody'}'s"

    each(here, names, act)


@click.group(
    "modules",
    cls=Group,
    invoke_without_command=True,
    examples="""
        triage modules
        triage modules assign camera erin
        triage modules assign camera erin --reports
        triage modules assign camera --nobody
    """,
)
@click.option("--json", "as_json", is_flag=True, help="Print the API's objects, one a line.")
@click.pass_context
def modules(ctx: click.Context, as_json: bool) -> None:
    """Modules, and who is responsible for them."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_modules, as_json=as_json)


@click.command("list", cls=Command, examples="triage modules list")
@desk
def list_modules(here: Desk) -> None:
    """All modules, in the order of changelogs, with their owners."""
    _show(here, list(here.server.items("modules")))


def _show(here: Desk, found: Sequence[Thing]) -> None:
    if here.as_json:
        for one in found:
            output.json_line(one)
    elif found:
        output.picture(_table(found))
    else:
        here.note("There are no modules yet.")


def _table(found: Sequence[Thing]) -> RenderableType:
    from rich.text import Text

    from cli.render import columns, in_both, one_line

    table = columns("module", "owner", "name")
    for one in found:
        table.add_row(
            Text(output.clean(one["slug"]), style="cyan"),
            output.clean(one["owner"]) if one["owner"] else Text("nobody", style="yellow"),
            one_line(in_both(one["name"])),
        )
    return table


@click.command(
    "assign",
    cls=Command,
    examples="""
        triage modules assign camera erin
        triage modules assign camera me --reports
        triage modules assign camera --nobody
    """,
)
@click.argument("slug")
@click.argument("handle", required=False)
@click.option("--nobody", is_flag=True, help="It has no owner: its reports fall to a captain.")
@click.option("--reports", is_flag=True, help="The former owner's open reports of it go along.")
@desk
def assign_module(here: Desk, slug: str, handle: str | None, nobody: bool, reports: bool) -> None:
    """Say who is responsible for a module. Captains only.

    Reports that are filed from now on are theirs; with --reports, the open ones too that were the
    former owner's, or that had fallen to a captain.
    """
    if (handle is None) != nobody:
        raise click.UsageError("give a HANDLE, or --nobody")
    owner = here.me() if handle == ME else handle
    body: Thing = {"owner": owner, "reports": reports}
    found = here.server.put(f"modules/{segment(slug)}/owner", body)["items"]
    now = next(one for one in found if one["slug"] == slug)
    here.say(now, f"{slug}  now {now['owner'] or 'nobody'}'s")


for _command in (list_modules, assign_module):
    modules.add_command(_command)
