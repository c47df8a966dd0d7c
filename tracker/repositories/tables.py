"""Where the code is: repositories whose commits mark proposals as fixed, and what they sent."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    Array,
    BigSerial,
    ForeignKey,
    Integer,
    Serial,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from tracker.people.tables import Person
from tracker.proposals.tables import Proposal


class HostKind(StrEnum):
    """Who sends, and so how it is signed and what it looks like."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GERRIT = "gerrit"


class Repository(Table, tablename="repositories"):
    """A branch that we hear of by webhook. One that was removed stays, for its history.

    The secret is kept as it is: signatures cannot be checked by a hash of it.
    """

    id: Serial
    host = Varchar(length=10, choices=HostKind)
    name = Varchar(length=200)
    branch = Varchar(length=200)
    codenames = Array(
        base_column=Varchar(),
        null=True,
        default=None,
        help_text="the device models that its fixes are for; null: all",
    )
    secret = Varchar(length=200, help_text="empty once it is removed")
    added_by = ForeignKey(Person, null=True, default=None)
    added_at = Timestamptz()
    removed_at = Timestamptz(null=True, default=None)


class RepositoryDelivery(Table, tablename="repository_deliveries"):
    """One webhook as it came, and what became of it. Those of long ago are thrown away."""

    id = BigSerial(primary_key=True)
    repository = ForeignKey(Repository, null=False)
    key = Varchar(length=200, help_text="the host's own name for it: the same in a repeat")
    at = Timestamptz()
    event = Varchar(length=60, help_text="in the host's words")
    project = Varchar(length=200, default="", help_text="in the host's words")
    branch = Varchar(length=200, default="")
    commits = Integer(default=0)
    left_out = Integer(default=0, help_text="commits that the host did not send along")
    why = Varchar(length=20, default="", help_text="why nothing was looked at; empty: it was")
    acts = JSONB(default="[]", help_text="repositories.forms.Act")


class RepositoryCommit(Table, tablename="repository_commits"):
    """What a commit did to a proposal: once, however often and in whatever webhook it comes."""

    id = BigSerial(primary_key=True)
    repository = ForeignKey(Repository, null=False)
    sha = Varchar(length=64)
    proposal = ForeignKey(Proposal, null=False)
    act = Varchar(length=6, help_text="fix or revert")
    codenames = Array(base_column=Varchar(), null=True, default=None, help_text="null: all")
    at = Timestamptz()
