"""The week as home shows it: which train is meant, and where today is on the way to it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

import msgspec

from tracker.timetable import Timetable

FRIDAY = 4


class Day(msgspec.Struct, frozen=True):
    """`state` is gone, today or coming."""

    date: date
    state: str


class Week(msgspec.Struct, frozen=True):
    """`days` run from Monday to Friday, or on to the day of departure where that is later.

    `freeze_day` and `departure_day` count from Monday; null where the freeze was in the week
    before. `away` is days until departure by the calendar: 0 is today. `left`: the train is
    gone; `overdue`: it should be, and is not.
    """

    train: date
    freeze_at: datetime
    publish_at: datetime
    days: list[Day]
    freeze_day: int | None
    departure_day: int
    away: int
    left: bool
    overdue: bool


def train_shown(timetable: Timetable, now: datetime) -> date:
    """The train a day belongs to: today's until midnight, even when it has left."""
    today = now.astimezone(timetable.zone).date()
    return today if timetable.is_train(today) else timetable.coming(now)


def week_of(timetable: Timetable, train: date, *, now: datetime, zone: tzinfo, left: bool) -> Week:
    """The strip of the week in which `train` leaves, by the calendar of the reader's zone."""
    freeze_at, publish_at = timetable.freeze_at(train), timetable.publish_at(train)
    today = now.astimezone(zone).date()
    frozen_on, leaves_on = (at.astimezone(zone).date() for at in (freeze_at, publish_at))
    monday = leaves_on - timedelta(days=leaves_on.weekday())
    days = [monday + timedelta(days=n) for n in range(max(FRIDAY, leaves_on.weekday()) + 1)]
    return Week(
        train=train,
        freeze_at=freeze_at,
        publish_at=publish_at,
        days=[
            Day(day, "today" if day == today else "gone" if day < today else "coming")
            for day in days
        ],
        freeze_day=days.index(frozen_on) if frozen_on in days else None,
        departure_day=leaves_on.weekday(),
        away=(leaves_on - today).days,
        left=left,
        overdue=not left and publish_at <= now,
    )
