"""Taking back what somebody of the team did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from tracker import database
from tracker.errors import Conflict
from tracker.history.acting import about_to_change, acting
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.access import require_staff
from tracker.people.tables import Person
from tracker.proposals.facts import PROPOSAL
from tracker.reports import responses
from tracker.reports.facts import REPORT
from tracker.undoing import queries, retracting
from tracker.undoing.examining import Sentence, examine
from tracker.undoing.restoring import restore_proposal, restore_reports, settle_proposals


async def undo(engineer: Person, number: int, *, now: datetime, train: date) -> None:
    """Take a whole act back, or nothing of it; one that is taken back already stays so.

    This is an act itself: undoing it does it again. Whoever was told is told that it no longer
    holds; within the undo window nobody was. `Conflict` names each thing that is in the way.
    """
    require_staff(engineer)
    async with acting(engineer, now=now, undoes=number) as mine:
        assert mine is not None
        await database.execute("SELECT FROM acts WHERE id = $1 FOR UPDATE", number)
        act = await queries.get_act(number)
        if act.undone_by is not None:
            return
        await _hold(await queries.changes_of(number))
        quiet = await queries.told_of(number) == 0
        examined = await examine(act)
        if examined.obstacles:
            raise Conflict(_why_not(examined.obstacles))
        untouched = await queries.untouched_since(number)
        proposals = [one for one in examined.reversals if one.subject is PROPOSAL]
        reports = [one for one in examined.reversals if one.subject is REPORT]
        # What was opened is removed last: its reports leave it before.
        for one in proposals:
            if one.before:
                await restore_proposal(engineer, one, act.name, now=now)
        await restore_reports(engineer, reports, untouched, act.name, now=now, train=train)
        await retracting.retract(engineer, act, now=now)
        for one in proposals:
            if not one.before:
                await restore_proposal(engineer, one, act.name, now=now)
        await settle_proposals(engineer, proposals, now=now, train=train)
        await record(engineer, "act.undone", now=now, internal=True, data={"act": number})
        await database.execute(
            # Its key is free again: what is taken back can be done once more.
            "UPDATE acts SET quiet = $3, key = CASE WHEN id = $2 THEN key END, undone_by = CASE WHEN id = $1 THEN $2::bigint"
            " ELSE undone_by END WHERE id IN ($1, $2)",
            number,
            await mine.number(),
            quiet,
        )
        if act.undoes is not None:
            await database.execute(
                "UPDATE acts SET undone_by = NULL WHERE id = $1 AND undone_by = $2",
                act.undoes,
                number,
            )
        # Last: it asks which acts stand.
        await responses.give_back_questions([one.number for one in reports])
        await _count_anew(act, untouched, now=now)


async def _count_anew(act: queries.Done, untouched: frozenset[int], *, now: datetime) -> None:
    """What is taken back was no response. To reports where nothing was done since, the wait has been
    given back as it was; of the others it is worked out."""
    about = await responses.retract(act.id, now=now)
    if act.undoes is not None:
        about += await responses.give_back(act.undoes)
    await responses.recount({*about} - untouched)


async def _hold(changes: Sequence[queries.Changed]) -> None:
    """Lock all that is put back, in the order in which everybody locks."""
    for subject, table in ((PROPOSAL, "proposals"), (REPORT, "reports")):
        numbers = [one.number for one in changes if one.subject == subject.name]
        if numbers:
            await database.execute(
                f"SELECT FROM {table} WHERE id = ANY ($1) ORDER BY id FOR UPDATE", numbers
            )
            await about_to_change(subject, *numbers)


def _why_not(obstacles: Sequence[Sentence]) -> Text:
    shown = obstacles[:5]
    more = len(obstacles) - len(shown)
    zh = "；".join(f"{one.thing}：{one.text.zh}" if one.thing else one.text.zh for one in shown)
    en = "; ".join(f"{one.thing}: {one.text.en}" if one.thing else one.text.en for one in shown)
    return Text(
        f"没有撤销：{zh}" + (f"；还有 {more} 项" if more else ""),
        f"Not taken back: {en}" + (f"; and {more} more" if more else ""),
    )
