"""Serving, and what keeps it in order."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated

import typer

from tracker.commands.work import read_settings, with_database
from tracker.settings import Settings


def add_to(app: typer.Typer) -> None:
    for command in (serve, work, migrate, sample, tick, doctor):
        app.command()(command)


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="The port to listen on; 0 takes a free one.", min=0, max=65535)
    ] = 8000,
    workers: Annotated[int, typer.Option(help="Processes that answer.", min=1, max=64)] = 1,
    schedule: Annotated[
        bool,
        typer.Option(help="Also do the clock's work: freezing, publishing, telling people."),
    ] = True,
    proxies: Annotated[
        str,
        typer.Option(
            help="Addresses of proxies in front of this server, with commas between them. What "
            "they say about where a request comes from is believed.",
            metavar="ADDRESSES",
        ),
    ] = "127.0.0.1",
) -> None:
    """Prepare the database and answer, until told to stop.

    An empty database gets the sample programme, unless others can reach the server.
    """
    settings = read_settings()
    from tracker import server

    server.serve(
        settings,
        host=host,
        port=port,
        workers=workers,
        schedule=schedule,
        proxies=proxies,
        say=lambda text: print(text, flush=True),
    )


def work() -> None:
    """Deliver notices, and nothing else, until told to stop.

    A server does it too. Run as many as it takes beside it, on any host that reaches the same
    TRACKER_DATABASE_URL, with the same settings.
    """
    from tracker import working

    with_database(working.until_stopped)


def migrate() -> None:
    """Bring the tables up to date. `serve` does it when it starts."""
    from tracker import database

    async def work(settings: Settings) -> list[str]:
        return await database.migrate()

    ran = with_database(work, migrated=False)
    print("\n".join(ran) if ran else "The tables are up to date.")


def sample() -> None:
    """Load the sample programme into an empty database."""
    from tracker import sample as programme

    async def work(settings: Settings) -> None:
        await programme.load(datetime.now(UTC), settings)

    with_database(work)
    print(f"Loaded. Everybody in it signs in with the password {programme.PASSWORD}:")
    for player in programme.CAST:
        print(f"  {player.handle:8} {player.part.en}")


def tick(
    now: Annotated[
        str, typer.Option(help="The time to do it at, like 2026-11-27T17:00:00+08:00.")
    ] = "",
) -> None:
    """Do once what the schedule would do at a time, such as publishing what is due."""
    from tracker import schedule

    at = datetime.now(UTC) if not now else _time(now)

    async def work(settings: Settings) -> None:
        await schedule.tick(settings, at)

    with_database(work)


def doctor() -> None:
    """Check settings, files, database and tables. Exit code 1 where something is not well."""
    from tracker.doctor import examine

    settings = read_settings()

    async def run() -> bool:
        well = True
        async for finding in examine(settings):
            mark = "ok      " if finding.well else "NOT WELL"
            print(f"{mark}  {finding.what}: {finding.detail}")
            well = well and finding.well
        return well

    if not asyncio.run(run()):
        raise typer.Exit(1)


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise typer.BadParameter(
            "it must be a time with its zone, like 2026-11-27T17:00:00+08:00", param_hint="--now"
        )
    return at.astimezone(UTC)
