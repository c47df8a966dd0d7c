"""Trains leaving, and builds that leave alone."""

from __future__ import annotations

from datetime import date, datetime

from piccolo.querystring import QueryString

from tracker import database
from tracker.devices.tables import Build
from tracker.errors import Conflict, NotFound
from tracker.history.acting import acting
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals.settling import settle
from tracker.releases import access, findings, queries
from tracker.releases.contents import aboard, contents
from tracker.releases.entries import LINE_ORDER
from tracker.releases.locking import lock_carried, lock_train
from tracker.releases.preparing import cutoff_of, locked
from tracker.releases.tables import Release
from tracker.reports.status import set_status
from tracker.timetable import Timetable


async def leave_alone(
    actor: Person, build: Build, release: Release | None, *, now: datetime, timetable: Timetable
) -> None:
    """A build goes out by itself: a hotfix between Fridays, or one that was late."""
    one = QueryString("b.id = {}", build.id)
    await lock_carried(one, cutoff=now)
    await _ship(actor, one, [build.id], cutoff=now, now=now, timetable=timetable, build=build.id)
    if release is not None:
        await _write_entries(release)
    await record(
        actor,
        "build.published",
        now=now,
        build=build.id,
        release=release.id if release else None,
        data={"builds": [build.id]},
    )


async def _ship(
    actor: Person | None,
    builds: QueryString,
    ids: list[int],
    *,
    cutoff: datetime,
    now: datetime,
    timetable: Timetable,
    build: int | None = None,
    release: int | None = None,
) -> None:
    """Make the shipments of builds that leave now, and move the reports they solve."""
    await database.rows(
        QueryString(
            "INSERT INTO shipments AS s"
            " (proposal, build, model, ring, shipped_at, reason_zh, reason_en)"
            " SELECT proposal, build, model, ring, {}, '', '' FROM ({}) AS carried"
            " ON CONFLICT (build, proposal) DO UPDATE SET shipped_at = excluded.shipped_at"
            " RETURNING s.id",
            now,
            contents(builds, cutoff=cutoff),
        )
    )
    await database.execute("UPDATE builds SET published_at = $2 WHERE id = ANY ($1)", ids, now)
    await settle(
        actor,
        QueryString(
            "reports.proposal IN (SELECT proposal FROM shipments WHERE build = ANY({}))", ids
        ),
        now=now,
        train=await queries.boarding(timetable, now),
        build=build,
        release=release,
    )


# Models are named where a line is not for all that the release has been published for.
_ENTRIES = f"""
INSERT INTO entries AS e (release, proposal, module, kind, zh, en, codenames, position)
SELECT $1, p.id, p.module, p.kind, coalesce(nullif(p.changelog_zh, ''), p.title),
    coalesce(nullif(p.changelog_en, ''), p.title),
    CASE WHEN count(DISTINCT s.model) < (SELECT count(DISTINCT model) FROM builds
            WHERE release = $2 AND published_at IS NOT NULL)
        THEN array_agg(DISTINCT d.codename::varchar) END,
    row_number() OVER (ORDER BY {LINE_ORDER})
FROM shipments s JOIN builds b ON b.id = s.build JOIN proposals p ON p.id = s.proposal
JOIN modules m ON m.id = p.module JOIN device_models d ON d.id = s.model
LEFT JOIN entry_places ep ON ep.release = $1 AND ep.proposal = p.id
WHERE b.release = $2 AND s.shipped_at IS NOT NULL AND NOT s.taken_over
GROUP BY p.id, m.id, ep.position
ON CONFLICT (release, proposal) DO UPDATE
    SET codenames = excluded.codenames, position = excluded.position
"""


async def _write_entries(release: Release) -> None:
    """The lines of what has left with a release. Wording that is published stays as it was."""
    await database.execute(_ENTRIES, release.id, release.date)


async def publish(
    captain: Person | None, day: date, *, now: datetime, timetable: Timetable
) -> bool:
    """Let a train leave: shipments, statuses, lines and the event, all or nothing.

    True if it left now, false if it had left before. `captain` is null for the clock. Takes
    the release's row for the length of the transaction, so that of many publishers one does
    it. The number of statements does not depend on the number of reports.
    """
    if captain is not None:
        access.require_can_publish(captain)
    if not timetable.is_train(day):
        raise NotFound
    async with acting(captain, now=now):
        release = await locked(day)
        if release.published_at is not None:
            return False
        cutoff = cutoff_of(release, now)
        await lock_train(day, cutoff=cutoff)
        blocking = await findings.blockers(
            day,
            cutoff=cutoff,
            held_at=release.held_at,
            held_reason=release.held_reason,
        )
        if blocking:
            raise Conflict(
                Text(
                    "；".join(one.text.zh for one in blocking),
                    "; ".join(one.text.en for one in blocking),
                )
            )
        await depart(captain, release, now=now, timetable=timetable)
    return True


async def depart(
    captain: Person | None, release: Release, *, now: datetime, timetable: Timetable
) -> None:
    """What a publication does, whatever stands in its way: for `publish`, and for rehearsals of
    it. Takes the locked row of the release."""
    day = release.date
    cutoff = cutoff_of(release, now)
    ids = await lock_train(day, cutoff=cutoff)
    await _ship(
        captain,
        aboard(day),
        ids,
        cutoff=cutoff,
        now=now,
        timetable=timetable,
        release=release.id,
    )
    await _write_entries(release)
    await database.execute(
        "UPDATE releases SET published_at = $2, published_by = $3 WHERE id = $1",
        release.id,
        now,
        captain.id if captain else None,
    )
    data = {"date": day.isoformat(), "builds": ids}
    await record(captain, "release.published", now=now, release=release.id, data=data)
    await _move_the_rest(captain, release, now=now, timetable=timetable)


async def _move_the_rest(
    actor: Person | None, release: Release, *, now: datetime, timetable: Timetable
) -> None:
    """Reports that were expected on this train and are not aboard wait for the next one; those
    whose build is late wait for that, and those of an earlier train that still boards for it."""
    following = await queries.boarding(timetable, now)
    await set_status(
        actor,
        QueryString(
            "SELECT id AS report, standing, released_in, {}::date AS expected_on,"
            " NULL::text AS kind, jsonb_build_object('expected_on', {}::text, 'was', expected_on)"
            " AS data, false AS always FROM reports WHERE standing = 'fixed'"
            " AND expected_on <= {} AND (expected_on < {} OR expected_on = {})"
            " AND NOT EXISTS (SELECT 1 FROM builds b"
            "  WHERE b.model = reports.model AND b.ring = reports.ring"
            "  AND b.release = reports.expected_on AND b.published_at IS NULL"
            "  AND b.withdrawn_at IS NULL)",
            following,
            following.isoformat(),
            release.date,
            following,
            release.date,
        ),
        now=now,
        release=release.id,
    )
