"""Builds arriving, and what they are said to hold."""

from __future__ import annotations

from datetime import datetime

from piccolo.querystring import QueryString

from tracker import database
from tracker.devices import queries as devices
from tracker.devices.access import require_can_add_builds
from tracker.devices.actions import place_build
from tracker.devices.forms import Words
from tracker.devices.tables import Build
from tracker.errors import Conflict, Invalid
from tracker.history.acting import acting
from tracker.history.actions import announce
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals.queries import named_proposal
from tracker.releases.actions import leave_alone
from tracker.releases.forms import PutBuild
from tracker.releases.lines import settle_again
from tracker.releases.locking import lock_proposals
from tracker.releases.preparing import locked
from tracker.timetable import Timetable


async def put_build(
    actor: Person,
    codename: str,
    version: str,
    form: PutBuild,
    *,
    now: datetime,
    timetable: Timetable,
) -> int:
    """Add or change a build and say what it holds; returns its id. Again is the same as once.

    It leaves at once where no train has to be waited for: out of band, or late for one that
    has left.
    """
    require_can_add_builds(actor)
    model = await devices.require_model(codename)
    if form.release is not None and not timetable.is_train(form.release):
        raise Invalid(
            {
                "release": Text(
                    f"{form.release} 不是发版日",
                    f"{form.release} is not a day on which trains leave",
                )
            }
        )
    delayed = form.delayed or None
    if isinstance(delayed, str):
        delayed = Words(delayed, delayed)
    async with acting(actor, now=now):
        release = await locked(form.release) if form.release is not None else None
        build, moved = await place_build(
            actor,
            model,
            version,
            ring=form.ring,
            built_on=form.built_on,
            release=form.release,
            after=form.after,
            delayed=delayed,
            listed=form.proposals is not None,
            now=now,
        )
        if moved:
            await settle_again(actor, build, now=now, timetable=timetable)
        await _set_contents(actor, build, form.proposals)
        waits = release is not None and release.published_at is None
        stays = delayed is not None or build.withdrawn_at is not None
        if build.published_at is None and not stays and not waits:
            await leave_alone(actor, build, release, now=now, timetable=timetable)
        # Why a build is late has no event.
        await announce()
    return int(build.id)


async def _set_contents(actor: Person, build: Build, names: list[str] | None) -> None:
    """Keep the list of a build that is not out yet; for one that is, it must stay the same."""
    wanted = {await named_proposal(actor, name) for name in names or []}
    await lock_proposals(QueryString("SELECT unnest({}::bigint[])", sorted(wanted)))
    rows = await database.fetch(
        "SELECT proposal FROM shipments WHERE build = $1 AND NOT taken_over", build.id
    )
    present = {row["proposal"] for row in rows}
    if build.published_at is not None:
        if names is not None and wanted != present:
            raise Conflict(
                Text(
                    f"{build.version} 已经发布，内容不能再改",
                    f"{build.version} is published: what it holds is settled",
                )
            )
        return
    await database.execute(
        "DELETE FROM shipments WHERE build = $1 AND NOT proposal = ANY ($2::bigint[])",
        build.id,
        list(wanted),
    )
    await database.execute(
        "INSERT INTO shipments (proposal, build, model, ring, reason_zh, reason_en)"
        " SELECT proposal, $1, $2, $3, '', '' FROM unnest($4::bigint[]) AS proposal"
        " ON CONFLICT (build, proposal) DO NOTHING",
        build.id,
        build.model,
        build.ring,
        sorted(wanted - present),
    )
    # Reverted since it was listed, and fixed anew: this build is said to hold the new fix.
    await database.execute(
        "UPDATE shipments s SET ended = NULL, ended_at = NULL, reason_zh = '', reason_en = ''"
        " WHERE s.build = $1 AND s.shipped_at IS NULL AND s.ended_at IS NOT NULL"
        " AND EXISTS (SELECT 1 FROM fixes f WHERE f.proposal = s.proposal"
        "  AND (f.model IS NULL OR f.model = s.model) AND f.at > s.ended_at)",
        build.id,
    )
