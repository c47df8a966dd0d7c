"""Where reports stand, and which builds solve them, worked out from the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime

from tests.simulation.facts import (
    WEEK,
    Answer,
    Build,
    Line,
    MeToo,
    Notice,
    Proposal,
    Report,
    Train,
    coming,
    freezes_at,
)

News = Callable[[], Iterable[Notice]]
"""Something that people have to be told; asked when the server comes to telling."""


class Standings:
    def __init__(self, models: Collection[str], captains: Collection[str]) -> None:
        self.models = list(models)
        self.captains = list(captains)
        self.lines: dict[Line, list[Build]] = defaultdict(list)
        self.reports: dict[int, Report] = {}
        self.proposals: dict[int, Proposal] = {}
        self.me_toos: list[MeToo] = []
        self.answers: list[Answer] = []
        self.trains: dict[date, Train] = {}
        self.untold: list[News] = []
        self.notices: dict[str, list[Notice]] = defaultdict(list)
        self.last_friday: dict[str, datetime] = {}
        self.withdrawals: dict[Build, list[Notice]] = {}

    def solution(self, proposal: Proposal, line: Line, build: Build | None) -> Build | None:
        """The first build of a phone's line that has the fix, after the one with the problem.

        A build that had the fix already when the problem was seen on it does not solve it.
        """
        builds = self.lines[line]
        having = {one.build for one in proposal.carried if not one.ended}
        after = builds.index(build) + 1 if build in builds else 0
        return next((one for one in builds[after:] if one in having), None)

    def seen_in_spite_of_the_fix(self, proposal: Proposal, build: Build | None) -> bool:
        if build is None:
            return False
        builds = self.lines[build.model, build.ring]
        before = builds[: builds.index(build) + 1]
        return any(one.build in before for one in proposal.carried if not one.ended)

    def taken_back(self, proposal: Proposal, build: Build | None) -> bool:
        """Reverted there, or gone with the build; not merely seen still broken by somebody."""
        return any(
            one.build is build and one.ended in ("reverted", "withdrawn")
            for one in proposal.carried
        )

    def stands(self, report: Report) -> tuple[str, Build | None]:
        """Its status, and the build in which it is solved."""
        proposal = report.proposal
        if proposal is None:
            return "new", None
        build = self.solution(proposal, report.line, report.build)
        if report.confirmed and (build or not self.taken_back(proposal, report.solved_in)):
            return "verified", build or report.solved_in
        if build:
            return "released", build
        if proposal.fixed_for(report.line[0]) and not self.seen_in_spite_of_the_fix(
            proposal, report.build
        ):
            return "fixed", None
        return ("in_progress" if proposal.started else "accepted"), None

    def look_at(self, proposals: Collection[Proposal], now: datetime) -> list[Report]:
        """See anew where the reports of these stand. Returns those that are solved now and were
        not before."""
        solved = []
        wanted = set(proposals)
        for report in [one for one in self.reports.values() if one.proposal in wanted]:
            was = report.standing
            report.standing, report.solved_in = self.stands(report)
            if report.standing == "fixed" and was != "fixed":
                report.promised = self.boarding(now)
            if report.standing != "fixed":
                report.promised = report.missed = None
            if report.standing != "verified":
                report.confirmed = False
            if report.standing == "released" and was not in ("released", "verified"):
                solved.append(report)
        return solved

    def builds(self) -> list[Build]:
        return [build for line in self.lines.values() for build in line]

    def train(self, day: date) -> Train:
        return self.trains.setdefault(day, Train(day))

    def boarding(self, now: datetime) -> date:
        """The next train that takes a fix made now."""
        day = coming(now)
        while True:
            train = self.trains.get(day, Train(day))
            closed = train.left_at or train.frozen_at
            if not closed and (train.thawed or freezes_at(day) > now):
                return day
            day += WEEK
