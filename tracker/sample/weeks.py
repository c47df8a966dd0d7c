"""When things happen in the story: four weeks, told on a calendar, laid over the real one."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, timedelta

from tracker.timetable import Timetable

_DAYS = ("fri", "sat", "sun", "mon", "tue", "wed", "thu")
WEEK = 7 * 24 * 60
DEPARTURE = 17 * 60
FREEZE = WEEK - 23 * 60
"""Minutes; the story is told for trains that leave on Fridays at 17:00 and freeze a day before."""

NOW = "4 thu 12:00"
"""The end of the story."""


class Weeks:
    """Week 1 ends with the first of three trains that have left, week 4 is the present one.

    `at("2 mon 21:14")` is that Monday. Where the timetable is another one than the story's, and
    in the present week, which is only as long as it is by now, the time is stretched so that what
    was before a freeze or a departure is before it still.
    """

    def __init__(self, timetable: Timetable, now: datetime) -> None:
        self.timetable = timetable
        coming = timetable.coming(now)
        self.trains: list[date] = [coming - timedelta(weeks=4 - week) for week in range(5)]
        """By week; the one of week 0 left before the story begins."""
        anchors = [(0, timetable.publish_at(self.trains[0]))]
        for week in (1, 2, 3):
            train = self.trains[week]
            anchors.append(((week - 1) * WEEK + FREEZE, timetable.freeze_at(train)))
            anchors.append((week * WEEK, timetable.publish_at(train)))
        anchors.append((_minutes(NOW), now))
        self._told = [told for told, _ in anchors]
        self._real = [real for _, real in anchors]

    def at(self, when: str) -> datetime:
        told = _minutes(when)
        part = min(max(bisect_right(self._told, told), 1), len(self._told) - 1)
        begins, ends = self._told[part - 1], self._told[part]
        share = (told - begins) / (ends - begins)
        span = self._real[part] - self._real[part - 1]
        at = self._real[part - 1] + span * share
        return at.replace(microsecond=0)

    def version(self, week: int, *, dev: bool = False) -> str:
        """What the build of a train is called: after its day, the developer ring's two before."""
        day = self.built_on(week) if dev else self.trains[week]
        return f"{day.year % 100}.{day.month}.{day.day}"

    def built_on(self, week: int) -> date:
        return self.trains[week] - timedelta(days=2)


def _minutes(when: str) -> int:
    """Since the departure with which week 1 begins. A Friday's morning ends a week."""
    week, day, clock = when.split()
    hour, minute = map(int, clock.split(":"))
    since_midnight = int(hour) * 60 + int(minute)
    days = _DAYS.index(day)
    if days == 0 and since_midnight < DEPARTURE:
        days = 7
    return (int(week) - 1) * WEEK + days * 24 * 60 + since_midnight - DEPARTURE
