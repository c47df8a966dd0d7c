"""A report as programs get it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tracker.devices.forms import Words
from tracker.devices.tables import Ring
from tracker.language import Text
from tracker.people.tables import Person
from tracker.reports import queries, threads, timeline
from tracker.reports.forms import (
    ClosureOut,
    EventOut,
    PendingClosureOut,
    QuestionOut,
    ReportDetail,
    ReportOut,
)
from tracker.reports.queries import Full
from tracker.reports.tables import Frequency, Kind, Reason, Severity, Status
from tracker.reports.words import EVENTS, next_step, status_sentence
from tracker.web import dates


def expected_day(day: date | None, today: date) -> Text | None:
    if day is None:
        return None
    return Text(dates.day(day, "zh", today=today), dates.day(day, "en", today=today))


def sentence_of(
    report: Full, *, now: datetime, today: date, others: int = 0, named: bool = False
) -> Text:
    """Where the report is, in words."""
    seconds, since = report.answer_seconds, report.waiting_since
    return status_sentence(
        report.status,
        device=report.device,
        build=report.released_in,
        expected=expected_day(report.expected_on, today),
        missed=expected_day(report.missed_on, today),
        late=report.late,
        reason=report.closed_reason,
        others=others,
        named=named,
        answer_time=Text(dates.duration(seconds, "zh"), dates.duration(seconds, "en"))
        if seconds
        else None,
        overdue=bool(seconds and since and (now - since).total_seconds() > seconds),
        answered=report.answered_at is not None,
        waiting=since is not None,
        appealed=report.appealed_at is not None,
    )


def report_out(viewer: Person, report: Full, *, base_url: str, now: datetime) -> ReportOut:
    return ReportOut(**_values(viewer, report, base_url=base_url, now=now))


async def report_detail(
    person: Person, number: int, *, base_url: str, now: datetime
) -> ReportDetail:
    """The whole report as this person may see it: three queries."""
    report = await queries.get_full(person, number)
    return ReportDetail(
        messages=await threads.messages_of(number, internal=person.is_staff),
        timeline=await timeline.of_report(number, internal=person.is_staff),
        **_values(person, report, base_url=base_url, now=now),
    )


def just_filed(person: Person, report: Full, *, base_url: str, now: datetime) -> ReportDetail:
    """`report_detail` for the one who filed it just now, without asking: nobody has said anything
    yet, and one thing has happened."""
    words, at, who = Words(*EVENTS["report.filed"]), report.filed_at, person.display_name
    return ReportDetail(
        messages=[],
        timeline=[EventOut(report.revision, at, who, "report.filed", words)],
        **_values(person, report, base_url=base_url, now=now),
    )


def _values(viewer: Person, report: Full, *, base_url: str, now: datetime) -> dict[str, Any]:
    sentence = sentence_of(report, now=now, today=now.date())
    step = next_step(
        report.status, appealed=report.appealed_at is not None, reason=report.closed_reason
    )
    question, closure, pending = report.question, None, None
    if report.closed_at is not None:
        closure = ClosureOut(
            Reason(report.closed_reason),
            report.closed_text,
            report.closed_by,
            report.closed_at,
            report.appealed_at,
            report.closed_after,
        )
    if report.closing_by is not None and (viewer.is_staff or report.closing_by == viewer.handle):
        pending = PendingClosureOut(
            Reason(report.closing_reason), report.closing_text, report.closing_by
        )
    return {
        "id": report.name,
        "url": f"{base_url}/reports/{report.name}",
        "title": report.title,
        "body": report.body,
        "kind": Kind(report.kind),
        "severity": Severity(report.severity),
        "frequency": Frequency(report.frequency),
        "private": report.private,
        "status": Status(report.status),
        "status_text": Words(*sentence),
        "next_step": Words(*step),
        "device": report.codename,
        "ring": Ring(report.ring),
        "build": report.build,
        "module": report.module,
        "reporter": report.reporter,
        "owner": report.owner,
        "proposal": f"P-{report.proposal}" if report.proposal else None,
        "affected": report.affected,
        "expected_on": report.expected_on,
        "missed_on": report.missed_on,
        "released_in": report.released_in,
        "filed_at": report.filed_at,
        "updated_at": report.updated_at,
        "waiting_since": report.waiting_since,
        "snoozed_until": report.snoozed_until if viewer.is_staff else None,
        "labels": report.labels if viewer.is_staff else [],
        "suggested_reply": report.advised if viewer.is_staff else None,
        "question": QuestionOut(question.text, question.by, question.at) if question else None,
        "closure": closure,
        "pending_closure": pending,
        "revision": report.revision,
    }
