"""Looking for what is like a report, or like a text: advice before linking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cli import ids, output, stdin
from cli.command import Command, Desk, desk
from cli.exits import Thing
from cli.reading import print_list

if TYPE_CHECKING:
    from rich.console import RenderableType


@click.command(
    "similar",
    cls=Command,
    examples="""
        triage similar R-12
        triage similar --text "camera closes" --device fuxi
        triage similar R-12 --json -n 1 | jq -r .id
    """,
)
@click.argument("name", metavar="[R-12]", required=False, callback=ids.REPORT)
@click.option("--text", metavar="WORDS", help="Like this instead of a report; - reads stdin.")
@click.option("--device", metavar="CODENAME", help="With --text: of this device model.")
@click.option("--build", metavar="VERSION", help="With --text: of this build.")
@click.option("--module", metavar="SLUG", help="With --text: of this module.")
@click.option(
    "-n",
    "limit",
    type=click.IntRange(min=1, max=50),
    default=10,
    show_default=True,
    help="At most so many.",
)
@desk
def similar(
    here: Desk,
    name: str | None,
    text: str | None,
    device: str | None,
    build: str | None,
    module: str | None,
    limit: int,
) -> None:
    """Reports and proposals like a report, the likest first. It is advice: nothing is linked.

    `fixed in` is the build that solved it for the model asked about.
    """
    if (name is None) == (text is None):
        raise click.UsageError("give a report, or a --text")
    if name is not None:
        if device or build or module:
            raise click.UsageError("--device, --build and --module go with --text")
        found = here.server.get(f"reports/{name}/similar", {"limit": limit})
    else:
        words = stdin.text() if text == "-" else text
        found = here.server.get(
            "similar",
            {"text": words, "device": device, "build": build, "module": module, "limit": limit},
        )
    print_list(here, iter(found["items"]), limit, _table, "Nothing is like it.")


def _table(things: Sequence[Thing]) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    from cli.render import NARROW, columns, facts, label, one_line, styled

    if output.width() < NARROW:
        return Group(
            *(
                part
                for one in things
                for part in (
                    facts(one["id"], _percent(one), styled(one["status"]), _where(one)),
                    Text(f"  {output.clean(one['title'])}"),
                )
            )
        )
    table = columns("id", "like", "status", "module", "device", "proposal", "fixed in", "title")
    for one in things:
        table.add_row(
            Text(output.clean(one["id"]), style="cyan"),
            _percent(one),
            styled(one["status"]),
            label(one["module"]),
            label(one["device"]),
            label(one["proposal"]),
            label(one["fixed_in"]),
            one_line(one["title"]),
        )
    return table


def _percent(one: Thing) -> str:
    return f"{one['score']:.0%}"


def _where(one: Thing) -> str:
    fixed = one["fixed_in"]
    return f"fixed in {fixed}" if fixed else str(one["proposal"] or "")
