"""Device models, their builds in order, the modules of the system, and who carries what."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import (
    Array,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    Serial,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from tracker.people.tables import Person


class Ring(StrEnum):
    """Who gets a build, from the few to the many."""

    CLOSED = "closed"
    DEV = "dev"
    STABLE = "stable"


class DeviceModel(Table, tablename="device_models"):
    id: Serial
    codename = Varchar(length=60, unique=True)
    name_zh = Varchar(length=120)
    name_en = Varchar(length=120)
    aliases = Array(base_column=Varchar(), default=list)
    source = Varchar(length=60, default="", help_text="where an import took it from")


class Module(Table, tablename="modules"):
    """A part of the system that a report is about."""

    id: Serial
    slug = Varchar(length=60, unique=True)
    name_zh = Varchar(length=120)
    name_en = Varchar(length=120)
    owner = ForeignKey(Person, null=True, default=None)
    position = Integer(default=0, help_text="order in changelogs and choices")


class Build(Table, tablename="builds"):
    """One version for one device model in one ring.

    `position` in the line of (model, ring) is the only order there is: never the version's
    name, never a date.
    """

    id: Serial
    model = ForeignKey(DeviceModel, null=False)
    ring = Varchar(length=10, choices=Ring)
    version = Varchar(length=80)
    position = Integer()
    built_on = Date(null=True, default=None)
    release = Date(null=True, default=None, help_text="the Friday it is meant for; null: none")
    listed = Boolean(default=False, help_text="its maker said exactly which proposals it holds")
    delayed_zh = Text(default="", help_text="why it is late; empty: it is on time")
    delayed_en = Text(default="")
    published_at = Timestamptz(null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None, help_text="nobody should install it")
    withdrawn_zh = Text(default="")
    withdrawn_en = Text(default="")
    source = Varchar(length=60, default="", help_text="where an import took it from")


class PersonDevice(Table, tablename="person_devices"):
    """A phone somebody tests on."""

    id: Serial
    person = ForeignKey(Person, null=False)
    model = ForeignKey(DeviceModel, null=False)
    ring = Varchar(length=10, choices=Ring, default=Ring.CLOSED)
    build = ForeignKey(Build, null=True, default=None)
    added_at = Timestamptz()
