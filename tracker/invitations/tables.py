"""Codes by which people come in, and who came by which."""

from __future__ import annotations

from piccolo.columns import Array, ForeignKey, Integer, Serial, Timestamptz, Varchar
from piccolo.table import Table

from tracker.people.tables import Person, Role


class Invitation(Table, tablename="invitations"):
    """An F-code (F 码): the way into the closed beta."""

    id: Serial
    code = Varchar(length=40, unique=True)
    role = Varchar(length=20, choices=Role, default=Role.TESTER)
    codenames = Array(
        base_column=Varchar(),
        null=True,
        default=None,
        help_text="Device models it is good for; null: any",
    )
    given_by = ForeignKey(Person, null=True, default=None)
    note = Varchar(length=200, default="")
    uses = Integer(default=1, help_text="How many people may join with it")
    used = Integer(default=0)
    created_at = Timestamptz()
    expires_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)


class Joining(Table, tablename="joinings"):
    """Who came in by which code."""

    id: Serial
    invitation = ForeignKey(Invitation, null=False, index=True)
    person = ForeignKey(Person, null=False, unique=True)
    at = Timestamptz()
