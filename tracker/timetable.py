"""When trains freeze and leave, worked out from the settings alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from tracker.errors import NotFound
from tracker.settings import Settings, WeeklyTime


class Timetable(msgspec.Struct, frozen=True):
    """The weekly rhythm. A train is called by the local date on which it leaves."""

    zone: ZoneInfo
    freeze: WeeklyTime
    publish: WeeklyTime

    @classmethod
    def of(cls, settings: Settings) -> Timetable:
        return cls(settings.timezone, settings.freeze, settings.publish)

    def publish_at(self, train: date) -> datetime:
        """UTC. A wall-clock time that daylight saving skips is read by its earlier offset."""
        return datetime.combine(train, self.publish.time, self.zone).astimezone(UTC)

    def freeze_at(self, train: date) -> datetime:
        """The last freeze time before the train leaves."""
        days = (train.weekday() - self.freeze.weekday) % 7
        at = datetime.combine(train - timedelta(days=days), self.freeze.time, self.zone)
        if at >= datetime.combine(train, self.publish.time, self.zone):
            at -= timedelta(days=7)
        return at.astimezone(UTC)

    def is_train(self, day: date) -> bool:
        return day.weekday() == self.publish.weekday

    def coming(self, now: datetime) -> date:
        """The next train to leave after `now`, frozen or not."""
        day = now.astimezone(self.zone).date()
        day += timedelta(days=(self.publish.weekday - day.weekday()) % 7)
        return day if self.publish_at(day) > now else day + timedelta(days=7)

    def following(self, train: date) -> date:
        return train + timedelta(days=7)


def train_day(text: str) -> date:
    """The date in an address; anything else is the address of nothing."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
    if day.isoformat() != text:
        raise NotFound
    return day
