"""Days and moments, as people write them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import click

_SPAN = re.compile(r"([1-9][0-9]{0,3})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
FRIDAY = 4
MOMENTS = "12h, 3d, 2w, friday, 2026-12-01, 2026-12-01T09:00+08:00"


def day(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A date as the API takes it."""
    from datetime import date

    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a date such as 2026-11-27") from error


def moment(text: str, now: datetime) -> datetime:
    """The time that is meant; a day begins at nine by the clock of this machine."""
    if span := _SPAN.fullmatch(text.lower()):
        return now + int(span[1]) * _UNITS[span[2]]
    today = now.astimezone().replace(hour=9, minute=0, second=0, microsecond=0)
    if text.lower() == "friday":
        return today + timedelta(days=(FRIDAY - today.weekday()) % 7 or 7)
    try:
        then = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is none of {MOMENTS}",
            param_hint="--until",
        ) from error
    if len(text) == len("2026-12-01"):
        then = then.replace(hour=9)
    return then if then.tzinfo else then.astimezone()
