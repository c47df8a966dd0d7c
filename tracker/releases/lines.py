"""Changing the order of builds that are there, and with it what came before what."""

from __future__ import annotations

from datetime import datetime

from piccolo.querystring import QueryString

from tracker import database
from tracker.devices import access
from tracker.devices import queries as devices
from tracker.devices.actions import lock_lines
from tracker.devices.tables import Build, DeviceModel, Ring
from tracker.errors import Invalid
from tracker.history.acting import acting
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals.settling import settle
from tracker.releases.forms import MoveLine
from tracker.releases.locking import lock_proposals
from tracker.releases.queries import boarding
from tracker.timetable import Timetable

# Whatever repeats the ring of a build, or of the builds that somebody gets.
_REPEATING = ("shipments", "person_devices", "reports", "affected")


async def settle_again(actor: Person, build: Build, *, now: datetime, timetable: Timetable) -> None:
    """A build stands elsewhere, perhaps in another ring: what is on it goes with it."""
    await _lock_proposals_of(build.model)
    for table in _REPEATING:
        await database.execute(
            f"UPDATE {table} SET ring = $2 WHERE build = $1 AND ring <> $2", build.id, build.ring
        )
    await _settle_model(actor, build.model, now=now, timetable=timetable)


async def _lock_proposals_of(model: int) -> None:
    await lock_proposals(
        QueryString(
            "SELECT proposal FROM reports WHERE model = {} UNION"
            " SELECT proposal FROM shipments WHERE model = {}",
            model,
            model,
        )
    )


async def _settle_model(actor: Person, model: int, *, now: datetime, timetable: Timetable) -> None:
    scope = QueryString("reports.model = {} AND reports.proposal IS NOT NULL", model)
    await settle(actor, scope, now=now, train=await boarding(timetable, now))


async def move_line(
    engineer: Person, codename: str, form: MoveLine, *, now: datetime, timetable: Timetable
) -> DeviceModel:
    """Move a model from one ring to another: its builds there, in their order, go behind `after`
    or to the end; its phones and reports, and what they carry, go along. Again, nothing is left
    to move.

    Every report of the model is asked anew where it stands. Returns the model.
    """
    access.require_can_add_builds(engineer)
    if form.origin == form.to:
        raise Invalid({"to": Text("和原来的通道一样", "It is in that ring already")})
    async with acting(engineer, now=now):
        model = await devices.model_page(codename)
        await lock_lines(model)
        moving = await database.fetch(
            "SELECT id, version FROM builds WHERE model = $1 AND ring = $2"
            " ORDER BY position FOR NO KEY UPDATE",
            model.id,
            form.origin,
        )
        await _lock_proposals_of(model.id)
        place = await _place_behind(model, form.to, form.after)
        await database.execute(
            "UPDATE builds SET position = position + $4"
            " WHERE model = $1 AND ring = $2 AND position > $3",
            model.id,
            form.to,
            place,
            len(moving),
        )
        await database.execute(
            "UPDATE builds SET ring = $2, position = $3 + moving.place"
            " FROM unnest($1::integer[]) WITH ORDINALITY AS moving (id, place)"
            " WHERE builds.id = moving.id",
            [row["id"] for row in moving],
            form.to,
            place,
        )
        followed = 0
        for table in _REPEATING:
            rows = await database.fetch(
                f"WITH moved AS (UPDATE {table} SET ring = $3 WHERE model = $1 AND ring = $2"
                " RETURNING 1) SELECT count(*) AS n FROM moved",
                model.id,
                form.origin,
                form.to,
            )
            followed += rows[0]["n"]
        if not (moving or followed):
            return model
        data = {
            "device": model.codename,
            "from": form.origin,
            "to": form.to,
            "builds": [row["version"] for row in moving],
        }
        await record(engineer, "line.moved", now=now, internal=True, data=data)
        await _settle_model(engineer, model.id, now=now, timetable=timetable)
    return model


async def _place_behind(model: DeviceModel, ring: Ring, after: str | None) -> int:
    """The position that the first of the builds follows."""
    if after is None:
        row = await database.fetch_row(
            "SELECT coalesce(max(position), 0) AS last FROM builds WHERE model = $1 AND ring = $2",
            model.id,
            ring,
        )
        assert row is not None
        return int(row["last"])
    build = await devices.require_build(model, after, field="after")
    if build.ring != ring:
        raise Invalid(
            {"after": Text(f"「{after}」不在这个通道里", f"Build “{after}” is not in that ring")}
        )
    return int(build.position)
