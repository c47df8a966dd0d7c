"""A release as programs get it."""

from __future__ import annotations

from datetime import datetime

from tracker.devices.forms import Words
from tracker.releases.builds import builds_of
from tracker.releases.entries import entries_of
from tracker.releases.forms import ReleaseOut, ReleaseSummary
from tracker.releases.queries import Train


def summary_out(train: Train, *, base_url: str) -> ReleaseSummary:
    return ReleaseSummary(
        date=train.date,
        url=f"{base_url}/releases/{train.date}",
        state=train.state,
        freeze_at=train.freeze_at,
        publish_at=train.publish_at,
        frozen_at=train.frozen_at,
        published_at=train.published_at,
    )


async def release_out(train: Train, *, base_url: str, now: datetime) -> ReleaseOut:
    """With its builds, and its lines as they would be `now` where it has not left."""
    short = summary_out(train, base_url=base_url)
    return ReleaseOut(
        **{name: getattr(short, name) for name in short.__struct_fields__},
        notes=Words(*train.notes),
        builds=await builds_of(train),
        entries=await entries_of(train, now=now),
    )
