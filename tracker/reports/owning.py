"""The one person who is responsible for a report, and who follows where that person leaves.

It is whoever it was given to; else the owner of its module; where that has none who is of the team,
the captain who has been here longest, else the admin, else the engineer, until somebody takes it
up. So as long as there is a team at all, no open report is without somebody.
"""

from __future__ import annotations

from datetime import datetime

from piccolo.querystring import QueryString

from tracker import database
from tracker.devices import queries as devices
from tracker.errors import Invalid
from tracker.history.acting import acting
from tracker.history.actions import record, record_each
from tracker.language import Text
from tracker.people import actions as people
from tracker.people.access import of_the_team
from tracker.people.queries import person_called
from tracker.people.tables import STAFF, Person, Role
from tracker.reports import access
from tracker.reports.queries import get_report

_FALLS_TO = (
    f"(SELECT last.id FROM people last WHERE {of_the_team('last')}"
    " ORDER BY array_position(ARRAY['captain', 'admin', 'engineer'], last.role::text),"
    " last.joined_at, last.id LIMIT 1)"
)


def _of_the_module(owner: str) -> str:
    return f"(SELECT own.id FROM people own WHERE own.id = {owner} AND {of_the_team('own')})"


def responsible(module_owner: str) -> str:
    """Who is responsible for a report of a module whose owner is this column. To whom a report falls
    whose module has nobody is worked out once a statement, by an index."""
    return f"coalesce({_of_the_module(module_owner)}, {_FALLS_TO})"


def taken_up(by: str) -> str:
    """The owner of a row of `reports` that somebody asks about or records. One that only fell to
    somebody, because its module has nobody, is from then on theirs who took it up."""
    return (
        f"(SELECT CASE WHEN reports.owner IS NULL OR {_of_the_module('m.owner')} IS NULL"
        f" AND reports.owner = {_FALLS_TO} THEN {by} ELSE reports.owner END"
        " FROM modules m WHERE m.id = reports.module)"
    )


# Held in the order of their numbers, as everybody does.
_PASS_ON = f"""
UPDATE reports SET owner = heir.id FROM (
    SELECT r.id AS report, {responsible("m.owner")} AS id
    FROM reports r JOIN modules m ON m.id = r.module WHERE {{}}
    ORDER BY r.id FOR UPDATE OF r
) heir JOIN people p ON p.id = heir.id
WHERE reports.id = heir.report AND reports.owner IS DISTINCT FROM heir.id
RETURNING reports.id AS report, 'report.owned' AS kind,
    jsonb_build_object('owner', p.display_name) AS data
"""


async def pass_on(actor: Person | None, which: QueryString, *, now: datetime) -> list[int]:
    """Give reports `r` to whoever is responsible for their module, in one statement with an event
    for each that changes hands. Returns their numbers."""
    return await record_each(actor, QueryString(_PASS_ON, which), now=now, internal=True)


async def look_after(number: int, *, now: datetime) -> None:
    """See to it that a report which is opened again is somebody's who is of the team."""
    orphaned = (
        "r.id = {} AND NOT EXISTS (SELECT FROM people p"
        f" WHERE p.id = r.owner AND {of_the_team('p')})"
    )
    await pass_on(None, QueryString(orphaned, number), now=now)


# From one owner to the next by the index, however many reports each has.
_WITHOUT = f"""
WITH RECURSIVE owners (id) AS (
    SELECT min(owner) FROM reports WHERE closed_at IS NULL
    UNION ALL SELECT (SELECT min(n.owner) FROM reports n
        WHERE n.closed_at IS NULL AND n.owner > o.id) FROM owners o WHERE o.id IS NOT NULL
)
SELECT p.id FROM owners o JOIN people p USING (id) WHERE NOT {of_the_team("p")}
UNION ALL SELECT NULL WHERE EXISTS (SELECT FROM reports WHERE closed_at IS NULL AND owner IS NULL)
"""


async def look_after_all(*, now: datetime) -> None:
    """Every open report that is nobody's, or whose owner is of the team no longer, goes to somebody:
    what came from elsewhere, and what was filed before there was a team. One look at an index where
    there is none."""
    async with database.transaction():
        gone = [row["id"] for row in await database.fetch(_WITHOUT)]
        if gone:
            which = "r.closed_at IS NULL AND (r.owner IS NULL OR r.owner = ANY ({}))"
            theirs = [person for person in gone if person is not None]
            await pass_on(None, QueryString(which, theirs), now=now)


async def _leave(person: Person, *, now: datetime) -> list[int]:
    return await pass_on(
        None, QueryString("r.closed_at IS NULL AND r.owner = {}", person.id), now=now
    )


async def shut_out(person: Person, *, now: datetime) -> list[int]:
    """Disable an account; what it owns that is open passes on. Returns the numbers of that."""
    async with database.transaction():
        await people.disable(person, now=now)
        return await _leave(person, now=now)


async def change_role(person: Person, role: Role, *, now: datetime) -> list[int]:
    """Likewise where they are of the team no longer."""
    async with database.transaction():
        await people.change_role(person, role)
        return await _leave(person, now=now) if role not in STAFF else []


async def team_member(handle: str) -> Person:
    person = await person_called(handle.removeprefix("@"))
    if person is None or not person.is_staff or person.is_disabled:
        raise Invalid(
            {"owner": Text(f"团队里没有「{handle}」", f"Nobody on the team is called “{handle}”")}
        )
    return person


async def set_owner(engineer: Person, number: int, handle: str | None, *, now: datetime) -> None:
    """Give a report to the one who looks after it; null: back to whoever its module falls to."""
    access.require_can_triage(engineer)
    async with acting(engineer, now=now):
        report = await get_report(engineer, number, lock=True)
        if handle is None:
            await pass_on(engineer, QueryString("r.id = {}", number), now=now)
            return
        owner = await team_member(handle)
        if report.owner == owner.id:
            return
        await database.execute("UPDATE reports SET owner = $2 WHERE id = $1", number, owner.id)
        data = {"owner": owner.display_name}
        await record(engineer, "report.owned", now=now, report=number, internal=True, data=data)


async def give_module(
    captain: Person, slug: str, handle: str | None, *, reports: bool, now: datetime
) -> None:
    """Give a module to the one who is responsible for it from now on; null: nobody in particular.

    With `reports`, what was its owner's till now of the module's open reports, or had fallen to
    somebody because it had none, goes along.
    """
    access.require_can_give_modules(captain)
    async with acting(captain, now=now):
        module = await devices.module_page(slug)
        owner = await team_member(handle) if handle is not None else None
        # Two captains come one after the other; whoever files a report is not kept waiting.
        before = await database.fetch_row(
            f"SELECT m.owner, {responsible('m.owner')} AS responsible FROM modules m WHERE m.id = $1"
            " FOR NO KEY UPDATE OF m",
            module.id,
        )
        assert before is not None
        new = owner.id if owner else None
        if before["owner"] != new:
            await database.execute("UPDATE modules SET owner = $2 WHERE id = $1", module.id, new)
            data = {
                "module": {"zh": module.name_zh, "en": module.name_en},
                "owner": owner.display_name if owner else "—",
            }
            await record(captain, "module.owned", now=now, internal=True, data=data)
        if reports:
            theirs = "r.closed_at IS NULL AND r.module = {} AND (r.owner IS NULL OR r.owner = {})"
            await pass_on(captain, QueryString(theirs, module.id, before["responsible"]), now=now)
