"""A Friday that is due: 2,000 reports of 300 testers wait to be told, and what must come of it.

What must come of it is worked out here from how the programme was made, by other means than the
tracker's own statements.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from tracker.settings import Settings
from tracker.timetable import Timetable

RESOLVED = 2000
TESTERS = 300
PROPOSALS = 60
MODULES = 12
MODELS = 8
LATE, WITHOUT = 7, 8
"""Model 7 has a build that is late, model 8 has none: their testers are told nothing."""

PUBLISHED = "SELECT published_at IS NOT NULL FROM releases WHERE date = $1"
FINISHED = f"SELECT ({PUBLISHED}) AND NOT EXISTS (SELECT 1 FROM events WHERE heard_at IS NULL)"

Line = tuple[int, str]
"""Builds of a model in a ring: fixes reach a tester along theirs."""

LINES: tuple[Line, ...] = (*((m, "closed") for m in range(1, MODELS + 1)), (1, "dev"), (2, "dev"))
SAILING: frozenset[Line] = frozenset(line for line in LINES if line[0] not in (LATE, WITHOUT))


@dataclass(frozen=True)
class Fixed:
    """A proposal. `models` is for whom it is fixed (empty: not at all), `late`: after the freeze."""

    id: int
    module: int
    kind: str
    models: frozenset[int]
    late: bool

    def ships(self, line: Line) -> bool:
        return line in SAILING and line[0] in self.models and not self.late


@dataclass(frozen=True)
class Filed:
    id: int
    reporter: int
    line: Line
    proposal: Fixed
    private: bool


@dataclass
class Friday:
    """The programme before the train leaves, made anew from `seed`."""

    seed: int
    day: date = field(init=False)
    proposals: list[Fixed] = field(init=False)
    reports: list[Filed] = field(init=False)
    affected: list[tuple[int, int]] = field(init=False)
    """(report, person) of those who said "me too"."""

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        timetable = Timetable.of(Settings())
        self.day = timetable.coming(datetime.now(UTC)) - timedelta(days=7)
        self._frozen_at = timetable.freeze_at(self.day)
        self.proposals = [self._proposal(chance, number) for number in range(1, PROPOSALS + 1)]
        self.reports = []
        resolved = 0
        while resolved < RESOLVED:
            reporter = chance.randint(1, TESTERS)
            proposal = chance.choice(self.proposals)
            report = Filed(
                len(self.reports) + 1,
                reporter,
                line_of(reporter),
                proposal,
                chance.random() < 0.1,
            )
            self.reports.append(report)
            resolved += proposal.ships(report.line)
        self.affected = sorted(
            {
                (report.id, person)
                for report in chance.sample(self.reports, 400)
                if (person := chance.randint(1, TESTERS)) != report.reporter
            }
        )

    @staticmethod
    def _proposal(chance: random.Random, number: int) -> Fixed:
        everybody = frozenset(range(1, MODELS + 1))
        models = chance.choice((everybody, everybody, everybody, frozenset({1, 2, LATE})))
        if number % 10 == 0:
            models = frozenset()
        kind = chance.choice(("new", "optimization", "fix"))
        return Fixed(number, chance.randint(1, MODULES), kind, models, number % 10 == 1)

    async def write(self, connection: asyncpg.Connection) -> None:
        """Into the tables of an empty database, behind the tracker's back."""
        past = self._frozen_at - timedelta(days=21)
        old, new = past, self._frozen_at - timedelta(days=1)
        rows: dict[str, tuple[str, Iterable[tuple[Any, ...]]]] = {
            "people": (
                "handle display_name role joined_at",
                [(f"tester{n}", f"内测 {n}", "tester", past) for n in range(1, TESTERS + 1)]
                + [("erin", "Erin", "engineer", past)],
            ),
            "device_models": (
                "codename name_zh name_en",
                [(f"model{n}", f"小米 {n}", f"Xiaomi {n}") for n in range(1, MODELS + 1)],
            ),
            "modules": (
                "slug name_zh name_en position",
                [(f"module{n}", f"模块 {n}", f"Module {n}", n) for n in range(1, MODULES + 1)],
            ),
            "builds": (
                "model ring version position published_at release delayed_zh delayed_en",
                self._builds(past),
            ),
            "person_devices": (
                "person model ring build added_at",
                [(n, *line_of(n), build_of(line_of(n)), past) for n in range(1, TESTERS + 1)],
            ),
            "proposals": (
                "title module kind state owner changelog_zh changelog_en created_at updated_at",
                [
                    (
                        *(f"提案 {p.id}", p.module, p.kind, "in_progress", TESTERS + 1),
                        *(f"修复 {p.id}", f"Fixed {p.id}", past, past),
                    )
                    for p in self.proposals
                ],
            ),
            "fixes": ("proposal model at", self._fixes(new)),
            "reports": (
                "reporter model ring build module title private status standing proposal"
                " expected_on affected filed_at updated_at owner",
                [self._report(report, old) for report in self.reports],
            ),
            "affected": (
                "report person model ring build at",
                [(r, p, *line_of(p), build_of(line_of(p)), past) for r, p in self.affected],
            ),
            "events": (
                "at actor kind report heard_at",
                [(past, r.reporter, "report.filed", r.id, past) for r in self.reports],
            ),
            "releases": ("date", [(self.day,)]),
        }
        for table, (columns, records) in rows.items():
            await connection.copy_records_to_table(table, records=records, columns=columns.split())
        await connection.execute("ANALYZE")

    def _builds(self, past: datetime) -> Iterator[tuple[Any, ...]]:
        for model, ring in LINES:
            yield (model, ring, f"{ring}.1", 1, past, None, "", "")
        for model, ring in LINES:
            if model != WITHOUT:
                late = ("闪屏", "The screen flickers") if model == LATE else ("", "")
                yield (model, ring, f"{ring}.2", 2, None, self.day, *late)

    def _fixes(self, at: datetime) -> Iterator[tuple[Any, ...]]:
        for p in self.proposals:
            made = at + timedelta(days=2) if p.late else at
            if len(p.models) == MODELS:
                yield (p.id, None, made)
            else:
                yield from ((p.id, model, made) for model in sorted(p.models))

    def _report(self, report: Filed, at: datetime) -> tuple[Any, ...]:
        status, expected = self._before(report)
        others = sum(1 for number, _ in self.affected if number == report.id)
        return (
            *(report.reporter, *report.line, build_of(report.line), report.proposal.module),
            *(f"反馈 {report.id}", report.private, status, status, report.proposal.id),
            *(expected, others, at, at, TESTERS + 1),
        )

    def _before(self, report: Filed) -> tuple[str, date | None]:
        if report.line[0] not in report.proposal.models:
            return "in_progress", None
        return "fixed", self.day + timedelta(days=7 * report.proposal.late)

    async def check(self, connection: asyncpg.Connection) -> None:
        """Everything that the train had to do is done, each thing once."""
        reports = await connection.fetch(
            "SELECT r.id, r.status, r.standing, b.version, b.model, b.ring, r.expected_on"
            " FROM reports r LEFT JOIN builds b ON b.id = r.released_in ORDER BY r.id"
        )
        assert [tuple(row) for row in reports] == [self._after(report) for report in self.reports]
        assert await self._events(connection) == self._expected_events()
        assert await connection.fetchval("SELECT count(*) FROM events WHERE heard_at IS NULL") == 0
        assert await self._notices(connection) == self._expected_notices()
        shipments = await connection.fetch(
            "SELECT s.proposal, b.model, b.ring, b.position FROM shipments s"
            " JOIN builds b ON b.id = s.build WHERE s.shipped_at IS NOT NULL"
        )
        assert sorted(map(tuple, shipments)) == sorted(
            (p.id, *line, 2) for p in self.proposals for line in SAILING if p.ships(line)
        )
        lines = await connection.fetch(
            "SELECT proposal, module, kind, zh, en, codenames FROM entries ORDER BY position"
        )
        assert [tuple(row) for row in lines] == list(self._lines())
        out = await connection.fetch(
            "SELECT model, ring FROM builds WHERE position = 2 AND published_at IS NOT NULL"
        )
        assert {tuple(row) for row in out} == SAILING

    def _after(self, report: Filed) -> tuple[Any, ...]:
        status, expected = self._before(report)
        if report.proposal.ships(report.line):
            model, ring = report.line
            return (report.id, "released", "released", f"{ring}.2", model, ring, None)
        if self._slips(report):
            expected = self.day + timedelta(days=7)
        return (report.id, status, status, None, None, None, expected)

    def _slips(self, report: Filed) -> bool:
        """What was to come and has no build now; for a late one it goes on waiting."""
        waits = self._before(report) == ("fixed", self.day)
        return waits and not report.proposal.ships(report.line) and report.line[0] != LATE

    async def _events(self, connection: asyncpg.Connection) -> Counter[tuple[str, int | None]]:
        # The coming train may be frozen as well, or found to have no build, if today is the day.
        rows = await connection.fetch(
            "SELECT kind, report FROM events e"
            " WHERE kind NOT IN ('release.frozen', 'release.blocked')"
            " OR release = (SELECT id FROM releases WHERE date = $1)",
            self.day,
        )
        return Counter((row["kind"], row["report"]) for row in rows)

    def _expected_events(self) -> Counter[tuple[str, int | None]]:
        expected: Counter[tuple[str, int | None]] = Counter(
            {("release.frozen", None): 1, ("release.published", None): 1}
        )
        for report in self.reports:
            expected["report.filed", report.id] += 1
            if report.proposal.ships(report.line):
                expected["report.released", report.id] += 1
            elif self._slips(report):
                expected["report.moved", report.id] += 1
        return expected

    async def _notices(self, connection: asyncpg.Connection) -> list[tuple[int, str, list[int]]]:
        rows = await connection.fetch(
            "SELECT person, cause, kind, ARRAY(SELECT (item ->> 'report')::int"
            " FROM jsonb_array_elements(data -> 'reports') item ORDER BY 1) AS reports"
            " FROM notices ORDER BY person"
        )
        assert {(row["cause"], row["kind"]) for row in rows} == {(f"release:{self.day}", "friday")}
        return [(row["person"], row["kind"], list(row["reports"])) for row in rows]

    def _expected_notices(self) -> list[tuple[int, str, list[int]]]:
        news: defaultdict[int, list[int]] = defaultdict(list)
        for report in self.reports:
            if report.proposal.ships(report.line):
                news[report.reporter].append(report.id)
        for number, person in self.affected:
            report = self.reports[number - 1]
            if report.proposal.ships(line_of(person)) and not report.private:
                news[person].append(number)
        return [(person, "friday", sorted(news[person])) for person in sorted(news)]

    def _lines(self) -> Iterator[tuple[Any, ...]]:
        order = ("new", "optimization", "fix")
        for p in sorted(self.proposals, key=lambda p: (p.module, order.index(p.kind), p.id)):
            models = {model for model, ring in SAILING if p.ships((model, ring))}
            if models:
                every = models == {model for model, _ in SAILING}
                named = None if every else [f"model{model}" for model in sorted(models)]
                yield (p.id, p.module, p.kind, f"修复 {p.id}", f"Fixed {p.id}", named)


def line_of(tester: int) -> Line:
    """The model and ring of a tester's phone."""
    return LINES[tester % len(LINES)]


def build_of(line: Line) -> int:
    """The number of the build that is on the phones of a line before the train leaves."""
    return LINES.index(line) + 1
