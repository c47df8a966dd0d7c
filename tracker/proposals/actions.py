"""What engineers do with proposals: open them, gather reports, start, decline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import UNSET
from piccolo.querystring import QueryString

from tracker import database
from tracker.devices import queries as devices
from tracker.devices.tables import Module
from tracker.errors import Conflict, Invalid, NotFound
from tracker.history.acting import about_to_change, acting, made
from tracker.history.actions import record
from tracker.language import Text
from tracker.numbers import report_number
from tracker.people.tables import Person
from tracker.proposals import access
from tracker.proposals.facts import PROPOSAL
from tracker.proposals.forms import ChangeProposal, OpenProposal
from tracker.proposals.queries import get_proposal
from tracker.proposals.settling import of_proposal, settle
from tracker.proposals.tables import Proposal, State
from tracker.reports.closing import close_row, propose_closing
from tracker.reports.facts import REPORT
from tracker.reports.forms import Close
from tracker.reports.owning import taken_up
from tracker.reports.queries import get_report
from tracker.reports.responses import respond
from tracker.reports.status import note_act
from tracker.reports.tables import SEVERE, Reason, Report, ResponseKind, Status


async def open_proposal(engineer: Person, form: OpenProposal, *, now: datetime, train: date) -> int:
    """Open a proposal, gathering reports into it, and return its number. All or nothing."""
    access.require_can_triage(engineer)
    numbers = [_report_named(name) for name in form.reports]
    owner = await _owner(form.owner) if form.owner else engineer
    async with acting(engineer, now=now):
        module = await _module(engineer, form.module, numbers)
        changelog = form.changelog
        row = await database.fetch_row(
            "INSERT INTO proposals (title, module, kind, state, owner, changelog_zh, changelog_en,"
            " declined_text, created_by, created_at, updated_at)"
            " VALUES ($1, $2, $3, 'open', $4, $5, $6, '', $7, $8, $8) RETURNING id",
            form.title,
            module,
            form.kind,
            owner.id,
            changelog.zh if changelog else "",
            changelog.en if changelog else "",
            engineer.id,
            now,
        )
        assert row is not None
        number: int = row["id"]
        await made(PROPOSAL, number)
        await record(engineer, "proposal.opened", now=now, proposal=number)
        await link_reports(engineer, numbers, number, now=now, train=train)
    return number


def _report_named(name: str) -> int:
    try:
        return report_number(name)
    except NotFound:
        raise Invalid(
            {"reports": Text(f"「{name}」不是反馈编号", f"“{name}” is not a report's number")}
        ) from None


async def _owner(handle: str) -> Person:
    owner = await Person.objects().where(Person.handle == handle).first()
    if owner is None or not owner.is_staff:
        raise Invalid(
            {"owner": Text(f"团队里没有「{handle}」", f"Nobody on the team is called “{handle}”")}
        )
    return owner


async def _module(engineer: Person, slug: str | None, numbers: Sequence[int]) -> int:
    """The named module, else the one on which the reports agree."""
    if slug:
        return int((await devices.require_module(slug)).id)
    modules = {(await get_report(engineer, number)).module for number in numbers}
    if len(modules) != 1:
        raise Invalid(
            {
                "module": Text(
                    "这些反馈的模块不同，请指定一个",
                    "The reports are about different modules: name one",
                )
                if modules
                else Text("请指定模块", "Name a module")
            }
        )
    return int(modules.pop())


async def link_reports(
    engineer: Person, numbers: Sequence[int], proposal: int, *, now: datetime, train: date
) -> None:
    """Gather reports into a proposal; their statuses follow it from here on. All or nothing.

    A report that belongs to another proposal moves over. One that is in it already stays as
    it is.
    """
    access.require_can_triage(engineer)
    async with acting(engineer, now=now):
        target = await get_proposal(engineer, proposal, lock=True)
        if target.state == State.DECLINED:
            raise Conflict(Text(f"P-{proposal} 已经决定不采纳", f"P-{proposal} has been declined"))
        # In order of number, so that two engineers linking the same reports never deadlock.
        for number in sorted(set(numbers)):
            await _link(engineer, number, target, now=now, train=train)


async def _link(
    engineer: Person, number: int, target: Proposal, *, now: datetime, train: date
) -> None:
    report = await get_report(engineer, number, lock=True)
    if report.proposal == target.id:
        return
    if report.status == Status.CLOSED:
        raise Conflict(
            Text(f"R-{number} 已经关闭，先重新打开它", f"R-{number} is closed: reopen it first")
        )
    if report.severity in SEVERE and await _fixed_for(target, report):
        raise Conflict(
            Text(
                f"R-{number} 很严重，不能并入已经修复的 P-{target.id}：它可能还在。请建一个新提案",
                f"R-{number} is severe and cannot go into P-{target.id}, which is fixed already:"
                " it may still be there. Open a proposal of its own",
            )
        )
    await respond(number, engineer.id, ResponseKind.RECORDED, now=now)
    await database.execute(
        "UPDATE reports SET proposal = $2, released_in = NULL, expected_on = NULL,"
        f" owner = {taken_up('$3')} WHERE id = $1",
        number,
        target.id,
        target.owner or engineer.id,
    )
    await note_act(
        engineer,
        number,
        "report.accepted",
        now=now,
        standing=Status.ACCEPTED,
        data={"proposal": f"P-{target.id}"},
    )
    await settle(
        engineer, QueryString("reports.id = {}", number), now=now, train=train, proposal=target.id
    )


async def _fixed_for(proposal: Proposal, report: Report) -> bool:
    row = await database.fetch_row(
        "SELECT 1 FROM fixes WHERE proposal = $1 AND (model IS NULL OR model = $2) UNION ALL"
        " SELECT 1 FROM shipments WHERE proposal = $1 AND model = $2 AND ended_at IS NULL",
        proposal.id,
        report.model,
    )
    return row is not None


async def unlink_report(engineer: Person, number: int, *, now: datetime) -> None:
    """Take a report out of its proposal: it goes back to the queue with all that is its own."""
    access.require_can_triage(engineer)
    async with acting(engineer, now=now):
        report = await get_report(engineer, number, lock=True)
        if report.proposal is None:
            return
        await database.execute(
            "UPDATE reports SET proposal = NULL, released_in = NULL, expected_on = NULL,"
            " waiting_since = coalesce(waiting_since, $2) WHERE id = $1",
            number,
            now,
        )
        await note_act(
            engineer,
            number,
            "report.unlinked",
            now=now,
            standing=Status.NEW,
            data={"proposal": f"P-{report.proposal}"},
        )


async def change_proposal(
    engineer: Person, number: int, form: ChangeProposal, *, now: datetime, train: date
) -> None:
    """Change what is given, leave the rest. A change of state moves its reports with it."""
    access.require_can_triage(engineer)
    async with acting(engineer, now=now):
        proposal = await get_proposal(engineer, number, lock=True)
        changed: list[str] = []

        def put(name: str, value: object) -> None:
            if getattr(proposal, name) != value:
                setattr(proposal, name, value)
                changed.append(name)

        if form.title is not UNSET:
            put("title", form.title)
        if form.kind is not UNSET:
            put("kind", form.kind)
        if form.module is not UNSET:
            module: Module = await devices.require_module(form.module)
            put("module", module.id)
        if form.owner is not UNSET:
            put("owner", (await _owner(form.owner)).id if form.owner else None)
        if form.changelog is not UNSET:
            put("changelog_zh", form.changelog.zh)
            put("changelog_en", form.changelog.en)
        if changed:
            proposal.updated_at = now
            await proposal.save()
            await record(
                engineer, "proposal.changed", now=now, proposal=number, data={"fields": changed}
            )
        if form.state is not UNSET and form.state != proposal.state:
            await _change_state(engineer, proposal, form.state, form.reason, now=now, train=train)


STATE_EVENTS = {
    State.OPEN: "proposal.stopped",
    State.IN_PROGRESS: "proposal.started",
    State.DECLINED: "proposal.declined",
}


async def _change_state(
    engineer: Person, proposal: Proposal, state: State, reason: str, *, now: datetime, train: date
) -> None:
    was_declined = proposal.state == State.DECLINED
    if state == State.DECLINED:
        if not reason.strip():
            raise Invalid(
                {
                    "reason": Text(
                        "请用一句话说明为什么不采纳，内测用户会看到",
                        "Say in a sentence why it is declined: testers will read it",
                    )
                }
            )
        row = await database.fetch_row("SELECT 1 FROM fixes WHERE proposal = $1", proposal.id)
        if row is not None:
            raise Conflict(
                Text("它已经修复：先回退修复", "It is fixed already: revert the fix first")
            )
    await database.execute(
        "UPDATE proposals SET state = $2, declined_text = $3, updated_at = $4 WHERE id = $1",
        proposal.id,
        state,
        reason if state == State.DECLINED else "",
        now,
    )
    await record(
        engineer, STATE_EVENTS[state], now=now, proposal=proposal.id, data={"reason": reason}
    )
    if state == State.DECLINED:
        await _close_all(engineer, proposal, reason, now=now)
        return
    if was_declined:
        await _reopen_all(engineer, proposal, now=now)
    await settle(engineer, of_proposal(proposal.id), now=now, train=train, proposal=proposal.id)


async def _close_all(engineer: Person, proposal: Proposal, reason: str, *, now: datetime) -> None:
    """Close what a declined proposal gathered. Severe reports still wait for a second person."""
    rows = await database.fetch(
        "SELECT id FROM reports WHERE proposal = $1 AND closed_at IS NULL ORDER BY id FOR UPDATE",
        proposal.id,
    )
    await about_to_change(REPORT, *(row["id"] for row in rows))
    for row in rows:
        report = await get_report(engineer, row["id"])
        if report.severity in SEVERE:
            form = Close(Reason.DECLINED, reason)
            await propose_closing(engineer, report, form, now=now)
        else:
            await close_row(report, engineer, Reason.DECLINED, reason, now=now)


async def _reopen_all(engineer: Person, proposal: Proposal, *, now: datetime) -> None:
    """Open again what was closed because the proposal was declined."""
    rows = await database.fetch(
        "SELECT id FROM reports WHERE proposal = $1 AND closed_reason = 'declined'"
        " ORDER BY id FOR UPDATE",
        proposal.id,
    )
    numbers = [row["id"] for row in rows]
    await about_to_change(REPORT, *numbers)
    await database.execute(
        "UPDATE reports SET closed_by = NULL, closed_at = NULL, closed_reason = '',"
        " closed_text = '' WHERE id = ANY ($1)",
        numbers,
    )
    for number in numbers:
        await note_act(engineer, number, "report.reopened", now=now)
