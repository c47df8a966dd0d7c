"""The rules of the product, told as plainly as they can be, for the tests to hold it to.

Nothing is imported from the tracker, nothing is quick, and nothing is remembered that could be
worked out from what happened. People and the clock act (`link`, `fix`, `tick` …), and at any
time one may ask where a report stands, what a post says, and what a person has been told.

standing.py says where a report stands, telling.py who is told what, work.py what testers and
engineers do, lines.py what becomes of builds; here are the trains.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.simulation.facts import (
    Build,
    Notice,
    Report,
    Train,
    coming,
    freezes_at,
    leaves_at,
)
from tests.simulation.lines import Lines


class Model(Lines):
    def aboard(self, train: Train) -> list[Build]:
        return [
            build
            for build in self.builds()
            if build.train == train.day
            and build.left_at is None
            and not build.late
            and not build.withdrawn
        ]

    def blocked_by(self, train: Train, now: datetime) -> set[str]:
        """What keeps a train from leaving, by the clock's hand or a captain's."""
        leaving = self.aboard(train)
        contents = self.contents(leaving, train.frozen_at or now)
        numbers = set().union(*contents.values())
        found = {
            "held": train.held,
            "no_build": not leaving,
            "no_wording": any(not self.proposals[number].worded for number in numbers),
            "revert_pending": any(
                how == "reverted" for build in leaving for _, how in build.struck.values()
            ),
        }
        return {name for name, true in found.items() if true}

    def tick(self, now: datetime) -> None:
        """The clock looks at the trains: freezes, warns, and lets them leave."""
        self.train(coming(now))
        for train in sorted(self.trains.values(), key=lambda train: train.day):
            if train.left_at or train.day > coming(now) or freezes_at(train.day) > now:
                continue
            if train.frozen_at is None and not train.thawed:
                train.frozen_at = freezes_at(train.day)
            blocked = self.blocked_by(train, now)
            soon = now >= leaves_at(train.day) - timedelta(hours=1)
            if soon and blocked - {"held"} and not train.alarmed:
                train.alarmed = True
                about = train.day.isoformat()
                alarm = [Notice(captain, "blocked", about) for captain in self.captains]
                self.untold.append(lambda alarm=alarm: alarm)  # type: ignore[misc]
            if now >= leaves_at(train.day) and not blocked:
                self.depart(train, now)

    def depart(self, train: Train, now: datetime) -> None:
        leaving = self.aboard(train)
        train.left_at = now
        about = train.day.isoformat()
        solved = self._leave(leaving, train.frozen_at or now, now, alone=False)
        slipped = self._slip(train, now)
        self.untold.append(lambda: self._news("friday", about, solved, leaving, now, slipped))

    def _slip(self, train: Train, now: datetime) -> list[tuple[Report, date, date]]:
        """Who was to be on this train and is not waits for the next one; not where the build
        they wait for is late, nor where their train is still to come."""
        following = self.boarding(now)
        slipped = []
        for report in self.reports.values():
            if report.standing != "fixed" or report.promised is None:
                continue
            late = any(
                build.train == report.promised and build.left_at is None and not build.withdrawn
                for build in self.lines[report.line]
            )
            gone = report.promised < following or report.promised == train.day
            if report.promised <= train.day and gone and not late:
                slipped.append((report, report.promised, following))
                report.missed, report.promised = report.promised, following
        return slipped

    def entries(self, train: Train) -> dict[int, tuple[set[str], set[str]]]:
        """The lines of a post, in any order: for which models (none named: for all), and for
        which of them the line was taken back."""
        out = [build for build in self.builds() if build.train == train.day and build.left_at]
        every = {build.model for build in out}
        found = {}
        for number in set().union(*(build.left_with for build in out)):
            models = {build.model for build in out if number in build.left_with}
            struck = {
                one.build.model
                for one in self.proposals[number].carried
                if one.build in out and number in one.build.left_with and one.ended == "reverted"
            }
            found[number] = (models if models != every else set(), struck)
        return found
