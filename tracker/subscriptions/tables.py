"""Where people want to hear, and of what."""

from __future__ import annotations

from piccolo.columns import (
    JSONB,
    BigSerial,
    Boolean,
    ForeignKey,
    Text,
    Time,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table

from tracker.channels.base import ChannelName
from tracker.people.tables import Person


class Subscription(Table, tablename="subscriptions"):
    """One place where somebody hears: a browser, a mail address, a robot in a team's chat.

    It is never removed, so that "why didn't I hear?" has an answer; what is needed to reach it is
    wiped once it is gone.
    """

    id = BigSerial(primary_key=True)
    person = ForeignKey(Person, null=True, default=None, help_text="null: a team's robot")
    channel = Varchar(length=12, choices=ChannelName)
    key = Text(help_text="what makes two addresses the same place; unique while not gone")
    host = Varchar(length=255, help_text="what shares limits and fails together")
    address = JSONB(default="{}")
    name = Varchar(length=80, default="", help_text="what its owner knows it by")
    language = Varchar(length=5, default="", help_text="a robot's; people have their own")
    hears = JSONB(default="[]", help_text="the kinds that a robot posts; people have preferences")
    created_at = Timestamptz()
    confirmed_at = Timestamptz(null=True, default=None, help_text="null: nothing is sent there yet")
    gone_at = Timestamptz(null=True, default=None)
    gone_because = Text(default="")


class Preference(Table, tablename="preferences"):
    """What somebody chose. Without a row, or a channel in `kinds`, what `defaults.py` says."""

    person = ForeignKey(Person, null=False, unique=True)
    kinds = JSONB(default="{}", help_text='{"webpush": ["friday", "question"]}')
    quiet_from = Time(null=True, default=None, help_text="on the clock of people.timezone")
    quiet_to = Time(null=True, default=None)
    fridays_only = Boolean(default=False)
    inbox_only = Boolean(default=False)
    changed_at = Timestamptz()


class Key(Table, tablename="keys"):
    """Keys that we made for ourselves and that every host has to share, such as VAPID's."""

    name = Varchar(length=20, primary_key=True)
    value = Text()
    created_at = Timestamptz()
