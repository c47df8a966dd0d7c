"""`tracker import`: device models, builds and reports from files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.commands.work import with_database
from tracker.settings import Settings

if TYPE_CHECKING:
    from tracker.importing.running import Outcome, Target

importing = typer.Typer(
    help="Bring in device models, builds and reports from .csv, .jsonl and .yml files.",
    no_args_is_help=True,
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(importing, name="import")


File = Annotated[Path, typer.Argument(help="A .csv, .jsonl, .yml or .yaml file.", metavar="FILE")]
Maps = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN",
        help="Which column fills a field. A column called like the field needs no mention.",
    ),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="FIELD=VALUE", help="What a field has where a row says nothing of it."
    ),
]
Values = Annotated[
    list[str] | None,
    typer.Option(
        "--value",
        metavar="FIELD:THEIRS=OURS",
        help="What a word of theirs means; * stands for any that is not known.",
    ),
]
Source = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Where it comes from: rows are known again by it. Else the file's name.",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would come of it, and change nothing.")
]


@importing.command("devices")
def devices(
    file: File,
    maps: Maps = None,
    sets: Sets = None,
    values: Values = None,
    source: Source = "",
    dry_run: DryRun = False,
) -> None:
    """Device models. One whose codename is known stays as it is.

    Fields: codename, name (or name_zh and name_en), aliases.
    """
    from tracker.importing.devices import Devices

    _bring_in(
        "device models",
        file,
        lambda settings, now: Devices(_name(source, file), now=now),
        options=(maps, sets, values),
        dry_run=dry_run,
    )


@importing.command("builds")
def builds(
    file: File,
    maps: Maps = None,
    sets: Sets = None,
    values: Values = None,
    source: Source = "",
    newest_first: Annotated[
        bool,
        typer.Option(
            "--newest-first", help="The file begins with the newest; else with the oldest."
        ),
    ] = False,
    create_devices: Annotated[
        bool, typer.Option("--create-devices", help="Add device models that are missing.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Builds that are out already, in the order of the file. One that is known stays as it is.

    Fields: device, version, ring (closed, dev, stable), built_on, published_at, release; and for
    --create-devices: name (or name_zh and name_en).

    Nothing is read from versions or dates: each new build goes behind the one before it in the
    file, and the first one to the end of its line. Bring in the oldest file first.
    """
    from tracker.importing.builds import Builds
    from tracker.timetable import Timetable

    _bring_in(
        "builds",
        file,
        lambda settings, now: Builds(
            _name(source, file),
            now=now,
            timetable=Timetable.of(settings),
            newest_first=newest_first,
            create_devices=create_devices,
        ),
        options=(maps, sets, values),
        dry_run=dry_run,
    )


@importing.command("reports")
def reports(
    file: File,
    maps: Maps = None,
    sets: Sets = None,
    values: Values = None,
    source: Source = "",
    reporter: Annotated[
        str,
        typer.Option(
            metavar="HANDLE",
            help="Who stands for reporters without an account here; else an account called after "
            "the source, which nobody can sign in to.",
        ),
    ] = "",
    create_modules: Annotated[
        bool, typer.Option("--create-modules", help="Add modules that are missing.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Reports that were filed elsewhere. One that is known, by source and external_id, stays.

    Fields: external_id, title, body, device, build, ring, module, kind, severity, frequency,
    private, status, reason, filed_at, closed_at, reporter.

    What is open elsewhere comes in as new; what is over, as closed with a sentence saying so.
    Nobody is told of any of it.
    """
    from tracker.importing.reports import Reports
    from tracker.timetable import Timetable

    _bring_in(
        "reports",
        file,
        lambda settings, now: Reports(
            _name(source, file),
            now=now,
            timetable=Timetable.of(settings),
            reporter=reporter or None,
            create_modules=create_modules,
            dry_run=dry_run,
        ),
        options=(maps, sets, values),
        dry_run=dry_run,
    )


def _name(source: str, file: Path) -> str:
    from tracker.importing.refusals import WrongUse

    name = source.strip() or file.stem
    if len(name) > 60:
        raise WrongUse("--source: 60 characters at most")
    return name


def _bring_in(
    what: str,
    file: Path,
    target: Callable[[Settings, datetime], Target],
    *,
    options: tuple[list[str] | None, list[str] | None, list[str] | None],
    dry_run: bool,
) -> None:
    """Exit codes: 0 every row is there now, 1 some were refused, 2 a wrong option."""
    from tracker.importing.files import reading
    from tracker.importing.mapping import FieldMap
    from tracker.importing.progress import telling
    from tracker.importing.refusals import WrongUse
    from tracker.importing.running import Outcome, run

    outcome = Outcome()
    maps, sets, values = (given or [] for given in options)

    async def work(settings: Settings) -> None:
        ours = target(settings, datetime.now(UTC))
        with reading(file) as source, telling(what, source.size) as told:
            fields = FieldMap(
                ours.fields, maps=maps, sets=sets, values=values, columns=source.columns
            )
            await run(
                ours,
                source,
                fields,
                outcome,
                dry_run=dry_run,
                refuse=told.refuse,
                advance=told.advance,
            )
        unseen = [f"--map: no row had “{column}”" for column in sorted(fields.unseen)]
        for remark in unseen + ours.remarks():
            print(remark, file=sys.stderr)

    stopped = False
    try:
        with_database(work)
    except WrongUse as problem:
        print(problem, file=sys.stderr)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        stopped = True
    print(_summary(what, outcome, dry_run=dry_run))
    if stopped:
        print(
            "Stopped. What was added stays; the same command goes on from there.", file=sys.stderr
        )
        raise typer.Exit(130)
    if outcome.refused:
        raise typer.Exit(1)


def _summary(what: str, outcome: Outcome, *, dry_run: bool) -> str:
    added = "would be added" if dry_run else "added"
    return (
        f"{what}: {outcome.added:,} {added}, {outcome.there:,} already there,"
        f" {outcome.refused:,} refused"
    )
