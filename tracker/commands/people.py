"""Accounts, tokens and invitations, from the terminal."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from tracker.commands.work import with_database
from tracker.settings import Settings

if TYPE_CHECKING:
    from tracker.people.tables import Person

person = typer.Typer(help="Who has an account.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(person, name="person")
    app.command()(token)
    app.command()(invite)


class RoleName(StrEnum):
    """As in people.tables, which takes a while to import."""

    FAN = "fan"
    TESTER = "tester"
    ENGINEER = "engineer"
    CAPTAIN = "captain"
    ADMIN = "admin"


class LanguageName(StrEnum):
    ZH = "zh"
    EN = "en"


Handle = Annotated[str, typer.Argument(help="The name they sign in with.", metavar="HANDLE")]


@person.command("add")
def add_person(
    handle: Handle,
    role: Annotated[RoleName, typer.Option(help="What they may do.")],
    name: Annotated[str, typer.Option(help="The name others see; else the handle.")] = "",
    language: Annotated[LanguageName, typer.Option(help="What they read.")] = LanguageName.ZH,
    password_stdin: Annotated[
        bool,
        typer.Option("--password-stdin", help="Read the password from standard input; else none."),
    ] = False,
) -> None:
    """Make an account."""
    from tracker.people import actions, passwords
    from tracker.people.tables import Role

    password = sys.stdin.readline() if password_stdin else None

    async def work(settings: Settings) -> None:
        password_hash = ""
        if password is not None:
            checked = passwords.check_password(password, handle=handle)
            password_hash = await passwords.hash_password(checked)
        await actions.add_person(
            handle,
            now=datetime.now(UTC),
            role=Role(role),
            display_name=name,
            password_hash=password_hash,
            language=language,
            timezone=settings.timezone.key,
        )

    with_database(work)
    if password is None:
        print(
            f"{handle} cannot sign in yet. Give a password: tracker person password {handle}",
            file=sys.stderr,
        )


@person.command("password")
def set_password(handle: Handle) -> None:
    """Set a new password, asked for or read from standard input, and sign them out everywhere."""
    from tracker.people import actions

    if sys.stdin.isatty():
        password: str = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline()

    async def work(settings: Settings) -> None:
        await actions.set_password(await _person(handle), password)

    with_database(work)


@person.command("disable")
def disable(handle: Handle) -> None:
    """Shut somebody out at once, sessions and tokens included. What they wrote stays.

    Open reports that they looked after go to the owners of their modules, or to a captain."""
    from tracker.reports import owning

    async def work(settings: Settings) -> int:
        return len(await owning.shut_out(await _person(handle), now=datetime.now(UTC)))

    _passed_on(handle, with_database(work))


@person.command("role")
def change_role(
    handle: Handle, role: Annotated[RoleName, typer.Argument(help="What they may do from now on.")]
) -> None:
    """Give somebody another role.

    Where they leave the team by it, the open reports that they looked after pass on."""
    from tracker.people.tables import Role
    from tracker.reports import owning

    async def work(settings: Settings) -> int:
        found = await _person(handle)
        return len(await owning.change_role(found, Role(role), now=datetime.now(UTC)))

    _passed_on(handle, with_database(work))


def _passed_on(handle: str, reports: int) -> None:
    if reports:
        print(f"{reports} open report{'s' * (reports != 1)} of {handle} passed on", file=sys.stderr)


@person.command("enable")
def enable(handle: Handle) -> None:
    """Let somebody in again who was shut out. They have to sign in anew."""
    from tracker.people import actions

    async def work(settings: Settings) -> None:
        await actions.enable(await _person(handle))

    with_database(work)


@person.command("list")
def list_people() -> None:
    """Everybody: handle, role, language, name."""
    from tracker.people.queries import everybody

    async def work(settings: Settings) -> list[Person]:
        return await everybody()

    for one in with_database(work):
        out = "  (shut out)" if one.is_disabled else ""
        print(f"{one.handle:20} {one.role:10} {one.language:3} {one.display_name}{out}")


def token(
    handle: Handle,
    name: Annotated[str, typer.Option(help="Where it is used, to know it by.")] = "command line",
) -> None:
    """Make a bearer token for somebody, and print it alone on standard output."""
    from tracker.people import actions

    async def work(settings: Settings) -> str:
        return await actions.make_token(await _person(handle), name, now=datetime.now(UTC))

    print(with_database(work))


def invite(
    role: Annotated[RoleName, typer.Option(help="What they may do.")] = RoleName.TESTER,
    uses: Annotated[int, typer.Option(help="How many may come in by it.", min=1)] = 1,
    days: Annotated[int, typer.Option(help="Days it is good for; 0: no end.", min=0)] = 14,
    model: Annotated[
        list[str] | None,
        typer.Option(help="A device model it is good for, by codename; may be repeated."),
    ] = None,
    note: Annotated[str, typer.Option(help="Whom it is for; only those who invite see it.")] = "",
) -> None:
    """Make an F-code, and print the address that somebody joins at."""
    from tracker.invitations import actions
    from tracker.people.tables import Role

    async def work(settings: Settings) -> str:
        made = await actions.add_invitation(
            Role(role),
            now=datetime.now(UTC),
            codenames=await actions.codenames_in(" ".join(model or [])),
            uses=uses,
            days=days,
            note=note,
        )
        return f"{settings.base_url}/join/{made['code']}"

    print(with_database(work))


async def _person(handle: str) -> Person:
    from tracker.errors import NotFound
    from tracker.language import Text
    from tracker.people.queries import person_called

    found = await person_called(handle)
    if found is None:
        raise NotFound(Text(f"没有 {handle} 这个人", f"There is nobody called {handle}."))
    return found
