"""The Friday train, from the terminal."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import click

from cli import stdin
from cli.command import Command, Desk, desk
from cli.exits import Exit, Thing, TriageError
from cli.sentences import count

if TYPE_CHECKING:
    from rich.console import RenderableType

ACTIONS = ("board", "preview", "freeze", "thaw", "hold", "unhold", "publish")


@click.command(
    "friday",
    cls=Command,
    examples="""
        triage friday
        triage friday preview --messages
        triage friday hold --reason "the alarm clock is being looked into"
        triage friday 2026-11-27 publish
    """,
)
@click.argument("words", metavar="[DATE] [board|preview|freeze|thaw|hold|unhold|publish]", nargs=-1)
@click.option("--messages", is_flag=True, help="preview: also every message that would go out.")
@click.option("--reason", default="", help="hold: why, for the team.")
@click.option("--yes", is_flag=True, help="publish: do not ask. A script is never asked.")
@desk
def friday(here: Desk, words: tuple[str, ...], messages: bool, reason: str, yes: bool) -> None:
    """The Friday's train as a board, and its levers.

    DATE is the coming release unless it is given. board, which is meant without an action, shows
    what is in, what waits, what stands in the way, and the command for each. preview shows all that would be published,
    in both languages, and how many people are told. thaw lets fixes in again after a freeze. A train
    on hold does not leave, whatever the time, until unhold. Publishing twice is the same as once.
    """
    day, action = _sort(words)
    day = day or _coming(here)
    if action == "publish":
        _publish(here, day, sure=yes)
    elif action == "preview" or (action == "board" and messages):
        _preview(here, day, messages=messages)
    elif action == "board":
        _board(here, day)
    else:
        _move(here, day, action, reason)


def _move(here: Desk, day: str, action: str, reason: str) -> None:
    match action:
        case "freeze":
            train = here.server.put(f"releases/{day}/freeze")
            here.say(train, f"{day}  frozen: later fixes take the next train")
        case "thaw":
            train = here.server.delete(f"releases/{day}/freeze")
            here.say(train, f"{day}  boarding: fixes come along until it leaves")
        case "hold":
            train = here.server.put(f"releases/{day}/hold", {"reason": reason})
            here.say(train, f"{day}  held: it does not leave until unhold")
        case _:
            train = here.server.delete(f"releases/{day}/hold")
            here.say(train, f"{day}  let go")


def _preview(here: Desk, day: str, *, messages: bool) -> None:
    train = here.server.get(f"releases/{day}/preview")

    def picture() -> RenderableType:
        from cli import friday_view

        return friday_view.preview(train, messages=messages)

    here.show(train, picture)


def _board(here: Desk, day: str) -> None:
    train = here.server.get(f"releases/{day}/preview")

    def picture() -> RenderableType:
        from cli import friday_board, output, render

        return friday_board.board(train, now=render.utc_now(), width=output.width())

    here.show(train, picture)


def _sort(words: tuple[str, ...]) -> tuple[str | None, str]:
    """The date and the action, in either order."""
    day: str | None = None
    action: str | None = None
    for word in words:
        if word in ACTIONS and action is None:
            action = word
            continue
        try:
            parsed = date.fromisoformat(word).isoformat()
        except ValueError as error:
            raise click.UsageError(
                f"{word!r} is neither a date such as 2026-11-27 nor one of {', '.join(ACTIONS)}"
            ) from error
        if day is not None:
            raise click.UsageError("one date at a time")
        day = parsed
    return day, action or "board"


def _coming(here: Desk) -> str:
    """The train that is to leave next.

    One that could not leave on its day (without a build, say) counts until the next is due.
    """
    waiting = [
        train for train in here.server.items("releases") if train.get("state") != "published"
    ]
    if not waiting:
        raise TriageError(Exit.NOT_FOUND, "no release is coming: name a date")
    waiting.sort(key=lambda train: str(train["date"]))
    oldest = datetime.now(UTC) - timedelta(days=6)
    open_ones = [train for train in waiting if datetime.fromisoformat(train["publish_at"]) > oldest]
    return str((open_ones or waiting[-1:])[0]["date"])


def _publish(here: Desk, day: str, *, sure: bool) -> None:
    if not sure and stdin.at_terminal() and not here.as_json:
        train = here.server.get(f"releases/{day}/preview")
        if train.get("state") != "published":
            click.confirm(f"Publish {day}: {_figures(train)}?", abort=True, err=True)
    release = here.server.put(f"releases/{day}/publication")
    here.say(release, f"{day}  published: {_figures(release)}")


def _figures(train: Thing) -> str:
    parts = [
        count(len(train.get("entries") or []), "line"),
        count(len(train.get("builds") or []), "build"),
    ]
    if "recipients" in train:
        parts.append(f"{train['recipients']} to be told")
    return ", ".join(parts)
