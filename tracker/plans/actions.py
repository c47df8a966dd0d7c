"""Carrying out a plan, or finding out what it would do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime

from tracker import database
from tracker.devices.forms import Words
from tracker.errors import Invalid, NotFound, Refusal, Superseded
from tracker.history.acting import BY_SOMEBODY, LONGEST_KEY, Terms, acting, on_terms
from tracker.language import Text
from tracker.numbers import proposal_number, report_number
from tracker.people.access import require_staff
from tracker.people.tables import Person
from tracker.plans.deeds import Work, do
from tracker.plans.forms import (
    MOST_LINES,
    Effect,
    Plan,
    PlannedLine,
    PlannedProposal,
    PlanProblem,
    PlanResult,
)
from tracker.proposals import actions as proposals
from tracker.proposals.forms import OpenProposal

Tell = Callable[[int], None]
"""Called with how many lines are done."""


class _NotKept(Exception):
    """Ends the transaction, so that nothing of it stays."""


async def carry_out(
    engineer: Person,
    plan: Plan,
    *,
    now: datetime,
    train: date,
    key: str,
    tell: Tell = lambda done: None,
) -> PlanResult:
    """Do every line in order, as one act and in one transaction, or nothing.

    The first line that is refused ends it. What was decided on something that somebody else has
    changed since is refused before anything is tried, all of it at once. A dry run goes on behind
    what is refused, to find the rest, and keeps nothing. A plan that is sent again under its `key`
    is not done again. `check` it before.
    """
    numbers = {line: _number(line) for line in plan.lines}
    seen = {line.report: line.seen for line in plan.lines if line.seen is not None}
    work = Work(engineer, now, train)
    effects: list[Effect] = []
    act_name: str | None = None
    try:
        with on_terms(Terms(key, seen)):
            async with acting(engineer, now=now) as act:
                done = await _done_before(engineer, key) if not plan.dry_run else None
                if done is not None:
                    return PlanResult(True, True, f"A-{done}", len(plan.lines), {}, [], [])
                await _hold(plan.lines, numbers.values())
                work.problems += await _overtaken(engineer, plan.lines, numbers)
                _stop_at_problems(work, plan)
                if plan.dry_run and act is not None:
                    # Here, where no line that is taken back takes the act's row with it.
                    await act.number()
                before = await _standing(numbers.values())
                await _carry_out(work, plan, numbers, tell)
                effects = _effects(before, await _standing(numbers.values()), work)
                _stop_at_problems(work, plan, at_end=True)
                if act is not None and act.id is not None:
                    act_name = f"A-{act.id}"
    except _NotKept:
        act_name = None
    kept = not plan.dry_run and not work.problems
    return PlanResult(
        applied=kept,
        repeated=False,
        act=act_name if kept else None,
        lines=len(plan.lines),
        opened={name: f"P-{number}" for name, number in work.opened.items()} if kept else {},
        effects=effects,
        problems=work.problems,
    )


def check(engineer: Person, plan: Plan, key: str) -> None:
    """Who may, and how long: what is refused before the answer begins."""
    require_staff(engineer)
    if len(key) > LONGEST_KEY:
        raise Invalid(
            {"key": Text(f"最多 {LONGEST_KEY} 个字符", f"At most {LONGEST_KEY} characters")}
        )
    if len(plan.lines) > MOST_LINES:
        raise Invalid(
            {"lines": Text(f"最多 {MOST_LINES} 行", f"At most {MOST_LINES} lines at once")}
        )


async def _done_before(engineer: Person, key: str) -> int | None:
    """The act under this key. One that is under way is waited for."""
    await database.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key)
    row = await database.fetch_row(
        "SELECT id FROM acts WHERE person = $1 AND key = $2", engineer.id, key
    )
    return row["id"] if row else None


async def _hold(lines: Iterable[PlannedLine], reports: Iterable[int]) -> None:
    """Lock all that the lines are about in the order in which everybody locks, whatever theirs is."""
    proposals: set[int] = set()
    for line in lines:
        with suppress(NotFound):
            proposals.add(proposal_number(line.proposal))
    for table, numbers in (("proposals", proposals), ("reports", set(reports))):
        await database.execute(
            f"SELECT FROM {table} WHERE id = ANY ($1) ORDER BY id FOR UPDATE", list(numbers)
        )


def _number(line: PlannedLine) -> int:
    try:
        return report_number(line.report)
    except NotFound:
        return 0


def _stop_at_problems(work: Work, plan: Plan, *, at_end: bool = False) -> None:
    if plan.dry_run:
        if at_end:
            raise _NotKept
    elif work.problems:
        raise _NotKept


async def _overtaken(
    engineer: Person, lines: Sequence[PlannedLine], numbers: Mapping[PlannedLine, int]
) -> list[PlanProblem]:
    """Lines about reports to which somebody else did something since they were seen."""
    decided = [line for line in lines if line.seen is not None]
    rows = await database.fetch(
        "SELECT e.report, string_agg(DISTINCT p.display_name, ', ') AS who FROM"
        " unnest($1::bigint[], $2::bigint[]) AS decided (report, seen)"
        " JOIN events e ON e.report = decided.report AND e.id > decided.seen"
        " LEFT JOIN people p ON p.id = e.actor WHERE e.actor IS DISTINCT FROM $3"
        f" AND {BY_SOMEBODY}"
        " GROUP BY e.report",
        [numbers[line] for line in decided],
        [line.seen for line in decided],
        engineer.id,
    )
    who = {row["report"]: row["who"] for row in rows}
    return [
        PlanProblem(line.line, line.report, _superseded(who[numbers[line]]))
        for line in decided
        if numbers[line] in who
    ]


def _superseded(who: str | None) -> Words:
    return Words(
        f"在你看过之后有变化（{who or '发布'}）",
        f"it changed since you saw it ({who or 'a release'})",
    )


async def _carry_out(
    work: Work, plan: Plan, numbers: Mapping[PlannedLine, int], tell: Tell
) -> None:
    reports = _gathered(plan)
    for proposal in plan.proposals:
        await _tried(work, plan, PlannedLine(0, "", "link"), _open(work, proposal, reports))
    for done, line in enumerate(plan.lines):
        tell(done)
        await _tried(work, plan, line, do(work, line, numbers[line]))
    tell(len(plan.lines))


def _gathered(plan: Plan) -> dict[str, list[str]]:
    """The reports that are linked to each planned proposal: its module may follow from them."""
    found: dict[str, list[str]] = {}
    for line in plan.lines:
        if line.do == "link" and line.proposal.startswith("="):
            found.setdefault(line.proposal, []).append(line.report)
    return found


async def _open(work: Work, planned: PlannedProposal, reports: Mapping[str, Sequence[str]]) -> None:
    if planned.name in work.opened:
        raise Invalid(
            {"name": Text(f"{planned.name} 出现了两次", f"{planned.name} is there twice")}
        )
    module = planned.module
    if module is None:
        module = await _module_of(reports.get(planned.name, ()))
    number = await proposals.open_proposal(
        work.engineer,
        OpenProposal(
            title=planned.title,
            kind=planned.kind,
            module=module,
            owner=planned.owner,
            changelog=planned.changelog,
        ),
        now=work.now,
        train=work.train,
    )
    work.opened[planned.name] = number


async def _module_of(reports: Sequence[str]) -> str | None:
    numbers = [number for name in reports if (number := _number(PlannedLine(0, name, "link")))]
    rows = await database.fetch(
        "SELECT DISTINCT m.slug FROM reports r JOIN modules m ON m.id = r.module"
        " WHERE r.id = ANY ($1) LIMIT 2",
        numbers,
    )
    return rows[0]["slug"] if len(rows) == 1 else None


async def _tried(work: Work, plan: Plan, line: PlannedLine, deed: Awaitable[None]) -> None:
    """One deed. Where it is refused: in a dry run what it had begun is taken back, else all is."""
    point = await database.savepoint() if plan.dry_run else None
    try:
        await deed
    except Refusal as refusal:
        text = _superseded(None) if isinstance(refusal, Superseded) else Words(*refusal.reason)
        work.problems.append(PlanProblem(line.line, line.report, text))
        if point is None:
            raise _NotKept from refusal
        await point.rollback_to()
    else:
        if point is not None:
            await point.release()


_Standing = dict[int, tuple[str, int | None]]


async def _standing(numbers: Iterable[int]) -> _Standing:
    rows = await database.fetch(
        "SELECT id, status, proposal FROM reports WHERE id = ANY ($1) ORDER BY id",
        sorted(set(numbers)),
    )
    return {row["id"]: (row["status"], row["proposal"]) for row in rows}


def _effects(before: _Standing, after: _Standing, work: Work) -> list[Effect]:
    names = {number: name for name, number in work.opened.items()}

    def called(proposal: int | None) -> str | None:
        return names.get(proposal, f"P-{proposal}") if proposal else None

    return [
        Effect(f"R-{number}", before[number][0], status, called(proposal))
        for number, (status, proposal) in after.items()
        if number in before and before[number] != (status, proposal)
    ]
