"""Who is told what: each thing once, and only while it is true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from tests.simulation.facts import (
    Answer,
    Build,
    Item,
    MeToo,
    Notice,
    Proposal,
    Report,
)
from tests.simulation.standing import Standings


class Telling(Standings):
    def tell(self, now: datetime) -> list[Notice]:
        """The server comes to telling people: what is true by now of what happened. Returns the
        notices that are new."""
        new: list[Notice] = []
        for news in self.untold:
            for notice in list(news()):
                self.notices[notice.person].append(notice)
                new.append(notice)
                if notice.kind == "friday":
                    self.last_friday[notice.person] = now
        self.untold = []
        return new

    def _news(
        self,
        kind: str,
        about: str,
        solved: list[Report],
        builds: list[Build],
        at: datetime,
        slipped: list[tuple[Report, date, date]],
    ) -> Iterable[Notice]:
        """Builds have left. Told are those whose report they solved, and those who said "me too"
        if their own phone got the fix; once, not with every build that has it."""
        items: dict[str, set[Item]] = defaultdict(set)
        for report in solved:
            build = report.solved_in
            if report.standing == "released" and build in builds:
                items[report.reporter].add(_item(report.proposal, report, build))
        for one in self.me_toos:
            proposal = one.report.proposal
            brought = self._brought(proposal, one, builds, at) if proposal else None
            if brought:
                items[one.person].add(_item(proposal, one.report, brought))
        confirmed = self._confirmed(items) if kind == "friday" else {}
        for person in sorted(items):
            yield Notice(
                person,
                kind,
                about,
                frozenset(items[person]),
                frozenset(
                    (report.number, was, to)
                    for report, was, to in slipped
                    if report.reporter == person
                ),
                confirmed=frozenset(confirmed.get(person, ())),
                corrected=frozenset(
                    self._recalled(person, items[person]) if kind == "friday" else ()
                ),
            )

    def _confirmed(self, items: dict[str, set[Item]]) -> dict[str, set[tuple[int, int, bool]]]:
        """Of their reports that were solved before: how many testers of their model say that it
        works, and said so since their last Friday."""
        found: dict[str, set[tuple[int, int, bool]]] = defaultdict(set)
        words: dict[Proposal, list[Answer]] = {}
        for report in self.reports.values():
            person, proposal = report.reporter, report.proposal
            if person not in items or proposal is None:
                continue
            if report.standing not in ("released", "verified"):
                continue
            if report.number in {item[0] for item in items[person]}:
                continue
            if proposal not in words:
                words[proposal] = self.last_words(proposal)
            since = self.last_friday.get(person)
            by = {
                one.person
                for one in words[proposal]
                if one.verdict == "fixed"
                and one.build.model == report.line[0]
                and (since is None or one.at > since)
            }
            if by:
                found[person].add((report.number, len(by), person in by))
        return found

    def _recalled(self, person: str, items: set[Item]) -> Iterable[tuple[int, str]]:
        """The corrections since their last Friday, where it was not fixed again meanwhile."""
        corrected: dict[int, str] = {}
        for notice in self.notices[person]:
            if notice.kind == "friday":
                corrected = {}
            for item in notice.items:
                corrected.pop(item[0], None)
                if notice.kind == "correction":
                    corrected[item[0]] = notice.instead
        for item in items:
            corrected.pop(item[0], None)
        return corrected.items()

    def last_words(self, proposal: Proposal) -> list[Answer]:
        """A tester's last word on a report counts, of those on builds at or after one that
        brought the fix to their line."""
        last: dict[tuple[str, Report], Answer] = {}
        for one in sorted(self.answers, key=lambda one: one.at):
            if one.report.proposal is not proposal:
                continue
            line = self.lines[one.build.model, one.build.ring]
            before = line[: line.index(one.build) + 1]
            if any(carried.build in before for carried in proposal.carried):
                last[one.person, one.report] = one
        return list(last.values())

    def _brought(
        self, proposal: Proposal, one: MeToo, builds: list[Build], at: datetime
    ) -> Build | None:
        """The build of these that brought the fix to a phone which had it in none before."""
        line = self.lines[one.line]
        after = line.index(one.build) + 1 if one.build in line else 0
        having = [c for c in proposal.carried if not c.ended and c.build in line[after:]]
        if any(carried.since < at for carried in having):
            return None
        brought = [carried.build for carried in having if carried.build in builds]
        return min(brought, key=line.index, default=None)

    def _tell_alone(self, solved: list[Report]) -> None:
        """Solved by a build that was out already: told at once, unless they know."""
        for report in solved:
            self.untold.append(lambda report=report: self._alone(report))  # type: ignore[misc]

    def _alone(self, report: Report) -> Iterable[Notice]:
        if report.standing == "released" and report.solved_in:
            item = _item(report.proposal, report, report.solved_in)
            if item not in self.believes(report.reporter):
                yield Notice(report.reporter, "build", "", frozenset({item}))

    def believes(self, person: str) -> set[Item]:
        """What a person was told to be fixed, and not corrected since."""
        believed: set[Item] = set()
        for notice in self.notices[person]:
            if notice.kind in ("friday", "build"):
                believed |= notice.items
            if notice.kind == "correction":
                about = {item[:2] for item in notice.items}
                believed = {item for item in believed if item[:2] not in about}
                if notice.instead:
                    believed |= {(*item[:3], notice.instead) for item in notice.items}
        return believed

    def _restored(
        self, build: Build, solved: list[Report], corrections: list[Notice]
    ) -> Iterable[Notice]:
        """Told are those whom the withdrawal told that it is not fixed, and who were not told
        since that it is; and who would have been told if it had been there all the time."""
        items: dict[str, set[Item]] = defaultdict(set)
        for report in solved:
            if report.standing == "released" and report.solved_in is build:
                items[report.reporter].add(_item(report.proposal, report, build))
        for notice in corrections if not build.withdrawn else ():
            for item in notice.items if not notice.instead else ():
                report, proposal = self.reports[item[0]], self.proposals[item[1]]
                there = any(c.build is build and not c.ended for c in proposal.carried)
                own = report.reporter == notice.person
                if there and report.proposal is proposal and (not own or report.solved_in is build):
                    items[notice.person].add(item)
        for person in sorted(items):
            known = {item[0] for item in self.believes(person)}
            news = {item for item in items[person] if item[0] not in known}
            if news:
                yield Notice(person, "build", "", frozenset(news))

    def _corrections(
        self, proposals: list[Proposal], gone: list[Build], heir: Build | None = None
    ) -> Iterable[Notice]:
        """Exactly those who were told "fixed" in these builds are told that it is not; or in
        which other build it is."""
        wrong = {(one.number, build.model, build.version) for one in proposals for build in gone}
        for person in sorted(self.notices):
            items = {item for item in self.believes(person) if item[1:] in wrong}
            if items:
                instead = heir.version if heir else ""
                yield Notice(person, "correction", "", frozenset(items), instead=instead)


def _item(proposal: Proposal | None, report: Report, build: Build) -> Item:
    assert proposal is not None
    return report.number, proposal.number, build.model, build.version
