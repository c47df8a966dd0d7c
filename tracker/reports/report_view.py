"""What the page of a report shows to one reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from tracker.devices import queries as devices
from tracker.devices.queries import Phone
from tracker.devices.words import RINGS
from tracker.history import queries as history
from tracker.history.queries import PastEvent
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals.glimpses import Checkable, Gathered, checkable_builds, gathered_in
from tracker.proposals.tables import Verdict
from tracker.proposals.words import VERDICTS
from tracker.reports import queries, threads
from tracker.reports.forms import MessageOut
from tracker.reports.out import expected_day, sentence_of
from tracker.reports.queries import Full
from tracker.reports.stations import place, station_dates
from tracker.reports.tables import SEVERE, MessageKind, Reason, Status
from tracker.reports.threads import AffectedPerson
from tracker.reports.timeline import sentence
from tracker.reports.words import (
    FREQUENCIES,
    KINDS,
    REASONS,
    SEVERITIES,
    next_step,
    next_step_for_others,
    sentence_for_others,
)
from tracker.web import dates


class Check(msgspec.Struct, frozen=True):
    """The question whether it is fixed: for which phone, on which builds, what was said before."""

    device: Text
    builds: list[tuple[str, Text]]
    suggested: str
    said: tuple[str, Text] | None
    again: bool
    """They have confirmed it: only asked whether it came back."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """All that the template needs, made of at most six queries."""

    report: Full
    own: bool
    sentence: Text
    step: Text
    recalled: Text | None
    """Why a fix that had arrived is on its way again."""
    dates: dict[str, date | datetime]
    siding: dict[str, Any] | None
    messages: list[dict[str, Any]]
    history: list[tuple[PastEvent, Text]]
    others: list[AffectedPerson]
    mine: AffectedPerson | None
    """The reader's own "me too"."""
    proposal: Gathered | None
    check: Check | None
    phones: list[Phone] | None
    """For saying "me too"; null where there is nothing to say it to."""
    closed_after: str | None
    """How long a tester had waited for the closure."""
    may_appeal: bool
    may_withdraw: bool
    may_reopen: bool

    @property
    def severe(self) -> bool:
        return self.report.severity in SEVERE

    @property
    def words(self) -> dict[str, Text]:
        report = self.report
        return {
            "kind": KINDS[report.kind],
            "severity": SEVERITIES[report.severity],
            "frequency": FREQUENCIES[report.frequency],
            "ring": RINGS[report.ring],
            "reason": REASONS.get(report.closed_reason, Text("", "")),
            "closing_reason": REASONS.get(report.closing_reason, Text("", "")),
        }


async def view_of(
    person: Person, number: int, *, now: datetime, today: date, language: str
) -> View:
    """The report as this person sees it, or NotFound."""
    report = await queries.get_full(person, number)
    events = await history.of_report(number, internal=person.is_staff)
    said = await threads.messages_of(number, internal=person.is_staff)
    affected = await threads.affected_by(number, reader=person) if report.affected else []
    mine = next((one for one in affected if one.handle == person.handle), None)
    proposal = (
        await gathered_in(report.proposal, besides=report.reporter_id) if report.proposal else None
    )
    own = report.reporter_id == person.id
    check = await _check(report, person, mine, events, own=own)
    closed = report.status == Status.CLOSED
    others_may_join = not (own or mine or closed or report.status == Status.VERIFIED)
    return View(
        report=report,
        own=own,
        sentence=_sentence(report, own=own, proposal=proposal, now=now, today=today),
        step=_step(report, own=own),
        recalled=_recalled(report, events),
        dates=station_dates(report, events),
        siding=_siding(report),
        messages=list(_thread(report, said, person, language)),
        history=[(event, sentence(event.kind, event.data)) for event in events],
        others=[one for one in affected if one is not mine],
        mine=mine,
        proposal=proposal,
        check=check,
        phones=await devices.phones_of(person) if others_may_join else None,
        closed_after=None
        if report.closed_after is None
        else dates.duration(report.closed_after, language),
        may_appeal=own
        and closed
        and report.closed_reason != Reason.WITHDRAWN
        and report.appealed_at is None,
        may_withdraw=own and not closed and report.closing_by is None,
        may_reopen=(closed and (person.is_staff or (own and report.closed_reason == "withdrawn"))),
    )


def _sentence(
    report: Full, *, own: bool, proposal: Gathered | None, now: datetime, today: date
) -> Text:
    if own:
        return sentence_of(
            report,
            now=now,
            today=today,
            others=proposal.others if proposal else 0,
            named=bool(proposal and proposal.thanked),
        )
    return sentence_for_others(
        report.status,
        device=report.device,
        build=report.released_in,
        expected=expected_day(report.expected_on, today),
        reason=report.closed_reason,
        answered=report.answered_at is not None,
    )


def _step(report: Full, *, own: bool) -> Text:
    if not own:
        return next_step_for_others(report.status)
    return next_step(
        report.status, appealed=report.appealed_at is not None, reason=report.closed_reason
    )


def _recalled(report: Full, events: Sequence[PastEvent]) -> Text | None:
    if report.status != Status.FIXED:
        return None
    moves = [event for event in events if event.kind in ("report.recalled", "report.fixed")]
    if not moves or moves[-1].kind != "report.recalled":
        return None
    gone, why = moves[-1].data["recalled"], moves[-1].data["why"]
    return Text(f"{gone} 已撤回：{why['zh']}", f"Build {gone} was withdrawn: {why['en']}")


def _siding(report: Full) -> dict[str, Any] | None:
    if report.status == Status.CLOSED:
        at = report.closed_at
    elif report.status == Status.NEEDS_INFO and report.question is not None:
        at = report.question.at
    else:
        return None
    reason = REASONS.get(report.closed_reason)
    return {"after": place(report.standing) + 1, "date": at, "reason": reason}


_LABELS: dict[str, Text] = {
    MessageKind.QUESTION: Text("提问", "Question"),
    MessageKind.ANSWER: Text("回答", "Answer"),
    MessageKind.APPEAL: Text("申诉", "Appeal"),
}


def _thread(
    report: Full, messages: Iterable[MessageOut], reader: Person, language: str
) -> Iterable[dict[str, Any]]:
    """The messages, each official one with how long a tester had waited for it.

    The open question is left out where the reader is asked it above.
    """
    for message in messages:
        waited = message.answered_after
        took = None if waited is None else dates.duration(waited, language)
        asked = report.question is not None and report.question.id == message.id
        if asked and report.reporter_id == reader.id:
            continue
        label = _LABELS.get(message.kind)
        yield {
            "id": message.id,
            "author": message.author_name,
            "body": message.text,
            "at": message.at,
            "mine": message.author == reader.handle,
            "official": message.official,
            "took": took,
            "internal": message.internal,
            "label": label,
        }


async def _check(
    report: Full,
    person: Person,
    mine: AffectedPerson | None,
    events: Iterable[PastEvent],
    *,
    own: bool,
) -> Check | None:
    """The question "is it fixed?", for a reader who has or had the problem, where the answer
    can be known: a published build for their model has the fix."""
    if report.proposal is None or report.status == Status.CLOSED or not (own or mine):
        return None
    if own and report.standing not in (Status.RELEASED, Status.VERIFIED):
        return None
    model, device = (mine.model_id, mine.device) if mine else (report.model_id, report.device)
    builds = await checkable_builds(report.proposal, model)
    with_fix = [build for build in builds if build.fixed]
    if not with_fix:
        return None
    suggested = with_fix[-1].version
    if own and report.released_in in {build.version for build in builds}:
        suggested = str(report.released_in)
    said = _last_answer(events, person)
    return Check(
        device=device,
        builds=[(build.version, _build_label(build)) for build in builds],
        suggested=suggested,
        said=said,
        again=(own and report.standing == Status.VERIFIED)
        or (said is not None and said[0] == Verdict.FIXED),
    )


def _build_label(build: Checkable) -> Text:
    ring = RINGS[build.ring]
    if build.fixed:
        return Text(f"{build.version} · {ring.zh}", f"{build.version} · {ring.en}")
    return Text(
        f"{build.version} · {ring.zh} · 没有这个修复",
        f"{build.version} · {ring.en} · without the fix",
    )


def _last_answer(events: Iterable[PastEvent], person: Person) -> tuple[str, Text] | None:
    """The verdict this person gave last, and it with its build in words."""
    said: Mapping[str, Any] | None = None
    for event in events:
        if event.kind in ("report.checked", "report.verified") and event.handle == person.handle:
            said = event.data
        elif event.kind == "report.released":
            said = None
    if said is None:
        return None
    verdict = VERDICTS[said["verdict"]]
    return said["verdict"], Text(
        f"你在 {said['build']} 上说：{verdict.zh}", f"On {said['build']} you said: {verdict.en}"
    )
