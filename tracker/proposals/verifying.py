"""What testers say about fixes: solved, still there, can't tell."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from piccolo.querystring import QueryString

from tracker import database
from tracker.devices import queries as devices
from tracker.devices.forms import Words
from tracker.devices.tables import Build, DeviceModel
from tracker.errors import Conflict
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals import access
from tracker.proposals.fixing import back_to_work, end_shipments, unfix
from tracker.proposals.forms import Outcome, Verify
from tracker.proposals.queries import get_proposal
from tracker.proposals.settling import of_proposal, settle
from tracker.proposals.tables import Ending, Proposal, Verdict
from tracker.reports.queries import get_report
from tracker.reports.status import note_act
from tracker.reports.tables import Report, Status


async def verify(
    person: Person, number: int, form: Verify, *, now: datetime, train: date
) -> Outcome:
    """Take a tester's answer on a build, and say what it did.

    "Still broken" on a build that has the fix reopens the proposal for that model and no other,
    once, whoever else says so; on any other build it is kept and changes nothing. "Fixed" counts
    likewise only where the fix is. The same answer again changes nothing.
    """
    async with database.transaction():
        report, proposal = await _locked(person, number)
        build = await _checked_build(person, report, form.build)
        fix = await _fix_in(proposal, build)
        outcome = _outcome(form.verdict, fix)
        own = report.reporter == person.id
        confirms = outcome == Outcome.CONFIRMED and own and report.standing == Status.RELEASED
        # They had confirmed it, and take that back.
        recants = (
            own
            and report.standing == Status.VERIFIED
            and form.verdict != Verdict.FIXED
            and fix in (_Fix.HOLDS, _Fix.BROKEN)
        )
        kept = await _keep_answer(person, report, build, form, now=now)
        if not (kept or confirms or recants or outcome == Outcome.REOPENED):
            return outcome
        data = {"build": build.version, "verdict": form.verdict, "text": form.text}
        if outcome == Outcome.CONFIRMED and own:
            standing = Status.VERIFIED if confirms else None
            await note_act(person, number, "report.verified", now=now, standing=standing, data=data)
            # Whatever they said before: it is solved, and asks nobody for an answer any more.
            await database.execute("UPDATE reports SET waiting_since = NULL WHERE id = $1", number)
        else:
            standing = Status.RELEASED if recants else None
            await note_act(person, number, "report.checked", now=now, standing=standing, data=data)
        if outcome == Outcome.REOPENED:
            await _reopen_slice(person, report, proposal, build, now=now, train=train)
        elif recants:
            scope = QueryString("reports.id = {}", number)
            await settle(person, scope, now=now, train=train, proposal=proposal.id)
        return outcome


async def _locked(person: Person, number: int) -> tuple[Report, Proposal]:
    """The report and its proposal, both held. The proposal first, as whoever changes it does:
    it is what two testers with the same problem meet at."""
    wanted = (await get_report(person, number)).proposal
    proposal = await get_proposal(person, wanted, lock=True) if wanted is not None else None
    report = await get_report(person, number, lock=True)
    if proposal is None or report.proposal != proposal.id:
        raise Conflict(Text("现在还没有可以验证的修复", "There is no fix to check yet"))
    return report, proposal


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


class _Fix(StrEnum):
    """How the fix stands in the build that they looked at."""

    HOLDS = "holds"
    OLDER = "older"
    """It is not in there: the build is older than the fix, or than what mended it."""
    BROKEN = "broken"
    REVERTED = "reverted"
    WITHDRAWN = "withdrawn"
    """It may be, but nobody should have this build."""


async def _fix_in(proposal: Proposal, build: Build) -> _Fix:
    if build.withdrawn_at is not None:
        return _Fix.WITHDRAWN
    row = await database.fetch_row(
        "SELECT bool_or(s.ended_at IS NULL AND b.position <= $4) AS holds,"
        " bool_or(s.ended_at IS NULL AND b.position > $4) AS later,"
        " (array_agg(s.ended ORDER BY b.position DESC) FILTER (WHERE b.position <= $4))[1] AS ended"
        " FROM shipments s JOIN builds b ON b.id = s.build WHERE s.proposal = $1 AND s.model = $2"
        " AND s.ring = $3 AND s.shipped_at IS NOT NULL",
        proposal.id,
        build.model,
        build.ring,
        build.position,
    )
    assert row is not None
    if row["holds"]:
        return _Fix.HOLDS
    if not row["later"] and row["ended"] in (Ending.BROKEN, Ending.REVERTED):
        return _Fix(row["ended"])
    return _Fix.OLDER


_OUTCOMES = {
    _Fix.OLDER: Outcome.OLDER,
    _Fix.BROKEN: Outcome.KNOWN,
    _Fix.REVERTED: Outcome.REVERTED,
    _Fix.WITHDRAWN: Outcome.WITHDRAWN,
}


def _outcome(verdict: Verdict, fix: _Fix) -> Outcome:
    if verdict == Verdict.UNSURE:
        return Outcome.NOTED
    if fix == _Fix.HOLDS:
        return Outcome.CONFIRMED if verdict == Verdict.FIXED else Outcome.REOPENED
    return _OUTCOMES[fix]


async def _keep_answer(
    person: Person, report: Report, build: Build, form: Verify, *, now: datetime
) -> bool:
    """Store the answer; False where the same was given before. Without words of their own it
    leaves the words given before."""
    row = await database.fetch_row(
        "INSERT INTO verifications AS v (report, person, build, verdict, text, at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (report, person, build) DO UPDATE"
        " SET verdict = $4, at = $6,"
        "  text = CASE WHEN $5 = '' AND v.verdict = $4 THEN v.text ELSE $5 END"
        " WHERE v.verdict <> $4 OR ($5 <> '' AND v.text <> $5) RETURNING v.id",
        report.id,
        person.id,
        build.id,
        form.verdict,
        form.text,
        now,
    )
    return row is not None


async def _reopen_slice(
    person: Person, report: Report, proposal: Proposal, build: Build, *, now: datetime, train: date
) -> None:
    """Take the fix back for one model: a tester who has it sees the problem still. Builds in the
    making that were listed with it do not bring it as solved either."""
    await unfix(proposal, [build.model])
    reason = Words(f"在 {build.version} 上仍有问题", f"still there in {build.version}")
    for shipped in (False, True):
        await end_shipments(
            proposal.id, [build.model], Ending.BROKEN, reason, now=now, shipped=shipped
        )
    await back_to_work(proposal, now=now)
    model = await DeviceModel.objects().get(DeviceModel.id == build.model)
    assert model is not None
    await record(
        person,
        "proposal.reopened",
        now=now,
        proposal=proposal.id,
        data={"models": [model.codename], "build": build.version, "report": f"R-{report.id}"},
    )
    # All of its reports: for other models nothing is taken back, but the work goes on again.
    await settle(None, of_proposal(proposal.id), now=now, train=train, proposal=proposal.id)
