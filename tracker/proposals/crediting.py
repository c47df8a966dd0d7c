"""Thanking testers whose evidence helped though it came late."""

from __future__ import annotations

from datetime import datetime

from tracker import database
from tracker.errors import Conflict, Invalid
from tracker.history.acting import acting
from tracker.history.actions import announce, record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals import access
from tracker.proposals.forms import GiveCredit
from tracker.reports.queries import get_report
from tracker.reports.tables import Report


async def credit(engineer: Person, number: int, form: GiveCredit, *, now: datetime) -> None:
    """Name whoever filed a report, or one who said "me too", with the proposal it is in.

    They are named once they agree to be. Again is the same as once.
    """
    access.require_can_triage(engineer)
    async with acting(engineer, now=now):
        report = await get_report(engineer, number, lock=True)
        if report.proposal is None:
            raise Conflict(
                Text(
                    f"R-{number} 还不在任何提案里：先收录它",
                    f"R-{number} is in no proposal yet: link it first",
                )
            )
        if report.private:
            raise Conflict(
                Text(
                    f"R-{number} 只给官方看，不署名",
                    f"R-{number} is private: nobody is named for it",
                )
            )
        person = await _witness(report, form.person)
        if person.is_staff:
            raise Invalid(
                {
                    "person": Text(
                        "更新日志只感谢内测用户，不感谢团队自己",
                        "Changelogs thank testers, not the team itself",
                    )
                }
            )
        row = await database.fetch_row(
            "INSERT INTO credits (proposal, person, report, by, at) VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (proposal, person) DO UPDATE SET report = $3, by = $4, at = $5"
            " WHERE credits.report <> $3 RETURNING id",
            report.proposal,
            person.id,
            number,
            engineer.id,
            now,
        )
        if row is not None:
            await _record(engineer, "report.credited", report, person, now=now)


async def withdraw_credit(
    engineer: Person, number: int, handle: str | None, *, now: datetime
) -> None:
    """Take that back. Those who reported it before the fix stay named all the same."""
    access.require_can_triage(engineer)
    async with acting(engineer, now=now):
        report = await get_report(engineer, number, lock=True)
        person = await _witness(report, handle)
        row = await database.fetch_row(
            "DELETE FROM credits WHERE report = $1 AND person = $2 RETURNING id", number, person.id
        )
        if row is not None:
            await _record(engineer, "report.uncredited", report, person, now=now)


async def _witness(report: Report, handle: str | None) -> Person:
    """The person of this handle, if the report is theirs or they said "me too"; its reporter."""
    row = await database.fetch_row(
        "SELECT p.* FROM people p WHERE CASE WHEN $2::text IS NULL THEN p.id = $3"
        " ELSE p.handle = $2 AND (p.id = $3"
        "  OR EXISTS (SELECT 1 FROM affected a WHERE a.report = $1 AND a.person = p.id)) END",
        report.id,
        handle.lower() if handle else None,
        report.reporter,
    )
    if row is None:
        raise Invalid(
            {
                "person": Text(
                    f"「{handle}」没有提交 R-{report.id}，也没说过「我也是」",
                    f"“{handle}” neither filed R-{report.id} nor said “me too” to it",
                )
            }
        )
    return Person(_exists_in_db=True, **dict(row))


async def _record(
    engineer: Person, kind: str, report: Report, person: Person, *, now: datetime
) -> None:
    await record(
        engineer,
        kind,
        now=now,
        report=report.id,
        proposal=report.proposal,
        data={"person": person.display_name, "proposal": f"P-{report.proposal}"},
    )
    # What is about a report is no business of the posts, but this is.
    await announce()
