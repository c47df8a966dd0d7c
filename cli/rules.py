"""Routing rules: whom new reports go to, which captains keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from cli import output
from cli.client import segment
from cli.command import Command, Desk, Group, desk
from cli.exits import Exit, Thing, TriageError

if TYPE_CHECKING:
    from rich.console import RenderableType

SEVERITIES = ("brick", "data_loss", "security", "major", "normal", "minor")

_RULE = (
    click.option("--words", multiple=True, help="Any of these in title or text; repeatable."),
    click.option("--module", metavar="SLUG", help="Only of this module."),
    click.option("--device", metavar="CODENAME", help="Only of this device model."),
    click.option(
        "--severity",
        "severities",
        multiple=True,
        type=click.Choice([*SEVERITIES, ""]),
        metavar="SEVERITY",
        help=f"Any of these; repeatable: {', '.join(SEVERITIES)}.",
    ),
    click.option("--owner", metavar="HANDLE", help="Who gets it."),
    click.option("--label", "labels", multiple=True, help="Its label; repeatable."),
    click.option("--reply", metavar="NAME", help="The saved reply to suggest."),
    click.option("--position", type=click.IntRange(min=1), help="Its place in the order."),
)
_LISTS = ("words", "severities", "labels")


def described(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that a rule is made of."""
    for option in reversed(_RULE):
        function = option(function)
    return function


@click.group(
    "rules",
    cls=Group,
    invoke_without_command=True,
    examples="""
        triage rules
        triage rules keep crash --words 闪退 --words crash --owner erin
        triage rules check crash --days 7
        triage rules keep hot --words 发烫 --label overheating --reply need-log
    """,
)
@click.option("--json", "as_json", is_flag=True, help="Print the API's objects, one a line.")
@click.pass_context
def rules(ctx: click.Context, as_json: bool) -> None:
    """Routing rules: whom new reports go to. Captains keep them.

    Each new report is held against all rules that are on. The first that names an owner decides
    who gets it, the first that has a reply suggests it, and labels add up.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_rules, as_json=as_json)


@click.command("list", cls=Command, examples="triage rules list --json")
@desk
def list_rules(here: Desk) -> None:
    """All rules, in their order."""
    found = here.server.get("routing-rules")["items"]
    if here.as_json:
        for one in found:
            output.json_line(one)
    elif not found:
        here.note("No rules yet.")
    else:
        from cli import rule_view

        output.picture(rule_view.listed(found))


@click.command(
    "keep",
    cls=Command,
    examples="""
        triage rules keep crash --words 闪退 --words crash --owner erin
        triage rules keep camera-crash --off
        triage rules keep camera-crash --module "" --position 1
    """,
)
@click.argument("name")
@described
@click.option("--on/--off", "enabled", default=None, help="Whether it is in force; a new one is.")
@desk
def keep(here: Desk, /, name: str, **given: Any) -> None:
    """Save a rule, or change one.

    What is not given stays as it is; "" takes it out. It holds for what is filed from now on.
    Captains only.
    """
    was = _saved(here, name)
    kept = here.server.put(f"routing-rules/{segment(name)}", _body(was, given))
    state = "" if kept["enabled"] else ", off"
    here.say(kept, f"{name}  {'changed' if was else 'saved'}, number {kept['position']}{state}")


@click.command("remove", cls=Command, examples="triage rules remove camera-crash")
@click.argument("name")
@desk
def remove(here: Desk, name: str) -> None:
    """Remove a rule. What it did stays done. Captains only."""
    here.server.delete(f"routing-rules/{segment(name)}")
    here.say({"name": name}, f"{name}  removed")


@click.command(
    "check",
    cls=Command,
    examples="""
        triage rules check camera-crash
        triage rules check camera-crash --days 30
        triage rules check camera-crash --words 黑屏 --owner lin
        triage rules check --words 发烫 --label overheating
    """,
)
@click.argument("name", required=False)
@click.option(
    "--days", type=click.IntRange(1, 31), default=7, show_default=True, help="Back from now."
)
@described
@desk
def check(here: Desk, /, name: str | None, days: int, **given: Any) -> None:
    """What a rule would have done last week.

    With options, what it would have done if it were so: nothing is saved. Without NAME, what a new
    rule would have done.
    """
    changed = any(value is not None and value != () for value in given.values())
    if name is None and not changed:
        raise click.UsageError("give the name of a rule, or what a new one would be made of")
    if name is not None and not changed:
        path = f"routing-rules/{segment(name)}/check"
        found = here.server.get(path, {"days": str(days)})
    else:
        was = _saved(here, name) if name else {}
        body = {**_body(was, given), "days": days, "name": name}
        found = here.server.post("routing-checks", body)

    def picture() -> RenderableType:
        from cli import rule_view

        return rule_view.checked(found)

    here.show(found, picture)


def _saved(here: Desk, name: str) -> Thing:
    """The rule of this name; empty where there is none yet."""
    try:
        found: Thing = here.server.get(f"routing-rules/{segment(name)}")
    except TriageError as failure:
        if failure.code != Exit.NOT_FOUND:
            raise
        return {}
    return found


def _body(was: Thing, given: Thing) -> Thing:
    """The rule as it is to be: what was given over what it was."""
    body: Thing = {}
    for key, value in given.items():
        if key in _LISTS:
            body[key] = [one for one in value if one] if value else was.get(key, [])
        elif key == "enabled":
            body[key] = was.get(key, True) if value is None else value
        elif key == "position":
            body[key] = value
        else:
            body[key] = (was.get(key) if value is None else value) or None
    return body


for _command in (list_rules, keep, remove, check):
    rules.add_command(_command)
