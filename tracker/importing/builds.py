"""Builds from a file, in the order in which the file has them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec
from msgspec.structs import astuple
from piccolo.querystring import QueryString

from tracker import database
from tracker.history.actions import record_imported
from tracker.importing.devices import NAMES, Catalogue, add_models, model_row
from tracker.importing.mapping import Field, Item
from tracker.importing.order import places
from tracker.importing.refusals import Refused
from tracker.importing.running import Refuse
from tracker.importing.values import RINGS, day, moment
from tracker.timetable import Timetable

Line = tuple[int, str]
"""A model's number and a ring."""

_VERSION = re.compile(r"[^\s/\x00-\x1f]{1,80}")


class Build(msgspec.Struct, frozen=True):
    model: int
    version: str
    ring: str
    built_on: date | None
    published_at: datetime
    release: date | None

    @property
    def line(self) -> Line:
        return self.model, self.ring


class Builds:
    """Builds that have been out for long: they carry no waiting fix, and nobody is told of them.

    A version that its model has already stays as it is, and what follows it in the file goes
    right behind it. Versions and dates are never read for an order.
    """

    fields = (
        Field("device", "codename or alias of its model", required=True),
        Field("version", "its name", required=True),
        Field("ring", "who gets it", required=True, values=RINGS),
        Field("built_on", "the day on which it was built"),
        Field("published_at", "when it came out; else the day on which it was built"),
        Field("release", "the Friday with which it came out"),
        *NAMES,
    )

    def __init__(
        self,
        source: str,
        *,
        now: datetime,
        timetable: Timetable,
        newest_first: bool,
        create_devices: bool,
    ) -> None:
        self._source = source
        self._now = now
        self._timetable = timetable
        self._create_devices = create_devices
        self._catalogue = Catalogue()
        self._newest_first = newest_first
        self._passed: dict[Line, Build] = {}
        self._later = self._earlier = 0

    async def begin(self, constants: Mapping[str, str]) -> None:
        await self._catalogue.load({} if self._create_devices else constants)

    async def add(self, items: Sequence[Item], refuse: Refuse) -> int:
        if self._create_devices:
            await self._add_devices(items)
        builds = []
        for item in items:
            try:
                builds.append(self._build(item))
            except Refused as problem:
                refuse(item.line, str(problem))
        if not builds:
            return 0
        # One at a time for each model, as in devices.actions.place_build.
        await database.fetch(
            "SELECT 1 FROM device_models WHERE id = ANY ($1) ORDER BY id FOR UPDATE",
            sorted({build.model for build in builds}),
        )
        fresh = await self._placed(builds)
        return await self._insert(fresh) if fresh else 0

    def remarks(self) -> list[str]:
        """Dates order nothing, but where most of them speak against the order it may be a slip."""
        wrong, right = self._later, self._earlier
        if not self._newest_first:
            wrong, right = right, wrong
        if not wrong:
            return []
        advice = ""
        if wrong > right:
            newest = "oldest" if self._newest_first else "newest"
            how = "without" if self._newest_first else "with"
            advice = f". Perhaps the file begins with the {newest}: try it {how} --newest-first"
        return [f"{wrong:,} of {wrong + right:,} builds go behind one that was built later{advice}"]

    async def _add_devices(self, items: Sequence[Item]) -> None:
        rows = []
        for item in items:
            codename = item.get("device")
            if self._catalogue.find(codename) is None:
                try:
                    rows.append(model_row(item, codename))
                except Refused:
                    continue
        if rows:
            await add_models(rows, self._source, now=self._now)
            await self._catalogue.renew()

    def _build(self, item: Item) -> Build:
        model = self._catalogue.find(item.get("device"))
        if model is None:
            if self._create_devices:
                model_row(item, item.get("device"))
            raise Refused(
                f"there is no device model “{item.get('device')[:60]}”: import devices first,"
                " or add --create-devices"
            )
        version = item.get("version")
        if not _VERSION.fullmatch(version):
            raise Refused(f"“{version[:80]}” is no version: 80 characters at most, no blanks or /")
        built_on = day(item.get("built_on")) if "built_on" in item.values else None
        return Build(
            model, version, item.get("ring"), built_on, self._out(item, built_on), self._train(item)
        )

    def _out(self, item: Item, built_on: date | None) -> datetime:
        """When it came out; at the latest now, when we learn of it."""
        zone = self._timetable.zone
        if "published_at" in item.values:
            at = moment(item.get("published_at"), zone)
        elif built_on is not None:
            at = moment(built_on.isoformat(), zone)
        else:
            return self._now
        if at > self._now:
            raise Refused(f"it is not out before {at:%Y-%m-%d}: add it with its release instead")
        return at

    def _train(self, item: Item) -> date | None:
        if "release" not in item.values:
            return None
        release = day(item.get("release"))
        if not self._timetable.is_train(release):
            raise Refused(f"{release} is not a day on which trains leave")
        if self._timetable.publish_at(release) > self._now:
            raise Refused(f"the train of {release} has not left yet")
        return release

    async def _placed(self, builds: Sequence[Build]) -> list[tuple[Build, int]]:
        """The new ones with their positions, for which room has been made."""
        by_line: dict[Line, list[Build]] = defaultdict(list)
        known = await self._known(builds)
        lines = {key: line for key, (line, _) in known.items()}
        for build in builds:
            # A version belongs to one ring: the one that it was first seen in.
            if lines.setdefault((build.model, build.version), build.line) == build.line:
                by_line[build.line].append(build)
        ends = await self._ends(list(by_line))
        fresh, room = [], []
        for line, row in by_line.items():
            before = self._passed.get(line)
            passed = known.get((line[0], before.version)) if before else None
            arranged = places(
                [build.version for build in row],
                {
                    build.version: known[build.model, build.version][1]
                    for build in row
                    if (build.model, build.version) in known
                },
                passed=passed[1] if passed and passed[0] == line else None,
                end=ends[line],
                newest_first=self._newest_first,
            )
            self._compare(line, row)
            self._passed[line] = row[-1]
            first = {build.version: build for build in reversed(row)}
            fresh += [(first[version], at) for version, at in arranged.positions.items()]
            room += [(*line, after, n) for after, n in arranged.room if after < ends[line]]
        await _make_room(room)
        return fresh

    def _compare(self, line: Line, row: Sequence[Build]) -> None:
        """Count how the file's order goes with the days on which builds were made."""
        before = self._passed.get(line)
        for build in row:
            if before and before.built_on and build.built_on and before.version != build.version:
                self._later += build.built_on > before.built_on
                self._earlier += build.built_on < before.built_on
            before = build

    async def _known(self, builds: Sequence[Build]) -> dict[tuple[int, str], tuple[Line, int]]:
        """Line and position of those that are there, and of those that were passed before."""
        wanted = {(build.model, build.version) for build in builds}
        for line in {build.line for build in builds} & self._passed.keys():
            wanted.add((line[0], self._passed[line].version))
        models, versions = zip(*wanted, strict=True)
        rows = await database.fetch(
            "SELECT b.model, b.version, b.ring, b.position FROM builds b JOIN"
            " unnest($1::integer[], $2::text[]) AS wanted (model, version) USING (model, version)",
            list(models),
            list(versions),
        )
        return {
            (row["model"], row["version"]): ((row["model"], row["ring"]), row["position"])
            for row in rows
        }

    async def _ends(self, lines: Sequence[Line]) -> dict[Line, int]:
        """The last position of each line, 0 for one without a build."""
        rows = await database.fetch(
            "SELECT model, ring, coalesce((SELECT max(position) FROM builds b"
            " WHERE b.model = wanted.model AND b.ring = wanted.ring), 0) AS last"
            " FROM unnest($1::integer[], $2::text[]) AS wanted (model, ring)",
            [model for model, _ in lines],
            [ring for _, ring in lines],
        )
        return {(row["model"], row["ring"]): row["last"] for row in rows}

    async def _insert(self, fresh: Sequence[tuple[Build, int]]) -> int:
        rows = [(*astuple(build), position) for build, position in fresh]
        return await record_imported(
            QueryString(
                "INSERT INTO builds (model, version, ring, built_on, published_at, release,"
                " position, listed, delayed_zh, delayed_en, source)"
                " SELECT r.*, true, '', '', {}::text FROM unnest({}::integer[], {}::text[],"
                " {}::text[], {}::date[], {}::timestamptz[], {}::date[], {}::integer[]) AS r"
                " RETURNING 'build.imported' AS kind, NULL::bigint AS report,"
                " id::bigint AS build, jsonb_build_object('version', version, 'source', source)"
                " AS data",
                self._source,
                *(list(column) for column in zip(*rows, strict=True)),
            ),
            now=self._now,
            internal=True,
        )


async def _make_room(room: Sequence[tuple[int, str, int, int]]) -> None:
    """Move up what stands behind a position of a line; the numbers are those of before."""
    if not room:
        return
    await database.execute(
        "UPDATE builds SET position = position + moved.n FROM ("
        " SELECT b.id, sum(r.n)::integer AS n FROM builds b JOIN"
        "  unnest($1::integer[], $2::text[], $3::integer[], $4::integer[]) AS r (model, ring, after, n)"
        "  ON b.model = r.model AND b.ring = r.ring AND b.position > r.after GROUP BY b.id"
        ") AS moved WHERE builds.id = moved.id",
        *(list(column) for column in zip(*room, strict=True)),
    )
