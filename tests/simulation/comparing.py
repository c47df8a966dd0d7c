"""A programme under way: its model, what was done so far, and whether the tracker says the same."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from tests.cast import START
from tests.simulation import seen
from tests.simulation.facts import SHANGHAI, Line, Proposal, Report
from tests.simulation.model import Model
from tests.simulation.stage import Stage

RINGS = ("closed", "dev", "stable")
ENGINEER, CAPTAIN, ADMIN = "erin", "cai", "ada"
T = TypeVar("T")
KINDS = ("new", "optimization", "fix")


@dataclass(frozen=True)
class Size:
    fridays: int
    models: int
    reports: int
    always: bool = False
    """Compare everything after every step, not only on Fridays."""


@dataclass(frozen=True)
class Step:
    number: int
    at: datetime
    said: str


class Comparing:
    def __init__(self, stage: Stage, size: Size, seed: int) -> None:
        self.stage, self.size, self.seed = stage, size, seed
        self.chance = random.Random(seed)
        self.models = [f"m{n}" for n in range(1, size.models + 1)]
        self.model = Model(self.models, [CAPTAIN, ADMIN])
        self.phones: dict[str, Line] = {}
        self.now = START
        self.steps: list[Step] = []
        self.last_notice = 0
        self.compared: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.acted: set[str] = set()

    def at(self, at: datetime) -> None:
        """Time goes on: to that moment, if it is not past, and by a second in any case."""
        at = at.astimezone(SHANGHAI).replace(microsecond=0)
        self.now = max(at, self.now + timedelta(seconds=1))
        self.stage.clock.set(self.now)

    def pick(self, choices: Sequence[T]) -> T | None:
        return self.chance.choice(choices) if choices else None

    def some_report(self) -> Report | None:
        return self.pick(list(self.model.reports.values())[-400:])

    def some_proposal(self) -> Proposal | None:
        return self.pick(list(self.model.proposals.values())[-60:])

    def some_line(self) -> Line:
        return self.chance.choice([line for line, builds in self.model.lines.items() if builds])

    def say(self, kind: str, text: str) -> None:
        self.done[kind] += 1
        self.steps.append(Step(len(self.steps) + 1, self.now, f"{kind} {text}"))

    async def check(self, proposals: Collection[Proposal], *, verdicts: bool = False) -> None:
        """Compare what an act touched; now and then let people be told, and compare that."""
        found = await seen.reports([one.number for one in proposals])
        for report in self.model.reports.values():
            if report.proposal in proposals:
                self.same(report.name, found.pop(report.number, None), seen.wanted(report))
        self.same("what else is in them", found, {})
        if verdicts:
            for proposal in proposals:
                answer = await self.stage.play(ENGINEER, "GET", f"proposals/{proposal.name}")
                counts = {
                    one["model"]: [one["fixed"], one["broken"], one["unsure"]]
                    for one in answer["verdicts"]
                }
                self.same(proposal.name, counts, self.model.verdicts(proposal))
        if self.size.always:
            await self.compare_reports()
        if self.chance.random() < 0.8:
            await self.tell()

    async def tell(self) -> None:
        await self.stage.tell(self.now)
        found, self.last_notice = await seen.notices(self.last_notice)
        wanted = self.model.tell(self.now)
        people = {notice.person for notice in [*found, *wanted]}
        for person in sorted(people):
            self.same(
                person,
                Counter(seen.essence(one) for one in found if one.person == person),
                Counter(seen.essence(one) for one in wanted if one.person == person),
            )

    async def compare_reports(self) -> None:
        found = await seen.reports()
        for report in self.model.reports.values():
            self.same(report.name, found.get(report.number), seen.wanted(report))

    async def compare_post(self, day: date) -> None:
        answer = await self.stage.play(ENGINEER, "GET", f"releases/{day}")
        found = {
            int(one["proposal"][2:]): (
                set(one["models"] or ()),
                set(one["erratum"]["models"] if one["erratum"] else ()),
            )
            for one in answer["entries"]
        }
        wanted = self.model.entries(self.model.trains[day])
        for number in {*found, *wanted}:
            self.same(f"P-{number} {day}", found.get(number), wanted.get(number))

    async def compare_everything(self, *, posts: bool = False) -> None:
        """All reports, all notices, the last or all posts; and that the model has not overlooked anything."""
        await self.tell()
        before = {number: seen.wanted(one) for number, one in self.model.reports.items()}
        self.model.look_at(list(self.model.proposals.values()), self.now)
        for number, one in self.model.reports.items():
            self.same(f"the model's R-{number}", before[number], seen.wanted(one))
        await self.compare_reports()
        left = [day for day, train in self.model.trains.items() if train.left_at]
        for day in left if posts else left[-2:]:
            await self.compare_post(day)

    def same(self, subject: str, found: object, wanted: object) -> None:
        self.compared[subject[:1]] += 1
        if found == wanted:
            return
        words = set(subject.split())
        if isinstance(found, Counter) and isinstance(wanted, Counter):
            found, wanted = found - wanted, wanted - found
            items = [item for notice in [*found, *wanted] for item in notice.items]
            words |= {
                word for item in items for word in (f"R-{item[0]}", f"P-{item[1]}", *item[2:])
            }
        for report in self.model.reports.values():
            if report.name in words:
                words |= {report.reporter, report.line[0], str(report.line)}
                words |= {report.proposal.name} if report.proposal else set()
        about = [
            step
            for step in self.steps
            if words & set(step.said.replace("'", "").replace(",", "").split())
            or step.said.split()[0] in ("departed", "restart")
        ]
        course = "\n".join(
            f"{step.number:6} {step.at:%a %d %b %H:%M:%S} {step.said}" for step in about
        )
        raise AssertionError(
            f"{course}\nseed {self.seed}, {self.size}, step {len(self.steps)}: {subject}\n"
            f"   is {found}\nnot {wanted}"
        )

    def same_report(self, report: Report, answer: dict[str, object]) -> None:
        wanted = seen.wanted(report)
        found = (answer["status"], answer["proposal"], answer["ring"], answer["released_in"])
        self.same(report.name, found, wanted[:4])
        expected = report.promised and report.promised.isoformat()
        self.same(report.name, answer["expected_on"], expected)
