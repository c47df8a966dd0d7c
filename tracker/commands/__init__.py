"""The `tracker` command, for whoever runs the server.

What takes long to import is imported where it is used, so that a token is made in a moment.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tracker import __version__
from tracker.commands import data, importing, people, serving
from tracker.settings import SettingsError

app = typer.Typer(
    name="tracker",
    help="Run Orange Friday: feedback on phone builds, all the way to the Friday that solves it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
serving.add_to(app)
people.add_to(app)
importing.add_to(app)
data.add_to(app)


def main() -> None:
    """Exit codes: 0 done, 1 refused or out of reach, 2 a wrong option or setting."""
    try:
        app(prog_name="tracker")
    except SettingsError as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
    except Exception as problem:
        reason = _reason(problem)
        if reason is None:
            raise
        print(reason, file=sys.stderr)
        sys.exit(1)


def _reason(problem: Exception) -> str | None:
    """The sentence of a refusal; None for a fault of ours, which is shown as it is."""
    from tracker.database import StartError
    from tracker.errors import Refusal

    if isinstance(problem, Refusal):
        return problem.reason.en
    told: tuple[type[Exception], ...] = (StartError,)
    # Only what has been imported can have been raised.
    for module, name in (("tracker.backup", "BackupError"), ("tracker.server", "CannotListen")):
        if module in sys.modules:
            told += (getattr(sys.modules[module], name),)
    return str(problem) if isinstance(problem, told) else None


def _say_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_say_version, is_eager=True, help="Say which it is."),
    ] = False,
) -> None:
    pass
