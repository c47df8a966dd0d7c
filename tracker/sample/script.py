"""A script: who does what when. Told in any order, and played in the order of time.

Everything is done by the same actions as anybody's clicks, so statuses, timelines and notices
are what they would have been.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime

from tracker.desk.routing import route_filed
from tracker.devices.forms import Words
from tracker.devices.tables import Ring
from tracker.notices.making import make_notices
from tracker.people.tables import Person
from tracker.proposals import actions as proposing
from tracker.proposals import fixing
from tracker.proposals.forms import ChangeProposal, OpenProposal, PutFix, RevertFix, Verify
from tracker.proposals.tables import ProposalKind, State, Verdict
from tracker.proposals.verifying import verify
from tracker.releases.queries import boarding
from tracker.reports import actions as reporting
from tracker.reports import closing, labelling
from tracker.reports.filing import file_report
from tracker.reports.forms import Ask, Close, FileReport, MeToo, Post, compose_body
from tracker.reports.tables import Frequency, Kind, Reason, Severity
from tracker.sample.weeks import Weeks

Act = Callable[[datetime], Awaitable[object]]


class Filed:
    """A report of the script; it has a number once it is filed."""

    def __init__(self, device: str, ring: Ring) -> None:
        self.device = device
        self.ring = ring
        self.number = 0

    @property
    def name(self) -> str:
        return f"R-{self.number}"


class Proposed:
    """A proposal of the script, likewise."""

    def __init__(self) -> None:
        self.number = 0


def zh(steps: str = "", expected: str = "", actual: str = "") -> str:
    """A body as the page puts it together from its three boxes."""
    return compose_body({"steps": steps, "expected": expected, "actual": actual}, "zh")


def en(steps: str = "", expected: str = "", actual: str = "") -> str:
    return compose_body({"steps": steps, "expected": expected, "actual": actual}, "en")


class Script:
    def __init__(self, people: dict[str, Person], weeks: Weeks) -> None:
        self.people = people
        self.weeks = weeks
        self._acts: list[tuple[datetime, Act]] = []

    def at(self, when: str, act: Act) -> None:
        self._acts.append((self.weeks.at(when), act))

    async def play(self) -> None:
        """Do everything in its order, and route reports and tell people at once as the clock would."""
        for at, act in sorted(self._acts, key=lambda one: one[0]):
            await act(at)
            await route_filed(now=at)
            await make_notices(now=at)

    def at_train(self, when: str, act: Callable[[datetime, date], Awaitable[object]]) -> None:
        """As `at`, for acts that want to know the next train that takes a fix."""

        async def found(at: datetime) -> None:
            await act(at, await boarding(self.weeks.timetable, at))

        self.at(when, found)

    # What testers do.

    def report(
        self,
        when: str,
        by: str,
        device: str,
        module: str,
        title: str,
        body: str = "",
        *,
        kind: Kind = Kind.BUG,
        severity: Severity = Severity.NORMAL,
        frequency: Frequency = Frequency.OFTEN,
        private: bool = False,
        ring: Ring = Ring.CLOSED,
        train: int | None = None,
    ) -> Filed:
        """On the build of the train before, unless `train` names an older one by its week."""
        filed = Filed(device, ring)
        week = int(when[0]) - 1 if train is None else train
        form = FileReport(
            device=device,
            module=module,
            title=title,
            body=body,
            build=self.weeks.version(week, dev=ring == Ring.DEV),
            kind=kind,
            severity=severity,
            frequency=frequency,
            private=private,
        )

        async def act(at: datetime) -> None:
            report = await file_report(self.people[by], form, now=at)
            filed.number = report.id

        self.at(when, act)
        return filed

    def too(self, when: str, by: str, report: Filed, device: str, text: str = "") -> None:
        """Me too, on the build of the train before."""
        form = MeToo(device, self.weeks.version(int(when[0]) - 1), text)
        self.at(
            when,
            lambda at: reporting.say_me_too(self.people[by], report.number, form, now=at),
        )

    def says(self, when: str, by: str, report: Filed, text: str, *, internal: bool = False) -> None:
        form = Post(text, internal)
        self.at(
            when,
            lambda at: reporting.post_message(self.people[by], report.number, form, now=at),
        )

    def checks(self, when: str, by: str, report: Filed, verdict: Verdict, text: str = "") -> None:
        """On the build of the train before."""
        build = self.weeks.version(int(when[0]) - 1, dev=report.ring == Ring.DEV)
        form = Verify(build, verdict, text)
        self.at_train(
            when,
            lambda at, train: verify(self.people[by], report.number, form, now=at, train=train),
        )

    def closes(self, when: str, by: str, report: Filed, reason: Reason, text: str) -> None:
        form = Close(reason, text)
        self.at(when, lambda at: closing.close(self.people[by], report.number, form, now=at))

    def appeals(self, when: str, by: str, report: Filed, text: str) -> None:
        self.at(when, lambda at: closing.appeal(self.people[by], report.number, Ask(text), now=at))

    # What engineers do.

    def asks(self, when: str, by: str, report: Filed, text: str) -> None:
        self.at(when, lambda at: reporting.ask(self.people[by], report.number, Ask(text), now=at))

    def labels(self, when: str, by: str, report: Filed, label: str) -> None:
        self.at(when, lambda at: labelling.put_label(self.people[by], report.number, label, now=at))

    def proposes(
        self,
        when: str,
        by: str,
        title: str,
        reports: Sequence[Filed],
        *,
        kind: ProposalKind = ProposalKind.FIX,
        line: tuple[str, str] = ("", ""),
        module: str | None = None,
    ) -> Proposed:
        """`line` is the changelog's, in both languages."""
        proposed = Proposed()

        async def act(at: datetime, train: date) -> None:
            form = OpenProposal(
                title=title,
                kind=kind,
                module=module,
                reports=[report.name for report in reports],
                changelog=Words(*line),
            )
            proposed.number = await proposing.open_proposal(
                self.people[by], form, now=at, train=train
            )

        self.at_train(when, act)
        return proposed

    def links(self, when: str, by: str, proposal: Proposed, *reports: Filed) -> None:
        self.at_train(
            when,
            lambda at, train: proposing.link_reports(
                self.people[by],
                [report.number for report in reports],
                proposal.number,
                now=at,
                train=train,
            ),
        )

    def unlinks(self, when: str, by: str, report: Filed) -> None:
        self.at(when, lambda at: proposing.unlink_report(self.people[by], report.number, now=at))

    def starts(self, when: str, by: str, proposal: Proposed) -> None:
        self._changes(when, by, proposal, ChangeProposal(state=State.IN_PROGRESS))

    def declines(self, when: str, by: str, proposal: Proposed, reason: str) -> None:
        self._changes(when, by, proposal, ChangeProposal(state=State.DECLINED, reason=reason))

    def _changes(self, when: str, by: str, proposal: Proposed, form: ChangeProposal) -> None:
        self.at_train(
            when,
            lambda at, train: proposing.change_proposal(
                self.people[by], proposal.number, form, now=at, train=train
            ),
        )

    def fixes(self, when: str, by: str, proposal: Proposed, *models: str, change: str = "") -> None:
        """For these models, or for all."""
        form = PutFix(models=list(models) or None, change=change)
        self.at_train(
            when,
            lambda at, train: fixing.put_fix(
                self.people[by], proposal.number, form, now=at, train=train
            ),
        )

    def reverts(self, when: str, by: str, proposal: Proposed, reason: Words) -> None:
        form = RevertFix(reason=reason)
        self.at_train(
            when,
            lambda at, train: fixing.revert_fix(
                self.people[by], proposal.number, form, now=at, train=train
            ),
        )
