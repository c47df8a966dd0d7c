"""What people do to a report: talk about it, ask, say "me too". (Filing has its own file.)"""

from __future__ import annotations

from datetime import datetime

from tracker import database
from tracker.errors import Conflict
from tracker.history.acting import acting
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.access import require_tester
from tracker.people.tables import Person
from tracker.reports import access
from tracker.reports.filing import phone_of
from tracker.reports.forms import Ask, MeToo, Post
from tracker.reports.owning import taken_up
from tracker.reports.queries import get_report
from tracker.reports.responses import recount, respond, retract_question
from tracker.reports.status import note_act
from tracker.reports.tables import Message, MessageKind, Report, ResponseKind, Status


async def add_message(
    person: Person,
    report: Report,
    kind: MessageKind,
    text: str,
    *,
    now: datetime,
    internal: bool = False,
) -> int:
    official = person.is_staff and report.reporter != person.id
    row = await database.fetch_row(
        "INSERT INTO messages (report, author, kind, text, internal, official, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
        report.id,
        person.id,
        kind,
        text,
        internal,
        official,
        now,
    )
    assert row is not None
    if official and not internal:
        question = kind == MessageKind.QUESTION
        said = ResponseKind.QUESTION if question else ResponseKind.REPLY
        await respond(report.id, person.id, said, now=now, message=row["id"])
    elif not internal:
        await database.execute(
            "UPDATE reports SET waiting_since = coalesce(waiting_since, $2), snoozed_until = NULL"
            " WHERE id = $1",
            report.id,
            now,
        )
    number: int = row["id"]
    return number


async def post_message(person: Person, number: int, form: Post, *, now: datetime) -> int:
    """Say something in the thread. The reporter's word to an open question answers it."""
    async with acting(person, now=now):
        report = await get_report(person, number, lock=True)
        if form.internal:
            access.require_can_triage(person)
            message = await add_message(
                person, report, MessageKind.NOTE, form.text, now=now, internal=True
            )
            await record(
                person,
                "report.noted",
                now=now,
                report=number,
                internal=True,
                data={"message": message},
            )
            return message
        answers = report.question is not None and report.reporter == person.id
        kind = MessageKind.ANSWER if answers else MessageKind.MESSAGE
        message = await add_message(person, report, kind, form.text, now=now)
        if answers:
            await database.execute("UPDATE reports SET question = NULL WHERE id = $1", number)
        await note_act(
            person,
            number,
            "report.answered" if answers else "report.replied",
            now=now,
            data={"message": message},
        )
    return message


async def ask(engineer: Person, number: int, form: Ask, *, now: datetime) -> None:
    """Ask the reporter something. The same words again, while they wait, change nothing."""
    access.require_can_triage(engineer)
    async with acting(engineer, now=now):
        report = await get_report(engineer, number, lock=True)
        if report.status == Status.CLOSED:
            raise Conflict(Text("这个反馈已经关闭", "This report is closed"))
        if report.standing in (Status.RELEASED, Status.VERIFIED):
            raise Conflict(Text("这个反馈已经解决", "This report is already resolved"))
        if report.question is not None:
            open_one = await Message.objects().get(Message.id == report.question)
            if open_one is not None and open_one.text == form.text:
                return
        message = await add_message(engineer, report, MessageKind.QUESTION, form.text, now=now)
        await database.execute(
            f"UPDATE reports SET question = $2, owner = {taken_up('$3')} WHERE id = $1",
            number,
            message,
            engineer.id,
        )
        await note_act(engineer, number, "report.asked", now=now, data={"message": message})


async def withdraw_question(engineer: Person, number: int, *, now: datetime) -> None:
    """Take an open question back; without one this changes nothing. The reporter waits again, since
    they did before."""
    access.require_can_triage(engineer)
    async with acting(engineer, now=now):
        report = await get_report(engineer, number, lock=True)
        if report.question is None:
            return
        await database.execute("UPDATE reports SET question = NULL WHERE id = $1", number)
        await retract_question(report.question, now=now)
        await recount([number])
        await note_act(engineer, number, "report.question_withdrawn", now=now)


async def say_me_too(person: Person, number: int, form: MeToo, *, now: datetime) -> None:
    """Say that one's own phone has it too. Again with another phone or text: replaced."""
    require_tester(person)
    model, build, ring = await phone_of(person, form.device, form.build)
    async with database.transaction():
        report = await get_report(person, number, lock=True)
        if report.reporter == person.id:
            raise Conflict(
                Text("这是你自己的反馈，已经算上你了", "It is your own report: you are counted in")
            )
        if report.status == Status.CLOSED:
            raise Conflict(Text("这个反馈已经关闭", "This report is closed"))
        row = await database.fetch_row(
            "INSERT INTO affected (report, person, model, ring, build, text, at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (report, person) DO UPDATE"
            " SET model = $3, ring = $4, build = $5, text = $6 RETURNING xmax = 0 AS added",
            number,
            person.id,
            model.id,
            ring,
            build.id if build else None,
            form.text,
            now,
        )
        assert row is not None
        if row["added"]:
            await database.execute(
                "UPDATE reports SET affected = affected + 1 WHERE id = $1", number
            )
            device = {"zh": model.name_zh, "en": model.name_en}
            await note_act(person, number, "report.affected", now=now, data={"device": device})


async def unsay_me_too(person: Person, number: int, *, now: datetime) -> None:
    require_tester(person)
    async with database.transaction():
        await get_report(person, number, lock=True)
        gone = await database.fetch_row(
            "DELETE FROM affected WHERE report = $1 AND person = $2 RETURNING id", number, person.id
        )
        if gone:
            await database.execute(
                "UPDATE reports SET affected = affected - 1 WHERE id = $1", number
            )
            await note_act(person, number, "report.unaffected", now=now)
