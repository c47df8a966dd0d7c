"""Days, as people write them."""

from __future__ import annotations

import click


def day(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """A date as the API takes it."""
    from datetime import date

    try:
        return date.fromisoformat(value).isoformat() if value else None
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a date such as 2026-11-27") from error
