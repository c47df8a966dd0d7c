"""Moving data in and out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tracker.commands.work import with_database
from tracker.settings import Settings


def add_to(app: typer.Typer) -> None:
    app.command()(backup)
    app.command()(restore)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.", metavar="FILE")],
) -> None:
    """Write the whole database to a file, while the server may go on working."""
    from tracker.backup import back_up

    async def work(settings: Settings) -> None:
        await back_up(file.expanduser().absolute())

    with_database(work)
    size = file.expanduser().stat().st_size / 1024 / 1024
    print(f"Written: {file}, {size:.1f} MB", file=sys.stderr)


def restore(
    file: Annotated[Path, typer.Argument(help="A file of `tracker backup`.", metavar="FILE")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Lose what is in the database now.")
    ] = False,
) -> None:
    """Make the database what it was, on this server or another. Stop the tracker first."""
    from tracker.backup import restore as put_back

    async def work(settings: Settings) -> None:
        await put_back(file.expanduser().absolute(), replace=replace)

    with_database(work, migrated=False)
    print(f"Restored from {file}", file=sys.stderr)
