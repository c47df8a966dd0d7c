"""Every command of `triage`, and running one inside this process.

A new command is found by itself: nothing here names any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click
from click.testing import CliRunner, Result

from cli.main import app


def every() -> list[tuple[str, click.Command]]:
    """All of them, groups too, by what is typed behind `triage`; the first is `triage` itself."""
    return list(_below("", app))


def leaves() -> list[str]:
    """Those that do something: all but groups that only hold others."""
    return [
        name
        for name, command in every()
        if not isinstance(command, click.Group) or (name and command.invoke_without_command)
    ]


def _below(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for word, one in command.commands.items():
            yield from _below(f"{name} {word}".strip(), one)


def command_of(words: list[str]) -> str:
    """The command that a command line calls: the longest name that it begins with."""
    names = {name for name, _ in every()}
    return max(
        (name for n in range(len(words) + 1) if (name := " ".join(words[:n])) in names), key=len
    )


def run_here(
    *words: str, environment: Mapping[str, str] | None = None, stdin: str = "", columns: int = 80
) -> Result:
    """The command in this process: a hundredth of the time that a process takes to start.

    Its output is no terminal. It blocks: with a server on the loop of the session, in a thread.
    """
    given = {"COLUMNS": str(columns), "LANG": "C.UTF-8", "NO_COLOR": None, **(environment or {})}
    return CliRunner().invoke(app, list(words), input=stdin, env=given, prog_name="triage")


__all__ = ["command_of", "every", "leaves", "run_here"]
