"""The order of builds against a naive model: lists, and what is written down beside them.

Whatever is added, published, put in between, moved to another ring or withdrawn: the order that
the API tells, where each report stands, and whether an answer from a build counts are what the
lists say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.cast import ApiOf
from tests.doing import FRIDAY, ok
from tracker import database as door

pytestmark = pytest.mark.usefixtures("world")

RINGS = ("closed", "dev", "stable")
_numbers = count(1)


@dataclass
class Build:
    version: str
    out: bool = False
    withdrawn: bool = False
    brought: set[str] = field(default_factory=set)
    """The proposals that are in it and in no build before it."""


@dataclass
class Report:
    name: str
    own: Build
    proposal: str


@dataclass
class Model:
    """One device model as somebody would keep it on paper."""

    codename: str
    lines: dict[str, list[Build]]
    fixed: set[str] = field(default_factory=set)
    reports: list[Report] = field(default_factory=list)

    @property
    def builds(self) -> list[Build]:
        return [build for ring in RINGS for build in self.lines[ring]]

    def line_of(self, build: Build) -> list[Build]:
        return next(line for line in self.lines.values() if build in line)

    def ring_of(self, build: Build) -> str:
        return next(ring for ring in RINGS if build in self.lines[ring])

    def with_fix(self, line: list[Build], proposal: str) -> list[Build]:
        return [one for one in line if one.out and not one.withdrawn and proposal in one.brought]

    def has_fix(self, build: Build, proposal: str) -> bool:
        """It, or one before it, brought the fix."""
        line = self.line_of(build)
        return bool(self.with_fix(line[: line.index(build) + 1], proposal))

    def standing(self, report: Report) -> tuple[str, str | None]:
        line = self.line_of(report.own)
        later = self.with_fix(line[line.index(report.own) + 1 :], report.proposal)
        if later:
            return "released", later[0].version
        waits = report.proposal in self.fixed and not self.has_fix(report.own, report.proposal)
        return ("fixed" if waits else "accepted"), None

    def put(self, build: Build, ring: str, after: Build | None) -> None:
        for line in self.lines.values():
            if build in line:
                line.remove(build)
        line = self.lines[ring]
        line.insert(line.index(after) + 1 if after else len(line), build)

    def publish(self, build: Build, listed: set[str] | None) -> None:
        line = self.line_of(build)
        known = {one for one in self.fixed if self.with_fix(line, one)}
        build.out = True
        build.brought = set(listed) if listed is not None else self.fixed - known

    def withdraw(self, build: Build) -> None:
        line = self.line_of(build)
        build.withdrawn = True
        heirs = [one for one in line[line.index(build) + 1 :] if one.out and not one.withdrawn]
        if build.out and heirs:
            heirs[0].brought |= build.brought

    def move(self, origin: str, to: str, after: Build | None) -> None:
        line = self.lines[to]
        place = line.index(after) + 1 if after else len(line)
        self.lines[to] = line[:place] + self.lines[origin] + line[place:]
        self.lines[origin] = []


class Played:
    """Does each thing on the server and on paper. A step is three numbers that choose."""

    def __init__(self, erin: httpx.AsyncClient, model: Model, proposals: list[str]) -> None:
        self.erin, self.model, self.proposals = erin, model, proposals
        self.versions = count(1)

    async def step(self, kind: str, first: int, second: int) -> None:
        await getattr(self, kind)(first, second)

    def _pick(self, number: int, builds: list[Build]) -> Build | None:
        """One of them, or none."""
        return [None, *builds][number % (len(builds) + 1)]

    async def _put(self, build: Build, ring: str, **body: Any) -> None:
        path = f"builds/{self.model.codename}/{build.version}"
        await ok(await self.erin.put(path, json={"ring": ring, **body}))

    async def add(self, first: int, second: int) -> None:
        """A build for Friday: at the end of a line or in between."""
        ring = RINGS[first % 3]
        after = self._pick(second, self.model.lines[ring])
        build = Build(f"v{next(self.versions)}")
        body = {"after": after.version} if after else {}
        await self._put(build, ring, release=FRIDAY, **body)
        self.model.put(build, ring, after)

    async def hotfix(self, first: int, second: int) -> None:
        """One that goes out at once, some with the list of what they hold."""
        ring = RINGS[first % 3]
        after = self._pick(second, self.model.lines[ring])
        build = Build(f"v{next(self.versions)}")
        listed = {self.proposals[first % len(self.proposals)]} if second % 3 == 0 else None
        body: dict[str, Any] = {"after": after.version} if after else {}
        if listed is not None:
            body["proposals"] = sorted(listed)
        await self._put(build, ring, **body)
        self.model.put(build, ring, after)
        self.model.publish(build, listed)

    async def publish(self, first: int, second: int) -> None:
        build = self._pick(first, [one for one in self.model.builds if not one.out])
        if build is not None:
            await self._put(build, self.model.ring_of(build))
            if not build.withdrawn:
                self.model.publish(build, None)

    async def another_ring(self, first: int, second: int) -> None:
        build = self._pick(first, [one for one in self.model.builds if not one.out])
        if build is not None:
            ring = RINGS[second % 3]
            await self._put(build, ring, release=FRIDAY)
            if ring != self.model.ring_of(build):
                self.model.put(build, ring, None)

    async def reorder(self, first: int, second: int) -> None:
        build = self._pick(first, self.model.builds)
        if build is None:
            return
        after = self._pick(second, [one for one in self.model.line_of(build) if one is not build])
        if after is not None:
            ring = self.model.ring_of(build)
            release = {} if build.out else {"release": FRIDAY}
            await self._put(build, ring, after=after.version, **release)
            self.model.put(build, ring, after)

    async def withdraw(self, first: int, second: int) -> None:
        build = self._pick(first, [one for one in self.model.builds if not one.withdrawn])
        if build is not None:
            path = f"builds/{self.model.codename}/{build.version}/withdrawal"
            await ok(await self.erin.put(path, json={"reason": "开不了机"}))
            self.model.withdraw(build)

    async def restore(self, first: int, second: int) -> None:
        build = self._pick(first, [one for one in self.model.builds if one.withdrawn])
        if build is not None:
            path = f"builds/{self.model.codename}/{build.version}/withdrawal"
            await ok(await self.erin.delete(path))
            build.withdrawn = False

    async def move(self, first: int, second: int) -> None:
        origin, to = RINGS[first % 3], RINGS[(first + 1 + second % 2) % 3]
        after = self._pick(second, self.model.lines[to])
        body = {"from": origin, "to": to, "after": after.version if after else None}
        path = f"devices/{self.model.codename}/moves"
        answer = await ok(await self.erin.post(path, json=body))
        self.model.move(origin, to, after)
        assert [one["version"] for one in answer["items"]] == [
            one.version for one in self.model.lines[to]
        ]

    async def fix(self, first: int, second: int) -> None:
        proposal = self.proposals[first % len(self.proposals)]
        body = {"models": [self.model.codename]}
        await ok(await self.erin.put(f"proposals/{proposal}/fix", json=body))
        self.model.fixed.add(proposal)

    async def file(self, first: int, second: int) -> None:
        own = self._pick(first, self.model.builds)
        if own is None:
            return
        proposal = self.proposals[second % len(self.proposals)]
        body = {"device": self.model.codename, "build": own.version, "module": "camera"}
        report = await ok(await self.erin.post("reports", json=body | {"title": "闪退"}))
        path = f"reports/{report['id']}/proposal"
        await ok(await self.erin.put(path, json={"proposal": proposal}))
        self.model.reports.append(Report(report["id"], own, proposal))

    async def agrees(self) -> None:
        query: dict[str, str | int] = {"device": self.model.codename, "limit": 100}
        builds = (await ok(await self.erin.get("builds", params=query)))["items"]
        for ring in RINGS:
            line = sorted((b for b in builds if b["ring"] == ring), key=lambda b: b["position"])
            assert [b["version"] for b in line] == [b.version for b in self.model.lines[ring]]
            assert len({b["position"] for b in line}) == len(line)
        reports = (await ok(await self.erin.get("reports", params=query)))["items"]
        found = {one["id"]: (one["status"], one["released_in"]) for one in reports}
        assert found == {one.name: self.model.standing(one) for one in self.model.reports}
        rings = {one["id"]: one["ring"] for one in reports}
        assert rings == {one.name: self.model.ring_of(one.own) for one in self.model.reports}

    async def answers_count(self) -> None:
        """Last of all, since "still broken" takes the fix back."""
        if self.model.reports and self.model.builds:
            report, build = self.model.reports[0], self.model.builds[-1]
            path = f"reports/{report.name}/verification"
            body = {"build": build.version, "verdict": "broken"}
            counted = self.model.has_fix(build, report.proposal) and not build.withdrawn
            await ok(await self.erin.put(path, json=body))
            after = (await ok(await self.erin.get(f"reports/{report.name}")))["status"]
            assert after == ("in_progress" if counted else self.model.standing(report)[0])


_KINDS = "add hotfix hotfix publish another_ring reorder withdraw restore move fix file file"
_STEPS = st.lists(
    st.tuples(st.sampled_from(_KINDS.split()), st.integers(0, 39), st.integers(0, 39)),
    min_size=8,
    max_size=16,
)


@given(_STEPS)
@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_every_order_is_the_order_of_the_lists(
    api_of: ApiOf, steps: list[tuple[str, int, int]]
) -> None:
    erin = api_of("erin")
    codename = f"model{next(_numbers)}"
    await door.execute(
        "INSERT INTO device_models (codename, name_zh, name_en, aliases, source)"
        " VALUES ($1, $1, $1, '{}', '')",
        codename,
    )
    proposals = [
        (await ok(await erin.post("proposals", json={"title": title, "module": "camera"})))["id"]
        for title in ("闪退", "发绿")
    ]
    played = Played(erin, Model(codename, {ring: [] for ring in RINGS}), proposals)
    # To begin with: three builds of each ring, a report on the first, its fix in the second.
    for place in range(3):
        await played.hotfix(place, 1)
        await played.file(1 + place, 0)
    await played.fix(0, 0)
    for place in range(6):
        await played.hotfix(place, 5)
    await played.agrees()
    for kind, first, second in steps:
        await played.step(kind, first, second)
        await played.agrees()
    await played.answers_count()
