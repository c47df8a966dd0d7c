"""Taking a build back: nobody should install it, and what it brought is not there any more."""

from __future__ import annotations

from datetime import datetime

import msgspec
from piccolo.querystring import QueryString

from tracker import database
from tracker.devices import access
from tracker.devices import queries as devices
from tracker.devices.actions import lock_lines
from tracker.devices.forms import Words
from tracker.devices.tables import Build, DeviceModel
from tracker.errors import NotFound
from tracker.history.acting import acting
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals.settling import settle
from tracker.releases.forms import WithdrawBuild
from tracker.releases.locking import lock_proposals
from tracker.releases.queries import boarding
from tracker.timetable import Timetable


async def withdraw(
    engineer: Person,
    codename: str,
    version: str,
    form: WithdrawBuild,
    *,
    now: datetime,
    timetable: Timetable,
) -> int:
    """Withdraw a build; returns its id. Again is the same as once, and keeps the first reason.

    What it brought lives on in the build that follows it in its line, where one is out and not
    withdrawn itself; else it waits for the next one. Whoever was told is told. A build that is
    not out yet stays behind when its train leaves.
    """
    access.require_can_add_builds(engineer)
    given = form.reason
    reason = Words(given, given) if isinstance(given, str) else given
    async with acting(engineer, now=now):
        model = await devices.model_page(codename)
        build = await _locked(model, version)
        if build.withdrawn_at is not None:
            return int(build.id)
        await database.execute(
            "UPDATE builds SET withdrawn_at = $2, withdrawn_zh = $3, withdrawn_en = $4"
            " WHERE id = $1",
            build.id,
            now,
            reason.zh,
            reason.en,
        )
        ended = await database.fetch(
            "UPDATE shipments SET ended_at = $2, ended = 'withdrawn', reason_zh = $3,"
            " reason_en = $4 WHERE build = $1 AND shipped_at IS NOT NULL AND ended_at IS NULL"
            " RETURNING id",
            build.id,
            now,
            reason.zh,
            reason.en,
        )
        shipments = sorted(row["id"] for row in ended)
        heir = await _take_over(build, shipments)
        data = {
            "device": model.codename,
            "version": build.version,
            "reason": {"zh": reason.zh, "en": reason.en},
            "shipments": shipments,
            "heir": msgspec.to_builtins(heir),
        }
        await record(engineer, "build.withdrawn", now=now, build=build.id, data=data)
        await _settle(engineer, build, shipments, now=now, timetable=timetable)
    return int(build.id)


async def restore(
    engineer: Person, codename: str, version: str, *, now: datetime, timetable: Timetable
) -> int:
    """Take a withdrawal back; returns the build's id. Again is the same as once.

    What it brought counts again, but for what was reverted or seen still broken since. A build
    that was not out yet goes with its train, or with its next PUT where that has left.
    """
    access.require_can_add_builds(engineer)
    async with acting(engineer, now=now):
        model = await devices.model_page(codename)
        build = await _locked(model, version)
        if build.withdrawn_at is None:
            return int(build.id)
        await database.execute(
            "UPDATE builds SET withdrawn_at = NULL, withdrawn_zh = '', withdrawn_en = ''"
            " WHERE id = $1",
            build.id,
        )
        revived = await database.fetch(
            "UPDATE shipments SET ended_at = NULL, ended = NULL, reason_zh = '', reason_en = ''"
            " WHERE build = $1 AND ended = 'withdrawn' RETURNING id",
            build.id,
        )
        shipments = sorted(row["id"] for row in revived)
        data = {"device": model.codename, "version": build.version, "shipments": shipments}
        await record(engineer, "build.restored", now=now, build=build.id, data=data)
        await _settle(engineer, build, shipments, now=now, timetable=timetable)
    return int(build.id)


async def _locked(model: DeviceModel, version: str) -> Build:
    """The build of an address. Its whole line is held, and what it brought, so that a publication
    under way is either over or sees what is done here."""
    await lock_lines(model)
    rows = await database.fetch(
        "SELECT * FROM builds WHERE model = $1 AND ring = (SELECT ring FROM builds"
        " WHERE model = $1 AND version = $2) ORDER BY id FOR NO KEY UPDATE",
        model.id,
        version,
    )
    for row in rows:
        if row["version"] == version:
            await lock_proposals(
                QueryString("SELECT proposal FROM shipments WHERE build = {}", row["id"])
            )
            return Build(_exists_in_db=True, **dict(row))
    raise NotFound(
        Text(
            f"{model.name_zh} 没有「{version}」这个版本",
            f"{model.name_en} has no build “{version}”",
        )
    )


class _Heir(msgspec.Struct, frozen=True):
    build: int
    version: str


async def _take_over(build: Build, shipments: list[int]) -> _Heir | None:
    """Put what a withdrawn build brought into the one that follows it, and say which that is."""
    if not shipments:
        return None
    row = await database.fetch_row(
        "SELECT id, version FROM builds WHERE model = $1 AND ring = $2 AND position > $3"
        " AND published_at IS NOT NULL AND withdrawn_at IS NULL ORDER BY position LIMIT 1",
        build.model,
        build.ring,
        build.position,
    )
    if row is None:
        return None
    await database.execute(
        "INSERT INTO shipments AS s (proposal, build, model, ring, taken_over, shipped_at,"
        " reason_zh, reason_en) SELECT had.proposal, heir.id, heir.model, heir.ring, true,"
        " heir.published_at, '', '' FROM shipments had, builds heir"
        " WHERE had.id = ANY ($1) AND heir.id = $2 ON CONFLICT (build, proposal) DO UPDATE"
        " SET ended_at = NULL, ended = NULL, reason_zh = '', reason_en = ''"
        " WHERE s.ended = 'withdrawn'",
        shipments,
        row["id"],
    )
    return _Heir(row["id"], row["version"])


async def _settle(
    engineer: Person,
    build: Build,
    shipments: list[int],
    *,
    now: datetime,
    timetable: Timetable,
) -> None:
    await settle(
        engineer,
        QueryString(
            "reports.model = {} AND reports.proposal IN"
            " (SELECT proposal FROM shipments WHERE id = ANY ({}))",
            build.model,
            shipments,
        ),
        now=now,
        train=await boarding(timetable, now),
        build=build.id,
    )
