"""Fixes, their reverts, and what testers say about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from piccolo.querystring import QueryString

from tracker import database
from tracker.devices import queries as devices
from tracker.devices.forms import Words
from tracker.devices.tables import Build, DeviceModel
from tracker.errors import Conflict, Invalid
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals import access
from tracker.proposals.forms import PutFix, RevertFix, Verify
from tracker.proposals.queries import get_proposal
from tracker.proposals.settling import of_proposal, settle
from tracker.proposals.tables import Ending, Proposal, State, Verdict
from tracker.reports.queries import get_report
from tracker.reports.status import note_act
from tracker.reports.tables import Report, Status

ALL_MODELS = "*"
"""How an event says: for all models."""


async def put_fix(
    engineer: Person, number: int, form: PutFix, *, now: datetime, train: date
) -> None:
    """Say that a proposal is done for these models, or for all. Again is the same as once."""
    access.require_can_triage(engineer)
    models = await _models(form.models)
    async with database.transaction():
        proposal = await get_proposal(engineer, number, lock=True)
        if proposal.state == State.DECLINED:
            raise Conflict(Text("它已经决定不采纳", "It has been declined"))
        rows = await database.fetch(
            "INSERT INTO fixes (proposal, model, change, by, at)"
            " SELECT $1, model, $3, $4, $5 FROM unnest($2::integer[]) AS model"
            " WHERE NOT EXISTS (SELECT 1 FROM fixes WHERE proposal = $1 AND fixes.model IS NULL)"
            " ON CONFLICT DO NOTHING RETURNING model",
            number,
            [model.id for model in models] if models is not None else [None],
            form.change,
            engineer.id,
            now,
        )
        if not rows:
            return
        data = {"models": form.models or [ALL_MODELS], "change": form.change}
        await record(engineer, "proposal.fixed", now=now, proposal=number, data=data)
        await settle(engineer, of_proposal(number), now=now, train=train, proposal=number)


async def _models(codenames: Sequence[str] | None) -> list[DeviceModel] | None:
    if codenames is None:
        return None
    if not codenames:
        raise Invalid(
            {"models": Text("列出机型，或者不写表示全部", "Name models, or leave it out for all")}
        )
    return [await devices.require_model(codename, field="models") for codename in codenames]


async def revert_fix(
    engineer: Person, number: int, form: RevertFix, *, now: datetime, train: date
) -> None:
    """Take a fix back, for these models or all of it.

    Its reports go back to "in progress". Lines that are not published yet are gone with it;
    published ones show the withdrawal, and those who were told "fixed" are told. Where there
    is no fix, nothing changes.
    """
    access.require_can_triage(engineer)
    models = await _models(form.models)
    async with database.transaction():
        proposal = await get_proposal(engineer, number, lock=True)
        ids = [model.id for model in models] if models is not None else None
        gone = await _unfix(proposal, ids)
        given = form.reason
        reason = Words(given, given) if isinstance(given, str) else given
        listed = await _end_shipments(number, ids, Ending.REVERTED, reason, now=now, shipped=False)
        ended = await _end_shipments(number, ids, Ending.REVERTED, reason, now=now, shipped=True)
        if not (gone or listed or ended):
            return
        await _back_to_work(proposal, now=now)
        data = {
            "models": form.models or [ALL_MODELS],
            "reason": {"zh": reason.zh, "en": reason.en},
            "shipments": ended,
        }
        await record(engineer, "proposal.reverted", now=now, proposal=number, data=data)
        await settle(engineer, of_proposal(number), now=now, train=train, proposal=number)


async def _unfix(proposal: Proposal, models: list[int] | None) -> bool:
    """Remove fixes; one for all models becomes one for each of the others. True if any went."""
    if models is not None:
        # `fixes` is read as it was before this statement, so the two steps do not meet.
        await database.execute(
            "INSERT INTO fixes (proposal, model, change, by, at)"
            " SELECT f.proposal, d.id, f.change, f.by, f.at FROM fixes f, device_models d"
            " WHERE f.proposal = $1 AND f.model IS NULL ON CONFLICT DO NOTHING",
            proposal.id,
        )
        await database.execute(
            "DELETE FROM fixes WHERE proposal = $1 AND model IS NULL", proposal.id
        )
    rows = await database.fetch(
        "DELETE FROM fixes WHERE proposal = $1 AND ($2::integer[] IS NULL OR model = ANY ($2))"
        " RETURNING id",
        proposal.id,
        models,
    )
    return bool(rows)


async def _end_shipments(
    number: int,
    models: list[int] | None,
    ending: Ending,
    reason: Words,
    *,
    now: datetime,
    shipped: bool,
) -> list[int]:
    """Those that are out, or those that are only listed in a build which waits for its train."""
    rows = await database.fetch(
        "UPDATE shipments SET ended_at = $3, ended = $4, reason_zh = $5, reason_en = $6"
        " WHERE proposal = $1 AND ($2::integer[] IS NULL OR model = ANY ($2))"
        " AND (shipped_at IS NOT NULL) = $7 AND ended_at IS NULL RETURNING id",
        number,
        models,
        now,
        ending,
        reason.zh,
        reason.en,
        shipped,
    )
    return sorted(row["id"] for row in rows)


async def _back_to_work(proposal: Proposal, *, now: datetime) -> None:
    await database.execute(
        "UPDATE proposals SET state = 'in_progress', updated_at = $2 WHERE id = $1",
        proposal.id,
        now,
    )


async def verify(person: Person, number: int, form: Verify, *, now: datetime, train: date) -> bool:
    """Take a tester's answer on a build. False: kept, but the build is older than the fix.

    "Still broken" on a build that has the fix reopens the proposal for that model and no
    other; from an older build it changes nothing. "Fixed" counts likewise only where the fix
    is. The same answer again changes nothing.
    """
    async with database.transaction():
        report = await get_report(person, number, lock=True)
        build = await _checked_build(person, report, form.build)
        if report.proposal is None:
            raise Conflict(Text("现在还没有可以验证的修复", "There is no fix to check yet"))
        proposal = await get_proposal(person, report.proposal, lock=True)
        carried = await _carries(proposal, build)
        if not await _keep_answer(person, report, build, form, now=now):
            return carried
        data = {"build": build.version, "verdict": form.verdict, "text": form.text}
        own = report.reporter == person.id
        if form.verdict == Verdict.FIXED and carried and own:
            standing = Status.VERIFIED if report.standing == Status.RELEASED else None
            await note_act(person, number, "report.verified", now=now, standing=standing, data=data)
            # Whatever they said before: it is solved, and asks nobody for an answer any more.
            await database.execute("UPDATE reports SET waiting_since = NULL WHERE id = $1", number)
        else:
            await note_act(person, number, "report.checked", now=now, data=data)
        if form.verdict == Verdict.BROKEN and carried:
            await _reopen_slice(person, report, proposal, build, now=now, train=train)
        return carried


async def _checked_build(person: Person, report: Report, version: str) -> Build:
    """The build they looked at: one of the model with which they have the problem."""
    model = report.model
    if report.reporter != person.id:
        row = await database.fetch_row(
            "SELECT model FROM affected WHERE report = $1 AND person = $2", report.id, person.id
        )
        if row is None:
            raise access.refuse_stranger()
        model = row["model"]
    found = await DeviceModel.objects().get(DeviceModel.id == model)
    assert found is not None
    return await devices.require_build(found, version)


async def _keep_answer(
    person: Person, report: Report, build: Build, form: Verify, *, now: datetime
) -> bool:
    """Store the answer; False where the same was given before."""
    row = await database.fetch_row(
        "INSERT INTO verifications AS v (report, person, build, verdict, text, at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (report, person, build) DO UPDATE"
        " SET verdict = $4, text = $5, at = $6"
        " WHERE (v.verdict, v.text) IS DISTINCT FROM ($4, $5) RETURNING v.id",
        report.id,
        person.id,
        build.id,
        form.verdict,
        form.text,
        now,
    )
    return row is not None


async def _carries(proposal: Proposal, build: Build) -> bool:
    """Whether a build is at or after a published one of its line that has the fix."""
    row = await database.fetch_row(
        "SELECT 1 FROM shipments s JOIN builds b ON b.id = s.build"
        " WHERE s.proposal = $1 AND s.model = $2 AND s.ring = $3 AND b.position <= $4"
        " AND s.shipped_at IS NOT NULL AND s.ended_at IS NULL",
        proposal.id,
        build.model,
        build.ring,
        build.position,
    )
    return row is not None


async def _reopen_slice(
    person: Person, report: Report, proposal: Proposal, build: Build, *, now: datetime, train: date
) -> None:
    """Take the fix back for one model: a tester who has it sees the problem still."""
    await _unfix(proposal, [build.model])
    reason = Words(f"在 {build.version} 上仍有问题", f"still there in {build.version}")
    await _end_shipments(proposal.id, [build.model], Ending.BROKEN, reason, now=now, shipped=True)
    await _back_to_work(proposal, now=now)
    model = await DeviceModel.objects().get(DeviceModel.id == build.model)
    assert model is not None
    await record(
        person,
        "proposal.reopened",
        now=now,
        proposal=proposal.id,
        data={"models": [model.codename], "build": build.version, "report": f"R-{report.id}"},
    )
    if report.standing == Status.VERIFIED:
        # Their own second thoughts; what others confirmed stays confirmed.
        await database.execute("UPDATE reports SET standing = 'released' WHERE id = $1", report.id)
    scope = QueryString("reports.proposal = {} AND reports.model = {}", proposal.id, build.model)
    await settle(None, scope, now=now, train=train, proposal=proposal.id)


__all__ = ["ALL_MODELS", "put_fix", "revert_fix", "verify"]
