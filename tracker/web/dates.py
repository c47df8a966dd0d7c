"""Dates and spans in the reader's words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tracker.language import Text
from tracker.settings import WeeklyTime

MONTHS = (
    "January February March April May June July August September October November December".split()
)
WEEKDAYS = (
    Text("周一", "Monday"),
    Text("周二", "Tuesday"),
    Text("周三", "Wednesday"),
    Text("周四", "Thursday"),
    Text("周五", "Friday"),
    Text("周六", "Saturday"),
    Text("周日", "Sunday"),
)

MINUTE, HOUR, DAY = 60, 3600, 86400


def day(value: date, language: str, *, today: date) -> str:
    """「11 月 27 日」 or “27 November”; the year only where it is not this one."""
    if language == "en":
        words = f"{value.day} {MONTHS[value.month - 1]}"
        return words if value.year == today.year else f"{words} {value.year}"
    words = f"{value.month} 月 {value.day} 日"
    return words if value.year == today.year else f"{value.year} 年 {words}"


def moment(value: datetime, language: str, *, today: date) -> str:
    """Date, minute and zone of a time that is already in the reader's zone."""
    return f"{day(value.date(), language, today=today)} {value:%H:%M} {zone_name(value)}"


def weekly(value: WeeklyTime) -> Text:
    """「每周五 17:00」 or “every Friday at 17:00”."""
    weekday = WEEKDAYS[value.weekday]
    return Text(f"每{weekday.zh} {value.time:%H:%M}", f"every {weekday.en} at {value.time:%H:%M}")


def zone_name(value: datetime) -> str:
    """`UTC+8` rather than `CST`, which is four different zones."""
    offset = value.utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // MINUTE)
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{sign}{hours}:{rest:02}" if rest else f"UTC{sign}{hours}"


def duration(seconds: float, language: str) -> str:
    """A rough span: 「6 小时」, “6 hours”. Rounded to the nearest unit, never to nothing."""
    for size, zh, en in ((DAY, "天", "day"), (HOUR, "小时", "hour"), (MINUTE, "分钟", "minute")):
        if seconds >= size or size == MINUTE:
            count = max(1, round(seconds / size))
            return f"{count} {zh}" if language != "en" else f"{count} {en}{'s' * (count != 1)}"
    raise AssertionError("minutes end the list")


def ago(value: datetime, now: datetime, language: str) -> str:
    """How long since (or until) a time; a minute either way is now."""
    seconds = (now - value).total_seconds()
    if abs(seconds) < MINUTE:
        return "刚刚" if language != "en" else "just now"
    span = duration(abs(seconds), language)
    if seconds > 0:
        return f"{span}前" if language != "en" else f"{span} ago"
    return f"{span}后" if language != "en" else f"in {span}"
