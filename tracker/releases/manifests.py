"""Many builds at once: what a CI server has made for all its models, or none of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from piccolo.querystring import QueryString

from tracker import database
from tracker.devices.access import require_can_add_builds
from tracker.devices.queries import find_model
from tracker.errors import Conflict, Invalid, NotFound
from tracker.history.acting import acting
from tracker.language import Text
from tracker.numbers import proposal_number
from tracker.people.tables import Person
from tracker.releases.arriving import put_build
from tracker.releases.forms import ManifestBuild
from tracker.releases.locking import lock_proposals
from tracker.releases.preparing import locked
from tracker.timetable import Timetable

MOST = 200


async def put_builds(
    actor: Person, manifest: Sequence[ManifestBuild], *, now: datetime, timetable: Timetable
) -> list[int]:
    """Add or change all of them, in their order; returns their ids. Again is the same as once."""
    require_can_add_builds(actor)
    if not 0 < len(manifest) <= MOST:
        raise Invalid(
            {"builds": Text(f"一次 1 到 {MOST} 个版本", f"Between 1 and {MOST} builds at once")}
        )
    seen: set[tuple[str, str]] = set()
    for place, one in enumerate(manifest):
        if (one.device, one.version) in seen:
            raise Invalid(
                {
                    f"builds[{place}].version": Text(
                        f"{one.device} {one.version} 出现了两次",
                        f"{one.device} {one.version} is there twice",
                    )
                }
            )
        seen.add((one.device, one.version))
    async with acting(actor, now=now):
        await _hold(manifest, timetable)
        return [
            await _put(actor, place, one, now=now, timetable=timetable)
            for place, one in enumerate(manifest)
        ]


async def _hold(manifest: Sequence[ManifestBuild], timetable: Timetable) -> None:
    """Everything that the builds are about, in the order in which a publication takes it, so that
    none of the two waits for the other for ever. What is not found is said later, with its place."""
    for day in sorted({one.release for one in manifest if one.release}):
        if timetable.is_train(day):
            await locked(day)
    models = [await find_model(name) for name in {one.device for one in manifest}]
    await database.fetch(
        "SELECT 1 FROM device_models WHERE id = ANY ($1::integer[]) ORDER BY id FOR NO KEY UPDATE",
        [model.id for model in models if model is not None],
    )
    numbers: set[int] = set()
    for name in {name for one in manifest for name in one.proposals or ()}:
        try:
            numbers.add(proposal_number(name))
        except NotFound:
            continue
    await lock_proposals(QueryString("SELECT unnest({}::bigint[])", sorted(numbers)))


async def _put(
    actor: Person, place: int, one: ManifestBuild, *, now: datetime, timetable: Timetable
) -> int:
    """A refusal goes on, and takes all builds with it: it only learns which one it is about."""
    try:
        return await put_build(actor, one.device, one.version, one, now=now, timetable=timetable)
    except Invalid as refusal:
        raise Invalid(
            {f"builds[{place}].{field}": words for field, words in refusal.problems.items()}
        ) from None
    except Conflict as refusal:
        called, why = f"{one.device} {one.version}", refusal.reason
        raise Conflict(Text(f"{called}：{why.zh}", f"{called}: {why.en}")) from None
