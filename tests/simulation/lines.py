"""Builds in their lines: added, moved, sent on their way, withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from tests.simulation.facts import (
    EVERY_MODEL,
    Build,
    Carried,
    Notice,
    Report,
)
from tests.simulation.work import Work


class Lines(Work):
    def put_build(
        self,
        build: Build,
        now: datetime,
        *,
        ring: str,
        train: date | None,
        after: Build | None,
        listed: Collection[int] | None,
        late: bool,
    ) -> None:
        """A build is added, or changed. It goes behind `after`, else to the end of its line."""
        line, old = self.lines[build.model, ring], self.lines[build.model, build.ring]
        known = build in old
        if after is not None or build not in line:
            if known:
                old.remove(build)
            line.insert(line.index(after) + 1 if after is not None else len(line), build)
        build.ring, build.train, build.late = ring, train, late
        if known:
            self._tell_alone(self.look_at(list(self.proposals.values()), now))
        if build.left_at is None:
            self._list(build, listed)
            gone = train is None or self.train(train).left_at
            if gone and not late and not build.withdrawn:
                self._leave([build], now, now, alone=True)

    def _list(self, build: Build, listed: Collection[int] | None) -> None:
        """What was struck from the list stays so, unless there is a new fix since."""
        build.listed = None if listed is None else set(listed)
        build.struck = {
            number: (at, how)
            for number, (at, how) in build.struck.items()
            if number in (listed or ())
            and not any(
                made > at
                for model, made in self.proposals[number].fixes.items()
                if model in (EVERY_MODEL, build.model)
            )
        }

    def _leave(
        self, leaving: list[Build], cutoff: datetime, now: datetime, *, alone: bool
    ) -> list[Report]:
        carried = self.contents(leaving, cutoff)
        for build, numbers in carried.items():
            build.left_at, build.left_with = now, numbers
            for number in numbers:
                self.proposals[number].carried.append(Carried(build, now))
        touched = [self.proposals[number] for numbers in carried.values() for number in numbers]
        solved = self.look_at(touched, now)
        if alone:
            self.untold.append(lambda: self._news("build", "", solved, leaving, now, []))
        return solved

    def withdraw(self, build: Build, now: datetime) -> None:
        """Nobody should install it. What it brought is in the next build of its line that is out,
        or else waits again; those who were told are told."""
        if build.withdrawn:
            return
        build.withdrawn = True
        line = self.lines[build.model, build.ring]
        later = line[line.index(build) + 1 :]
        heir = next((one for one in later if one.left_at and not one.withdrawn), None)
        lost = []
        for proposal in self.proposals.values():
            for one in [one for one in proposal.carried if one.build is build and not one.ended]:
                one.ended = "withdrawn"
                lost.append(proposal)
                had = [one for one in proposal.carried if one.build is heir]
                if heir and heir.left_at and not had:
                    proposal.carried.append(Carried(heir, heir.left_at))
                for its in had:
                    its.ended = "" if its.ended == "withdrawn" else its.ended
        self.look_at(lost, now)
        told = self.withdrawals[build] = []

        def news() -> Iterable[Notice]:
            if build.withdrawn and lost:
                told.extend(self._corrections(lost, [build], heir))
            return told

        self.untold.append(news)

    def restore(self, build: Build, now: datetime) -> None:
        """It was no good reason. What it brought counts again, but for what was taken back since."""
        if not build.withdrawn:
            return
        build.withdrawn = False
        back = []
        for proposal in self.proposals.values():
            for one in proposal.carried:
                if one.build is build and one.ended == "withdrawn":
                    one.ended = ""
                    back.append(proposal)
        solved = self.look_at(back, now)
        told = self.withdrawals[build]
        self.untold.append(lambda: self._restored(build, solved, told))

    def move_line(self, model: str, ring: str, to: str, after: Build | None, now: datetime) -> None:
        """All builds of a model's ring move into another ring, in their order, and with them the
        phones, the reports and those who said "me too"."""
        moving, line = self.lines.pop((model, ring), []), self.lines[model, to]
        at = line.index(after) + 1 if after is not None else len(line)
        line[at:at] = moving
        for build in moving:
            build.ring = to
        for report in self.reports.values():
            report.line = (model, to) if report.line == (model, ring) else report.line
        for one in self.me_toos:
            one.line = (model, to) if one.line == (model, ring) else one.line
        self._tell_alone(self.look_at(list(self.proposals.values()), now))

    def contents(self, leaving: Collection[Build], cutoff: datetime) -> dict[Build, set[int]]:
        """What builds that leave together carry: their list, or each fix that was made in time
        and is not in a build of their line yet; of two such builds the first."""
        found: dict[Build, set[int]] = {build: set() for build in leaving}
        for build in leaving:
            if build.listed is not None:
                found[build] = build.listed - set(build.struck)
        for line in self.lines.values():
            first = next((one for one in line if one in found and one.listed is None), None)
            for proposal in self.proposals.values() if first else ():
                out = [one for one in proposal.carried if one.build in line and not one.ended]
                if first and not out and proposal.fixed_for(first.model, by=cutoff):
                    found[first].add(proposal.number)
        return found
