"""Adding builds to their lines, and phones to people."""

from __future__ import annotations

from datetime import date, datetime

from tracker import database
from tracker.devices import access, queries
from tracker.devices.forms import MyDevice, Words
from tracker.devices.tables import Build, DeviceModel, PersonDevice, Ring
from tracker.errors import Conflict, Invalid, NotFound
from tracker.history.acting import acting
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.access import require_tester
from tracker.people.tables import Person


async def place_build(
    actor: Person,
    model: DeviceModel,
    version: str,
    *,
    ring: Ring,
    built_on: date | None,
    release: date | None,
    after: str | None,
    delayed: Words | None,
    listed: bool,
    now: datetime,
) -> tuple[Build, bool]:
    """Add a build to the line of its model and ring, or change the one of that version.

    It goes right behind `after`; without it a new build goes to the end and a known one stays
    where it is, or goes to the end of another ring. Repeating a call changes nothing. True: it
    was there and now stands elsewhere, so that what came before what has to be asked anew.
    """
    access.require_can_add_builds(actor)
    async with acting(actor, now=now):
        await lock_lines(model)
        build = (
            await Build.objects()
            .where((Build.model == model.id) & (Build.version == version))
            .first()
        )
        added = build is None
        if build is None:
            build = Build(model=model.id, version=version, ring=ring)
        elif build.published_at is not None and (build.release != release or build.ring != ring):
            raise Conflict(
                Text(
                    f"{version} 已经发布，不能再换发布日期或通道",
                    f"{version} is published: its release and ring are settled",
                )
            )
        place = build.position
        if added or after is not None or build.ring != ring:
            place = await _make_room(model, ring, after, build)
        moved = not added and (build.ring, build.position) != (ring, place)
        build.ring, build.position = ring, place
        build.built_on = built_on if built_on is not None else build.built_on
        build.release = release
        build.listed = listed
        build.delayed_zh = delayed.zh if delayed else ""
        build.delayed_en = delayed.en if delayed else ""
        await build.save()
        if added:
            await record(
                actor,
                "build.added",
                now=now,
                build=build.id,
                internal=True,
                data={"device": model.codename, "version": version},
            )
    return build, moved


async def lock_lines(model: DeviceModel) -> None:
    """One at a time for each model: places in a line must not be given out twice, and whoever
    reads a build from here on reads what the one before left. NO KEY: reports are filed meanwhile."""
    await database.execute("SELECT 1 FROM device_models WHERE id = $1 FOR NO KEY UPDATE", model.id)


async def _make_room(model: DeviceModel, ring: Ring, after: str | None, moving: Build) -> int:
    """The position for a build behind `after`; what follows moves up by one."""
    if after is None:
        last = await database.fetch_row(
            "SELECT coalesce(max(position), 0) AS last FROM builds WHERE model = $1 AND ring = $2",
            model.id,
            ring,
        )
        assert last is not None
        return int(last["last"]) + 1
    before = await queries.require_build(model, after, field="after")
    if before.ring != ring or before.version == moving.version:
        raise Invalid(
            {
                "after": Text(
                    f"「{after}」不在同一个通道里", f"Build “{after}” is not in the same ring"
                )
            }
        )
    if moving.ring == ring and moving.position == before.position + 1:
        return moving.position
    await database.execute(
        "UPDATE builds SET position = position + 1"
        " WHERE model = $1 AND ring = $2 AND position > $3",
        model.id,
        ring,
        before.position,
    )
    return before.position + 1


async def add_phone(person: Person, form: MyDevice, *, now: datetime) -> None:
    """Put a phone among one's own; the same model again changes its ring and build."""
    require_tester(person)
    model = await queries.require_model(form.device)
    access.require_invited_for(person, model.codename)
    ring, build = form.ring, None
    if form.build:
        build = await queries.require_build(model, form.build)
        ring = Ring(build.ring)
    async with database.transaction():
        await database.execute(
            "INSERT INTO person_devices (person, model, ring, build, added_at)"
            " VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (person, model) DO UPDATE SET ring = $3, build = $4",
            person.id,
            model.id,
            ring,
            build.id if build else None,
            now,
        )
        await record(person, "phone.added", now=now, internal=True, data={"device": model.codename})


async def remove_phone(person: Person, number: int, *, now: datetime) -> None:
    """Take a phone from one's own. Reports filed with it stay as they are."""
    async with database.transaction():
        gone = (
            await PersonDevice.delete()
            .where((PersonDevice.id == number) & (PersonDevice.person == person.id))
            .returning(PersonDevice.model)
        )
        if not gone:
            raise NotFound
        await record(person, "phone.removed", now=now, internal=True)
