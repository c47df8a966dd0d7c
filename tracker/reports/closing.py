"""Closing a report, appealing against it, and opening it again.

Only people close reports. A severe one takes two of them (DESIGN §2): Windows 1809 lost data
that testers had reported.
"""

from __future__ import annotations

from datetime import datetime

from tracker import database
from tracker.errors import Conflict, Invalid, NotAllowed
from tracker.history.acting import acting
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.reports import access
from tracker.reports.actions import add_message
from tracker.reports.forms import Ask, Close
from tracker.reports.owning import look_after
from tracker.reports.queries import get_report
from tracker.reports.responses import respond
from tracker.reports.status import note_act
from tracker.reports.tables import SEVERE, MessageKind, Reason, Report, ResponseKind, Status


async def close(person: Person, number: int, form: Close, *, now: datetime) -> bool:
    """Close a report, or for a severe one: ask for a second engineer, or be that second one.

    A tester closes only a report of their own, as withdrawn. Closing it again for the same
    reason changes nothing. False: it waits for the second person.
    """
    async with acting(person, now=now):
        report = await get_report(person, number, lock=True)
        _check_closable(person, report, form)
        if report.closed_at is not None:
            if report.closed_reason == form.reason:
                return True
            raise Conflict(Text("这个反馈已经关闭", "This report is closed already"))
        if report.severity in SEVERE and not _confirms(person, report, form):
            await propose_closing(person, report, form, now=now)
            return False
        await close_row(report, person, form.reason, form.text or report.closing_text, now=now)
    return True


def _check_closable(person: Person, report: Report, form: Close) -> None:
    if not access.may_close(person, report):
        raise NotAllowed(
            Text("只有提交者本人或工程师能关闭", "Only its reporter or an engineer can close it")
        )
    withdrawing = form.reason == Reason.WITHDRAWN
    if withdrawing and report.reporter != person.id and report.closing_by != report.reporter:
        raise NotAllowed(Text("只有提交者本人能撤回", "Only its reporter can withdraw it"))
    if not withdrawing and not person.is_staff:
        raise NotAllowed(Text("你可以撤回自己的反馈", "You can withdraw a report of your own"))
    if not withdrawing and not form.text:
        raise Invalid(
            {
                "text": Text(
                    "请用一句话说明原因，提交者会看到",
                    "Give the reason in a sentence: the reporter will read it",
                )
            }
        )


def _confirms(person: Person, report: Report, form: Close) -> bool:
    """Whether this is the second person, agreeing with the first."""
    return (
        report.closing_by is not None
        and report.closing_by != person.id
        and person.is_staff
        and report.closing_reason == form.reason
    )


async def propose_closing(person: Person, report: Report, form: Close, *, now: datetime) -> None:
    same = report.closing_by == person.id and report.closing_reason == form.reason
    await database.execute(
        "UPDATE reports SET closing_by = $2, closing_reason = $3, closing_text = $4 WHERE id = $1",
        report.id,
        person.id,
        form.reason,
        form.text,
    )
    if not same:
        # What the team considers is its own business until it is decided.
        await record(
            person,
            "report.closing",
            now=now,
            report=report.id,
            internal=person.is_staff,
            data={"reason": form.reason},
        )


async def close_row(
    report: Report, person: Person, reason: Reason, text: str, *, now: datetime
) -> None:
    """Close without asking who may: for actions that have asked. Inside a transaction."""
    if person.is_staff:
        await respond(report.id, person.id, ResponseKind.CLOSURE, now=now)
    await database.execute(
        "UPDATE reports SET closed_by = $2, closed_at = $3, closed_reason = $4, closed_text = $5,"
        " closing_by = NULL, closing_reason = '', closing_text = '', question = NULL,"
        " waiting_since = NULL WHERE id = $1",
        report.id,
        person.id,
        now,
        reason,
        text,
    )
    await note_act(
        person, report.id, "report.closed", now=now, data={"reason": reason, "text": text}
    )


async def reopen(person: Person, number: int, *, now: datetime) -> None:
    """Open a closed report, or take back a closure that waits for a second person.

    An engineer opens any; a tester their own withdrawn one. It goes on from where it stands.
    """
    async with acting(person, now=now):
        report = await get_report(person, number, lock=True)
        own = report.reporter == person.id and (
            report.closed_reason == Reason.WITHDRAWN or report.closing_by == person.id
        )
        if not own:
            access.require_can_triage(person)
        if report.closing_by is not None:
            await database.execute(
                "UPDATE reports SET closing_by = NULL, closing_reason = '', closing_text = ''"
                " WHERE id = $1",
                number,
            )
            await record(
                person,
                "report.closing_withdrawn",
                now=now,
                report=number,
                internal=person.is_staff,
            )
        if report.closed_at is not None:
            await _open(number, now=now)
            await note_act(person, number, "report.reopened", now=now)


async def _open(number: int, *, now: datetime) -> None:
    await database.execute(
        "UPDATE reports SET closed_by = NULL, closed_at = NULL, closed_reason = '',"
        " closed_text = '' WHERE id = $1",
        number,
    )
    await look_after(number, now=now)


async def appeal(person: Person, number: int, form: Ask, *, now: datetime) -> None:
    """Say why a closure is wrong; once. The report goes back to where it stood, to be looked
    at again; a second closure is the last word."""
    async with database.transaction():
        report = await get_report(person, number, lock=True)
        access.require_reporter(person, report)
        if report.status != Status.CLOSED or report.closed_reason == Reason.WITHDRAWN:
            raise Conflict(Text("没有可以申诉的关闭", "There is no closure to appeal against"))
        if report.appealed_at is not None:
            raise Conflict(Text("每个反馈只能申诉一次", "A report can be appealed for once"))
        message = await add_message(person, report, MessageKind.APPEAL, form.text, now=now)
        await database.execute("UPDATE reports SET appealed_at = $2 WHERE id = $1", number, now)
        await _open(number, now=now)
        await note_act(person, number, "report.appealed", now=now, data={"message": message})
