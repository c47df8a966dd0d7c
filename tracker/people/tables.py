"""Who is here, and how they prove it."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import (
    Array,
    Boolean,
    ForeignKey,
    Serial,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.indexes import IndexMethod
from piccolo.table import Table


class Role(StrEnum):
    """What a person may do. Each role may do all that the ones before it may."""

    FAN = "fan"
    TESTER = "tester"
    ENGINEER = "engineer"
    CAPTAIN = "captain"
    ADMIN = "admin"


STAFF = (Role.ENGINEER, Role.CAPTAIN, Role.ADMIN)


class Person(Table, tablename="people"):
    id: Serial
    handle = Varchar(length=40, unique=True)
    display_name = Varchar(length=80)
    role = Varchar(length=20, choices=Role, default=Role.FAN)
    password_hash = Text(default="", help_text="argon2id; empty: cannot sign in by password")
    language = Varchar(length=5, default="zh")
    timezone = Varchar(length=64, default="Asia/Shanghai")
    codenames = Array(
        base_column=Varchar(),
        null=True,
        default=None,
        help_text="The device models this person was invited for; null: any",
    )
    credited = Boolean(default=False, help_text="may be named in changelogs, for their reports")
    credit_name = Varchar(length=80, default="", help_text="… by this; empty: the display name")
    joined_at = Timestamptz(default=TimestamptzNow())
    disabled_at = Timestamptz(null=True, default=None)

    @property
    def is_staff(self) -> bool:
        """Whether they speak for the team: engineers, captains, admins."""
        return self.role in STAFF

    @property
    def is_tester(self) -> bool:
        """Whether they are inside the closed beta: testers and the team."""
        return self.role != Role.FAN

    @property
    def is_disabled(self) -> bool:
        """Whether they can no longer sign in, nor use what they were signed in with."""
        return self.disabled_at is not None


class Session(Table, tablename="sessions"):
    """A browser that is signed in. Only the hash of its cookie is kept."""

    id: Serial
    person = ForeignKey(Person, null=False)
    secret_hash = Varchar(length=64, unique=True)
    created_at = Timestamptz()
    expires_at = Timestamptz()
    user_agent = Varchar(length=200, default="")


class Token(Table, tablename="tokens"):
    """A bearer token for scripts and the command line. Only its hash is kept."""

    id: Serial
    person = ForeignKey(Person, null=False, index=True)
    name = Varchar(length=80)
    secret_hash = Varchar(length=64, unique=True)
    created_at = Timestamptz()
    last_used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)


class WrongPassword(Table, tablename="wrong_passwords"):
    """A failed sign-in, kept for a quarter of an hour to slow down guessing."""

    id: Serial
    handle = Varchar(length=40)
    address = Varchar(length=64)
    at = Timestamptz(index=True, index_method=IndexMethod.btree)
