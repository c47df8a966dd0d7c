"""How notices got to people, and what an engineer does about those that did not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from cli import dates, ids, output, stdin, written
from cli.client import Query
from cli.command import BULK, Command, Desk, Group, desk
from cli.exits import Exit, Thing, TriageError
from cli.reading import one_more, print_list
from cli.sentences import count

if TYPE_CHECKING:
    from rich.console import RenderableType

STATES = ("pending", "sent", "failed", "dead")
CHANNELS = ("webpush", "email", "webhook", "ntfy", "mipush", "feishu", "wecom", "dingtalk")

_SELECTION = (
    click.option(
        "--release",
        callback=dates.day,
        metavar="DATE",
        help="Only of what this Friday told people.",
    ),
    click.option("--channel", type=click.Choice(CHANNELS), help="Only over this channel."),
    click.option("--person", metavar="HANDLE", help="Only to this person."),
    click.option("--host", metavar="NAME", help="Only to this host."),
    click.option("--notice", type=int, metavar="NUMBER", help="Only of this notice."),
)


def narrowed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options by which deliveries are chosen, as `chosen`."""
    for option in reversed(_SELECTION):
        function = option(function)
    return function


@click.group(
    "deliveries",
    cls=Group,
    invoke_without_command=True,
    examples="""
        triage deliveries --release 2026-11-27 --state dead
        triage deliveries --person alice
        triage deliveries --state failed --json | triage deliveries retry -
    """,
)
@narrowed
@click.option("--state", type=click.Choice(STATES), help="Only in this state.")
@click.option(
    "-n",
    "limit",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    help="At most so many; 0: all.",
)
@desk
def deliveries(here: Desk, /, limit: int, **chosen: str | int | None) -> None:
    """How notices got to people, the newest first.

    Above the list, how many are where. A failed one is tried again by itself, a dead one never is. What waits longest and the hosts that
    are left alone for a while are named above the list. The inbox has no deliveries: a notice has
    arrived there by being there.
    """
    context = click.get_current_context()
    if context.invoked_subcommand:
        if here.as_json or any(value is not None for value in chosen.values()):
            raise click.UsageError(f"options go behind {context.invoked_subcommand}")
        return
    query: Query = chosen
    if not here.as_json:
        _print_summary(here, query)
    found = here.server.items("deliveries", query, one_more(limit))

    def picture(things: list[Thing]) -> RenderableType:
        from cli import delivery_view, render

        return delivery_view.table(things, width=output.width(), now=render.utc_now())

    narrow = any(value is not None for value in chosen.values())
    none = "No deliveries like that." if narrow else "No deliveries yet."
    print_list(here, found, limit, picture, none)


def _print_summary(here: Desk, query: Query) -> None:
    """A tester, who sees their own alone, gets none."""
    try:
        found = here.server.get("deliveries/summary", query)
    except TriageError as failure:
        if failure.code in (Exit.NOT_ALLOWED, Exit.NOT_FOUND) and not failure.final:
            return
        raise
    from cli import delivery_view, render

    if any(found.values()):
        output.picture(delivery_view.summary(found, now=render.utc_now()))


many = click.argument("names", metavar="[ID…|-]", nargs=-1)
unasked = click.option("--yes", is_flag=True, help="Do not ask. A script is never asked.")


@deliveries.command(
    "retry",
    cls=Command,
    help="Have dead or failed deliveries tried at once.\n\n"
    "One that a worker has in hand, or that comes within three minutes, is left to come by itself, "
    "and a host that is left alone is not disturbed. --dead or --failed, with at least one of the "
    f"other options, takes all of them instead of ids.\n\n{BULK}",
    examples="""
        triage deliveries retry 1204 1207
        triage deliveries retry --dead --release 2026-11-27 --channel webpush
        triage deliveries --state dead --json | triage deliveries retry -
    """,
)
@many
@click.option("--dead", is_flag=True, help="All that are dead.")
@click.option("--failed", is_flag=True, help="All that wait to be tried again.")
@narrowed
@unasked
@desk
def retry(
    here: Desk,
    /,
    names: tuple[str, ...],
    dead: bool,
    failed: bool,
    yes: bool,
    **chosen: str | int | None,
) -> None:
    state = _state(names, chosen, dead=dead, failed=failed)
    if state:
        _sure(here, "Try", state, chosen, sure=yes)
        done = _all(here, "deliveries/retry", {"state": state, **_given(chosen)})
        left = f"; {_left(done['gone'])}" if done["gone"] else ""
        here.say(done, f"{count(done['changed'], 'delivery')} tried at once{left}")
        return

    def act(name: str) -> tuple[Thing, str]:
        from cli.delivery_view import when

        one = here.server.put(f"deliveries/{name}/retry")
        return one, f"{name}  {when(one)}"

    here.each(ids.gather(names, ids.PLAIN), act)


@deliveries.command(
    "give-up",
    cls=Command,
    help="Give deliveries up: they are dead, and say by whom and why.\n\n"
    "Their recipients may read the reason. What is under way at this moment may still arrive, and is "
    "then told as sent. --failed or --pending, with at least one of the other options, takes all of "
    f"them instead of ids.\n\n{BULK}",
    examples="""
        triage deliveries give-up 1204 1207 --reason "the server was taken down"
        triage deliveries give-up --failed --host hooks.example.com \\
            --reason "the server was taken down"
    """,
)
@many
@click.option("--failed", is_flag=True, help="All that wait to be tried again.")
@click.option("--pending", is_flag=True, help="All that were not tried yet.")
@narrowed
@click.option("--reason", help="Why. Without it your editor opens; - reads it from stdin.")
@unasked
@desk
def give_up(
    here: Desk,
    /,
    names: tuple[str, ...],
    failed: bool,
    pending: bool,
    reason: str | None,
    yes: bool,
    **chosen: str | int | None,
) -> None:
    written.only_one_stdin(names, reason)
    state = _state(names, chosen, failed=failed, pending=pending)
    wanted = ids.gather(names, ids.PLAIN)
    if state:
        _sure(here, "Give up", state, chosen, sure=yes)
    words = written.obtain(reason, what="reason", context="\n".join(wanted))
    if state:
        body = {"state": state, "reason": words, **_given(chosen)}
        done = _all(here, "deliveries/end", body)
        here.say(done, f"{count(done['changed'], 'delivery')} given up")
        return

    def act(name: str) -> tuple[Thing, str]:
        one = here.server.put(f"deliveries/{name}/end", {"reason": words})
        return one, f"{name}  {one.get('state')}: {one.get('detail')}"

    here.each(wanted, act)


def _state(names: tuple[str, ...], chosen: Query, **flags: bool) -> str:
    """Which state is meant in bulk; empty where ids are given."""
    states = [state for state, wanted in flags.items() if wanted]
    options = " or ".join(f"--{state}" for state in flags)
    if names and (states or _given(chosen)):
        raise click.UsageError("give ids or options that choose, not both")
    if not names and len(states) != 1:
        raise click.UsageError(f"give ids, - to read them from stdin, or {options}")
    if states and not _given(chosen):
        others = "--release, --channel, --person, --host or --notice"
        raise click.UsageError(f"--{states[0]} goes with {others}")
    return states[0] if states else ""


def _given(chosen: Query) -> Thing:
    return {name: value for name, value in chosen.items() if value is not None}


def _sure(here: Desk, act: str, state: str, chosen: Query, *, sure: bool) -> None:
    """Somebody at a terminal is asked, with how many they are."""
    if sure or here.as_json or not stdin.at_terminal():
        return
    found = here.server.get("deliveries/summary", {**chosen, "state": state})
    number = sum(int(one["count"]) for one in found.get("counts") or [])
    click.confirm(f"{act} {count(number, f'{state} delivery')}?", abort=True, err=True)


def _all(here: Desk, path: str, body: Thing) -> Thing:
    """All of a selection, as many at a time as the server takes."""
    changed = 0
    while True:
        answer = here.server.put(path, body)
        changed += int(answer.get("changed", 0))
        if not answer.get("more"):
            return {"changed": changed, "gone": int(answer.get("gone", 0))}


def _left(gone: int) -> str:
    return f"{count(gone, 'other')} cannot be reached any more"
