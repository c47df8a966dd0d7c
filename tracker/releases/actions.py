"""Builds arriving, and what happens when they and their trains leave."""

from __future__ import annotations

from datetime import date, datetime

from piccolo.querystring import QueryString

from tracker import database
from tracker.devices import queries as devices
from tracker.devices.actions import place_build
from tracker.devices.forms import Words
from tracker.devices.tables import Build
from tracker.errors import Conflict, Invalid, NotFound
from tracker.history.actions import announce, record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals.queries import named_proposal
from tracker.proposals.settling import settle
from tracker.releases import access, findings, queries
from tracker.releases.contents import aboard, contents
from tracker.releases.forms import PutBuild
from tracker.releases.lines import settle_again
from tracker.releases.preparing import cutoff_of, locked
from tracker.releases.tables import Release
from tracker.reports.status import set_status
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
    async with database.transaction():
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
        release = None
        if form.release is not None:
            release = await locked(form.release)
        waits = release is not None and release.published_at is None
        stays = delayed is not None or build.withdrawn_at is not None
        if build.published_at is None and not stays and not waits:
            await _leave_alone(actor, build, release, now=now, timetable=timetable)
        # Why a build is late has no event.
        await announce()
    return int(build.id)


async def _set_contents(actor: Person, build: Build, names: list[str] | None) -> None:
    """Keep the list of a build that is not out yet; for one that is, it must stay the same."""
    wanted = {await named_proposal(actor, name) for name in names or []}
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


async def _leave_alone(
    actor: Person, build: Build, release: Release | None, *, now: datetime, timetable: Timetable
) -> None:
    """A build goes out by itself: a hotfix between Fridays, or one that was late."""
    one = QueryString("b.id = {}", build.id)
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
    row_number() OVER (ORDER BY {queries.LINE_ORDER})
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
    async with database.transaction():
        release = await locked(day)
        if release.published_at is not None:
            return False
        blocking = await findings.blockers(
            day,
            cutoff=cutoff_of(release, now),
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
    rows = await database.rows(
        QueryString("SELECT b.id FROM builds b WHERE {} ORDER BY b.id FOR UPDATE", aboard(day))
    )
    ids = [row["id"] for row in rows]
    await _ship(
        captain,
        aboard(day),
        ids,
        cutoff=cutoff_of(release, now),
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
    whose build is late wait for that."""
    following = await queries.boarding(timetable, now)
    if following <= release.date:
        following = timetable.following(release.date)
    await set_status(
        actor,
        QueryString(
            "SELECT id AS report, standing, released_in, {}::date AS expected_on,"
            " NULL::text AS kind, jsonb_build_object('expected_on', {}::text, 'was', expected_on)"
            " AS data, false AS always FROM reports WHERE standing = 'fixed'"
            " AND expected_on <= {} AND NOT EXISTS (SELECT 1 FROM builds b"
            "  WHERE b.model = reports.model AND b.ring = reports.ring"
            "  AND b.release = reports.expected_on AND b.published_at IS NULL"
            "  AND b.withdrawn_at IS NULL)",
            following,
            following.isoformat(),
            release.date,
        ),
        now=now,
        release=release.id,
    )
