"""What testers and engineers do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from tests.simulation.facts import (
    EVERY_MODEL,
    Answer,
    Build,
    Line,
    MeToo,
    Notice,
    Proposal,
    Report,
)
from tests.simulation.telling import Telling

VERDICTS = ["fixed", "broken", "unsure"]


class Work(Telling):
    def file(self, number: int, reporter: str, line: Line, build: Build | None) -> Report:
        report = Report(number, reporter, line, build)
        self.reports[number] = report
        return report

    def me_too(self, person: str, report: Report, line: Line, build: Build | None) -> None:
        self.me_toos = [one for one in self.me_toos if (one.person, one.report) != (person, report)]
        self.me_toos.append(MeToo(person, report, line, build))

    def propose(self, number: int, module: str, kind: str, owner: str, *, worded: bool) -> Proposal:
        proposal = Proposal(number, module, kind, owner, worded=worded)
        self.proposals[number] = proposal
        return proposal

    def link(self, reports: Iterable[Report], proposal: Proposal, now: datetime) -> None:
        """Its status follows the proposal's from here on; where a build has the fix already, its
        reporter is told at once."""
        for report in reports:
            if report.proposal is not proposal:
                self.unlink(report)
                report.proposal, report.standing = proposal, "accepted"
        self._tell_alone(self.look_at([proposal], now))

    def unlink(self, report: Report) -> None:
        report.proposal, report.solved_in, report.confirmed = None, None, False
        report.standing, report.promised, report.missed = "new", None, None

    def start(self, proposal: Proposal, now: datetime) -> None:
        proposal.started = True
        self.look_at([proposal], now)

    def word(self, proposal: Proposal) -> None:
        proposal.worded = True

    def fix(self, proposal: Proposal, models: Collection[str] | None, now: datetime) -> None:
        """Done for these models, or for all (None). What is done already keeps its time."""
        if EVERY_MODEL not in proposal.fixes:
            for model in models or [EVERY_MODEL]:
                proposal.fixes.setdefault(model, now)
        self.look_at([proposal], now)

    def revert(self, proposal: Proposal, models: Collection[str] | None, now: datetime) -> None:
        """Nobody has it any more, for these models: not what waits, not what is out."""
        had_any = self._unfix(proposal, models)
        struck = self._strike(proposal, models, "reverted", now)
        gone = self._end(proposal, models, "reverted")
        if had_any or gone or struck:
            proposal.started = True
            # For the rings of a model where nothing was taken back there may be news.
            self._tell_alone(self.look_at([proposal], now))
            if gone:
                self.untold.append(lambda: self._corrections([proposal], gone))

    def _unfix(self, proposal: Proposal, models: Collection[str] | None) -> bool:
        if models is None:
            had_any = bool(proposal.fixes)
            proposal.fixes = {}
            return had_any
        if EVERY_MODEL in proposal.fixes:
            for model in self.models:
                proposal.fixes.setdefault(model, proposal.fixes[EVERY_MODEL])
            del proposal.fixes[EVERY_MODEL]
        gone = [proposal.fixes.pop(model) for model in models if model in proposal.fixes]
        return bool(gone)

    def _strike(
        self, proposal: Proposal, models: Collection[str] | None, how: str, now: datetime
    ) -> bool:
        """From the lists of builds that still wait."""
        struck = False
        for build in self.builds():
            waits = build.left_at is None and (models is None or build.model in models)
            if waits and build.listed and proposal.number in build.listed - set(build.struck):
                build.struck[proposal.number] = (now, how)
                struck = True
        return struck

    @staticmethod
    def _end(proposal: Proposal, models: Collection[str] | None, how: str) -> list[Build]:
        """In what is out. Where the build was withdrawn before, it does not come back with it."""
        gone = []
        for one in proposal.carried:
            if one.ended in ("", "withdrawn") and (models is None or one.build.model in models):
                gone += [] if one.ended else [one.build]
                one.ended = how
        return gone

    def verify(
        self, person: str, report: Report, build: Build, verdict: str, now: datetime
    ) -> None:
        """A tester's answer on a build. It counts where the build has the fix; an older one's is
        kept and changes nothing."""
        said = [
            one
            for one in self.answers
            if (one.person, one.report, one.build) == (person, report, build)
        ]
        if not said or said[0].verdict != verdict:
            self.answers = [one for one in self.answers if one not in said]
            self.answers.append(Answer(person, report, build, verdict, now))
        proposal = report.proposal
        assert proposal is not None
        there = self.fix_in(proposal, build)
        own = report.reporter == person
        if verdict == "fixed" and there == "holds" and own and report.standing == "released":
            report.standing, report.confirmed = "verified", True
        if verdict != "fixed" and there in ("holds", "broken") and own:
            report.confirmed = False
        if verdict == "broken" and there == "holds":
            self._unfix(proposal, [build.model])
            self._strike(proposal, [build.model], "broken", now)
            self._end(proposal, [build.model], "broken")
            proposal.started = True
            self.untold.append(lambda: [Notice(proposal.owner, "reopened", proposal.name)])
        self.look_at([proposal], now)

    def fix_in(self, proposal: Proposal, build: Build) -> str:
        """How the fix stands in a build: holds, broken, reverted; not there yet: older."""
        line = self.lines[build.model, build.ring]
        before = line[: line.index(build) + 1]
        if build.withdrawn:
            return "withdrawn"
        if any(one.build in before and not one.ended for one in proposal.carried):
            return "holds"
        later = any(one.build in line and not one.ended for one in proposal.carried)
        had = [one for one in proposal.carried if one.build in before]
        last = max(had, key=lambda one: line.index(one.build), default=None)
        if later or last is None or last.ended == "withdrawn":
            return "older"
        return last.ended

    def verdicts(self, proposal: Proposal) -> dict[str, list[int]]:
        """By model: how many testers say fixed, broken, can't tell."""
        people: dict[str, list[set[str]]] = defaultdict(lambda: [set(), set(), set()])
        for one in self.last_words(proposal):
            people[one.build.model][VERDICTS.index(one.verdict)].add(one.person)
        return {model: [len(each) for each in sets] for model, sets in people.items()}
