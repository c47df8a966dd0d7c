"""The departure board of a release, as its picture takes it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import Any
from urllib.parse import quote

from tracker.devices.forms import BuildOut
from tracker.language import Text
from tracker.releases.queries import Train
from tracker.web import dates


def rows(
    train: Train,
    departures: Iterable[tuple[BuildOut, Text, bool]],
    *,
    zone: tzinfo,
    links: bool,
) -> list[dict[str, Any]]:
    """One row a build: the reader's own first, then what is late or withdrawn, then the rest in
    their order.

    Times are in `zone`; `links` lead to the builds' pages, which are for the closed beta.
    """
    found = [_row(train, *departure, zone=zone, links=links) for departure in departures]
    rings = {row["ring"] for row in found}
    for row in found:
        if len(rings) == 1:
            row["ring"] = None
    return sorted(
        found, key=lambda row: (not row["mine"], row["state"] not in ("late", "withdrawn"))
    )


def _row(
    train: Train, build: BuildOut, name: Text, mine: bool, *, zone: tzinfo, links: bool
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "model": name,
        "href": f"/devices/{build.device}/builds/{quote(build.version, safe='')}"
        if links
        else None,
        "build": build.version,
        "ring": build.ring.value,
        "mine": mine,
    }
    if build.withdrawn is not None:
        reason = build.withdrawn.reason
        return row | {
            "state": "withdrawn",
            "why": Text(reason.zh or reason.en, reason.en or reason.zh),
        }
    if build.published_at is not None:
        at = build.published_at.astimezone(zone)
        if at.date() == train.publish_at.astimezone(zone).date():
            return row | {"state": "departed", "time": f"{at:%H:%M}"}
        day = (dates.day(at.date(), language, today=train.date) for language in ("zh", "en"))
        return row | {"state": "departed", "time": Text(*day)}
    if build.delayed is not None:
        why = build.delayed
        return row | {"state": "late", "why": Text(why.zh or why.en, why.en or why.zh)}
    if train.state == "published":
        return row | {"state": "waiting"}
    return row | {"state": "on_time", "time": f"{train.publish_at.astimezone(zone):%H:%M}"}
