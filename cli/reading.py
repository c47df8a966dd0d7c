"""Looking: the inbox, the proposals, one thing in full."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import click

from cli import ids, output
from cli.client import Query
from cli.command import Command, Desk, desk
from cli.exits import Exit, Thing, TriageError

if TYPE_CHECKING:
    from rich.console import RenderableType

STATUSES = (
    "new",
    "needs_info",
    "accepted",
    "in_progress",
    "fixed",
    "released",
    "verified",
    "closed",
    "open",
)


_INBOX = (
    click.option("--module", metavar="SLUG", help="Only of this module."),
    click.option("--device", metavar="CODENAME", help="Only of this device model."),
    click.option(
        "--status",
        "statuses",
        multiple=True,
        metavar="STATUS",
        type=click.Choice(STATUSES),
        help="Others than what waits; repeatable. One of new, needs_info, accepted, in_progress, "
        "fixed, released, verified, closed; or open: all that are not resolved or closed.",
    ),
    click.option("--owner", metavar="HANDLE", help="Only those this engineer owns."),
    click.option("--mine", is_flag=True, help="Only those you own."),
    click.option("--label", metavar="LABEL", help="Only those with this label."),
    click.option("--text", "q", metavar="WORDS", help="Only those with these words."),
    click.option("--oldest", is_flag=True, help="The longest wait first, not the most pressing."),
    click.option("--snoozed", is_flag=True, help="Those that were put aside instead."),
)


def from_inbox(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options by which reports are chosen; `inbox_query` makes use of them."""
    for option in reversed(_INBOX):
        function = option(function)
    return function


def inbox_query(
    here: Desk,
    *,
    module: str | None,
    device: str | None,
    statuses: tuple[str, ...],
    owner: str | None,
    mine: bool,
    label: str | None,
    q: str | None,
    oldest: bool,
    snoozed: bool,
) -> Query:
    if mine and owner:
        raise click.UsageError("--mine and --owner exclude each other")
    return {
        "module": module,
        "device": device,
        "owner": here.me() if mine else owner,
        "status": ",".join(statuses) or None,
        "label": label,
        "q": q,
        "sort": "old" if statuses or snoozed else "waiting" if oldest else "score",
        "snoozed": "true" if snoozed else None,
    }


def known_names(here: Desk, query: Query, found: Iterator[Thing]) -> Iterator[Thing]:
    """The same. Where there is nothing, a module or model that is not known is said to be so,
    instead of nothing."""
    first = next(found, None)
    if first is not None:
        return chain((first,), found)
    for option, path, key in (("module", "modules", "slug"), ("device", "devices", "codename")):
        name = query.get(option)
        if name:
            listed = list(here.server.items(path))
            names = [str(one[key]) for one in listed]
            if name not in names and not any(name in one.get("aliases", ()) for one in listed):
                # 10 ms, where there is something to guess.
                from difflib import get_close_matches

                close = get_close_matches(str(name), names, 1)
                meant = f"; did you mean {close[0]}?" if close else f": {', '.join(sorted(names))}"
                raise TriageError(Exit.NOT_FOUND, f"no {option} {name}{meant}")
    return iter(())


@click.command(
    "inbox",
    cls=Command,
    examples="""
        triage inbox --module camera
        triage inbox --mine -n 0
        triage inbox --device fuxi --json | triage link - P-3
    """,
)
@from_inbox
@click.option(
    "-n",
    "limit",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="At most so many; 0: all.",
)
@desk
def inbox(here: Desk, /, limit: int, **chosen: Any) -> None:
    """Reports that wait for the team, the most pressing first.

    A report waits while a tester spoke last: new ones, and those with an answer or a word since.
    triage why R-12 says why one is where it is.
    """
    query = inbox_query(here, **chosen)
    reports = known_names(here, query, here.server.items("reports", query, one_more(limit)))

    def picture(reports: list[Thing]) -> RenderableType:
        from cli import render, report_view

        return report_view.table(reports, width=output.width(), now=render.utc_now())

    print_list(here, reports, limit, picture, "Nothing waits here.")


@click.command(
    "proposals",
    cls=Command,
    examples="""
        triage proposals --state open --module camera
        triage proposals --mine --json
    """,
)
@click.option("--module", metavar="SLUG", help="Only of this module.")
@click.option(
    "--state", type=click.Choice(["open", "in_progress", "declined"]), help="Only in this state."
)
@click.option("--owner", metavar="HANDLE", help="Only those this engineer owns.")
@click.option("--mine", is_flag=True, help="Only those you own.")
@click.option(
    "-n",
    "limit",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="At most so many; 0: all.",
)
@desk
def proposals(
    here: Desk,
    module: str | None,
    state: str | None,
    owner: str | None,
    mine: bool,
    limit: int,
) -> None:
    """The engineers' work items, the newest first."""
    if mine and owner:
        raise click.UsageError("--mine and --owner exclude each other")
    query: Query = {"module": module, "state": state, "owner": here.me() if mine else owner}
    found = known_names(here, query, here.server.items("proposals", query, one_more(limit)))

    def picture(proposals: list[Thing]) -> RenderableType:
        from cli import proposal_view, render

        return proposal_view.table(proposals, width=output.width(), now=render.utc_now())

    print_list(here, found, limit, picture, "No proposals like that.")


def one_more(limit: int) -> int:
    """How many to ask for, to know whether there are more than the limit; 0: all."""
    return limit + 1 if limit else 0


def print_list(
    here: Desk,
    found: Iterator[Thing],
    limit: int,
    picture: Callable[[list[Thing]], RenderableType],
    nothing: str,
) -> None:
    """Print a list: each object as it arrives with `--json`, else one table."""
    if here.as_json:
        for thing in islice(found, limit or None):
            output.json_line(thing)
        return
    things = list(islice(found, one_more(limit) or None))
    if not things:
        here.note(nothing)
        return
    shown = things[:limit] if limit else things
    output.picture(picture(shown))
    here.saw(shown)
    if len(things) > len(shown):
        here.note(f"There are more: -n {limit * 4}, or -n 0 for all.")


@click.command(
    "show",
    cls=Command,
    examples="""
        triage show R-12
        triage show P-3 --json
    """,
)
@click.argument("name", metavar="R-12|P-3")
@desk
def show(here: Desk, name: str) -> None:
    """A report or a proposal in full. A bare number is a report's."""
    if name[:2].upper() == "P-":
        _show_proposal(here, _one(name, "P"))
    else:
        _show_report(here, _one(name, "R"))


@click.command("proposal", cls=Command, examples="triage proposal P-3")
@click.argument("name", metavar="P-3", callback=ids.PROPOSAL)
@desk
def proposal(here: Desk, name: str) -> None:
    """A proposal in full, with its reports, fixes and builds."""
    _show_proposal(here, name)


def _one(name: str, letter: str) -> str:
    try:
        return ids.number(name, letter)
    except ids.BadIdError as error:
        raise click.UsageError(str(error)) from error


def _show_report(here: Desk, name: str) -> None:
    report = here.server.get(f"reports/{name}")

    def picture() -> RenderableType:
        from cli import report_view

        return report_view.full(report, suggested=_suggested(here, report))

    here.show(report, picture)


def _suggested(here: Desk, report: Thing) -> Thing | None:
    """The saved reply that a rule suggests; it may be gone by now."""
    name = report.get("suggested_reply")
    found = here.server.get(f"reports/{report['id']}/saved-replies")["items"] if name else ()
    return next((one for one in found if one["name"] == name), None)


def _show_proposal(here: Desk, name: str) -> None:
    found = here.server.get(f"proposals/{name}")

    def picture() -> RenderableType:
        from cli import proposal_view

        return proposal_view.full(found)

    here.show(found, picture)
