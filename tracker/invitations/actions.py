"""Inviting, withdrawing, and coming in."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from tracker import database
from tracker.devices.queries import require_model
from tracker.errors import Conflict, Invalid, NotFound
from tracker.history.actions import record
from tracker.invitations import access
from tracker.invitations.forms import Join, NewInvitation
from tracker.invitations.queries import gains, normal
from tracker.language import Text
from tracker.people import passwords
from tracker.people.actions import add_person
from tracker.people.handles import check_handle
from tracker.people.queries import zones
from tracker.people.secrets import new_code
from tracker.people.tables import Person, Role

NOT_OPEN = Text("这个 F 码已经不能用了", "This F-code can no longer be used")
NOTHING_NEW = Text(
    "这个 F 码能给你的，你已经都有了", "You already have all that this F-code could give you"
)


async def invite(person: Person, form: NewInvitation, *, now: datetime) -> int:
    """Make a code; returns the invitation's number. Raises Invalid for an unknown model."""
    access.require_can_invite_as(person, form.role)
    codenames = await codenames_in(form.models)
    async with database.transaction():
        invitation = await add_invitation(
            form.role,
            now=now,
            codenames=codenames,
            given_by=person,
            note=form.note,
            uses=form.uses,
            days=form.days,
        )
        await record(
            person,
            "invitation.made",
            now=now,
            internal=True,
            data={"invitation": invitation["id"], "role": form.role, "uses": form.uses},
        )
    number: int = invitation["id"]
    return number


async def add_invitation(
    role: Role,
    *,
    now: datetime,
    codenames: list[str] | None = None,
    given_by: Person | None = None,
    note: str = "",
    uses: int = 1,
    days: int = 0,
    code: str = "",
) -> Any:
    """The new row. Who may do this is up to the caller: `invite`, or whoever runs the server.

    `code` is for one that is to be told; else it is one that nobody can guess.
    """
    return await database.fetch_row(
        "INSERT INTO invitations"
        " (code, role, codenames, given_by, note, uses, used, created_at, expires_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8) RETURNING *",
        normal(code) or new_code(),
        role,
        codenames,
        given_by.id if given_by else None,
        note,
        uses,
        now,
        now + timedelta(days=days) if days else None,
    )


async def codenames_in(text: str) -> list[str] | None:
    """The device models somebody wrote down, by codename; None for none written down."""
    names = [name for name in re.split(r"[\s,，、;；]+", text) if name]
    found = [(await require_model(name, field="models")).codename for name in names]
    return list(dict.fromkeys(found)) or None


async def withdraw(person: Person, number: int, *, now: datetime) -> None:
    """Nobody comes in by it from now on; those who did stay. Twice is the same as once."""
    access.require_can_invite(person)
    async with database.transaction():
        row = await database.fetch_row(
            "SELECT role, revoked_at FROM invitations WHERE id = $1 FOR UPDATE", number
        )
        if row is None:
            raise NotFound
        access.require_can_invite_as(person, Role(row["role"]))
        if row["revoked_at"] is not None:
            return
        await database.execute("UPDATE invitations SET revoked_at = $2 WHERE id = $1", number, now)
        await record(
            person, "invitation.withdrawn", now=now, internal=True, data={"invitation": number}
        )


async def join(code: str, form: Join, *, language: str, timezone: str, now: datetime) -> Person:
    """Make the account. Raises Invalid by field, and Conflict when the code is not good any more.

    `timezone` is for those whose browser names none.
    """
    problems: dict[str, Text] = {}
    handle = password = ""
    try:
        handle = check_handle(form.handle)
    except Invalid as invalid:
        problems |= invalid.problems
    try:
        password = passwords.check_password(form.password, handle=handle)
    except Invalid as invalid:
        problems |= invalid.problems
    if problems:
        raise Invalid(problems)
    password_hash = await passwords.hash_password(password)
    async with database.transaction():
        invitation = await _use(code, now=now)
        person = await add_person(
            handle,
            now=now,
            role=Role(invitation["role"]),
            display_name=form.display_name,
            password_hash=password_hash,
            language=language,
            timezone=form.timezone if form.timezone in zones() else timezone,
            codenames=invitation["codenames"],
        )
        await _note_joining(person, invitation, "person.joined", now=now)
    return person


async def rise(person: Person, code: str, *, now: datetime) -> None:
    """Take what a code offers to somebody who has an account: a role, or more device models.

    Raises Conflict when the code is not good any more, or offers nothing new.
    """
    async with database.transaction():
        invitation = await _use(code, now=now)
        # Held until the end, so that two taps at once do not use the code twice.
        current = await Person.objects().where(Person.id == person.id).lock_rows().first()
        role, codenames = Role(invitation["role"]), invitation["codenames"]
        if current is None or not gains(current, role, codenames):
            raise Conflict(NOTHING_NEW)
        if codenames is not None and current.role == role and current.codenames is not None:
            codenames = [*current.codenames, *(set(codenames) - set(current.codenames))]
        await Person.update({Person.role: role, Person.codenames: codenames}).where(
            Person.id == person.id
        )
        await _note_joining(person, invitation, "person.risen", now=now)


async def _use(code: str, *, now: datetime) -> Any:
    """Count one use, if there is one left. One statement, so a code is never oversold."""
    invitation = await database.fetch_row(
        "UPDATE invitations SET used = used + 1"
        " WHERE code = $1 AND used < uses AND revoked_at IS NULL"
        " AND (expires_at IS NULL OR expires_at > $2) RETURNING *",
        normal(code),
        now,
    )
    if invitation is None:
        raise Conflict(NOT_OPEN)
    return invitation


async def _note_joining(person: Person, invitation: Any, kind: str, *, now: datetime) -> None:
    """One row a person: by which code they came to be what they are. The events keep them all."""
    await database.execute(
        "INSERT INTO joinings (invitation, person, at) VALUES ($1, $2, $3)"
        " ON CONFLICT (person) DO UPDATE SET invitation = excluded.invitation, at = excluded.at",
        invitation["id"],
        person.id,
        now,
    )
    await record(
        person,
        kind,
        now=now,
        data={
            "invitation": invitation["id"],
            "given_by": invitation["given_by"],
            "role": invitation["role"],
        },
    )
