"""Reports that were filed elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import astuple
from piccolo.querystring import QueryString

from tracker import database
from tracker.devices.tables import Ring
from tracker.history.actions import record_imported
from tracker.importing.devices import Catalogue
from tracker.importing.mapping import Field, Item
from tracker.importing.modules import Modules
from tracker.importing.refusals import Refused
from tracker.importing.reporters import Reporters
from tracker.importing.running import Refuse
from tracker.importing.values import (
    FREQUENCIES,
    KINDS,
    REASONS,
    RINGS,
    SEVERITIES,
    STATUSES,
    YES_OR_NO,
    moment,
)
from tracker.reports import search
from tracker.reports.tables import Frequency, Kind, Reason, Severity, Status
from tracker.timetable import Timetable

LONGEST_TITLE = 200

# Between the search tokens of one report, and in none of them.
_BETWEEN = "\x1f"


class Filed(msgspec.Struct, frozen=True):
    """A report as its row is written: the fields are the columns of `_INSERT`, in their order."""

    external_id: str
    reporter: int
    model: int
    ring: str
    build: int | None
    module: int
    kind: str
    severity: str
    frequency: str
    title: str
    body: str
    private: bool
    status: str
    owner: int | None
    filed_at: datetime
    updated_at: datetime
    waiting_since: datetime | None
    closed_at: datetime | None
    closed_reason: str
    closed_text: str
    search: str
    data: str


_TYPES = (
    "text integer integer text integer integer text text text text text boolean text integer"
    " timestamptz timestamptz timestamptz timestamptz text text text jsonb"
).split()

# Numbers are taken for new rows alone and in the file's order: a second run leaves no gap, and
# a dry run counts downwards from zero and takes none.
_INSERT = f"""
INSERT INTO reports (id, reporter, model, ring, build, module, kind, severity, frequency, title,
    body, private, status, standing, owner, affected, filed_at, updated_at, waiting_since, closed_at,
    closed_reason, closed_text, closing_reason, closing_text, source, external_id, search)
SELECT CASE WHEN {{}}::boolean THEN -n ELSE nextval(pg_get_serial_sequence('reports', 'id')) END,
    reporter, model, ring, build, module, kind, severity, frequency, title,
    body, private, status, 'new', owner, 0, filed_at, updated_at, waiting_since, closed_at,
    closed_reason, closed_text, '', '', {{}}::text, external_id,
    array_to_tsvector(array_remove(string_to_array(search, chr(31)), ''))
FROM (
    SELECT r.*, row_number() OVER (ORDER BY place) + {{}}::bigint AS n
    FROM unnest({", ".join(f"{{}}::{each}[]" for each in _TYPES)})
        WITH ORDINALITY AS r ({", ".join(Filed.__struct_fields__)}, place)
    ORDER BY place) AS r
ON CONFLICT (source, external_id) WHERE external_id <> '' DO NOTHING
RETURNING id, external_id
"""


class Reports:
    """Known again by source and external id: what is there stays as it is.

    What was over elsewhere comes in as closed, with a sentence that says so; the rest as new.
    Nobody is told of any of them, the severe ones included.
    """

    fields = (
        Field("external_id", "its name or number in the other system", required=True),
        Field("title", "what it is about, in a sentence", required=True),
        Field("body", "all that was said when it was filed"),
        Field("device", "codename or alias of the device model", required=True),
        Field("build", "a version that the model has here"),
        Field("ring", "the ring of the phone; that of the build, where one is named", values=RINGS),
        Field("module", "slug or name of the module", required=True),
        Field("kind", "bug or suggestion", values=KINDS),
        Field("severity", "how bad it is", values=SEVERITIES),
        Field("frequency", "how often it happens", values=FREQUENCIES),
        Field("private", "whether other testers must not see it", values=YES_OR_NO),
        Field("status", "new or closed", values=STATUSES),
        Field("reason", "why it was closed", values=REASONS),
        Field("filed_at", "when it was filed"),
        Field("closed_at", "when it was closed"),
        Field("reporter", "who filed it, by handle"),
    )

    def __init__(
        self,
        source: str,
        *,
        now: datetime,
        timetable: Timetable,
        reporter: str | None,
        create_modules: bool,
        dry_run: bool,
    ) -> None:
        self._source = source
        self._now = now
        self._zone = timetable.zone
        self._dry_run = dry_run
        self._catalogue = Catalogue()
        self._modules = Modules(create=create_modules)
        self._reporters = Reporters(source, reporter, now=now)
        self._rehearsed = 0

    async def begin(self, constants: Mapping[str, str]) -> None:
        await self._catalogue.load(constants)
        await self._modules.load(constants)
        await self._reporters.load()

    async def add(self, items: Sequence[Item], refuse: Refuse) -> int:
        items = await self._unknown(items)
        await self._reporters.look_up(item.get("reporter") for item in items)
        builds = await self._builds(items)
        filed: dict[str, Filed] = {}
        for item in items:
            try:
                one = await self._filed(item, builds)
            except Refused as problem:
                refuse(item.line, str(problem))
                continue
            filed.setdefault(one.external_id, one)
        return await self._insert(list(filed.values())) if filed else 0

    def remarks(self) -> list[str]:
        return []

    async def _unknown(self, items: Sequence[Item]) -> list[Item]:
        rows = await database.fetch(
            "SELECT external_id FROM reports WHERE source = $1 AND external_id = ANY ($2::text[])"
            " AND external_id <> ''",
            self._source,
            [item.get("external_id") for item in items],
        )
        known = {row["external_id"] for row in rows}
        return [item for item in items if item.get("external_id") not in known]

    async def _builds(self, items: Sequence[Item]) -> dict[tuple[int, str], tuple[int, str]]:
        """Number and ring of the builds that are named."""
        wanted = [
            (self._catalogue.find(item.get("device")), item.get("build"))
            for item in items
            if "build" in item.values
        ]
        if not wanted:
            return {}
        rows = await database.fetch(
            "SELECT b.id, b.model, b.version, b.ring FROM builds b JOIN"
            " unnest($1::integer[], $2::text[]) AS wanted (model, version) USING (model, version)",
            [model for model, _ in wanted],
            [version for _, version in wanted],
        )
        return {(row["model"], row["version"]): (row["id"], row["ring"]) for row in rows}

    async def _filed(self, item: Item, builds: dict[tuple[int, str], tuple[int, str]]) -> Filed:
        if len(item.get("external_id")) > 120:
            raise Refused("an external id of more than 120 characters")
        model = self._catalogue.find(item.get("device"))
        if model is None:
            raise Refused(f"there is no device model “{item.get('device')[:60]}”")
        build, ring = None, item.get("ring", Ring.CLOSED)
        if "build" in item.values:
            if (model, item.get("build")) not in builds:
                raise Refused(f"{item.get('device')} has no build “{item.get('build')[:80]}”")
            build, ring = builds[model, item.get("build")]
        module = await self._modules.find(item.get("module"))
        title, body = _title_and_body(item)
        severity = item.get("severity", Severity.NORMAL)
        filed_at = self._past(item, "filed_at") or self._now
        closed_at = None
        if item.get("status") == Status.CLOSED:
            closed_at = max(filed_at, self._past(item, "closed_at") or filed_at)
        return Filed(
            external_id=item.get("external_id"),
            reporter=self._reporters.find(item.get("reporter")),
            model=model,
            ring=ring,
            build=build,
            module=module.id,
            kind=item.get("kind", Kind.BUG),
            severity=severity,
            frequency=item.get("frequency", Frequency.SOMETIMES),
            title=title,
            body=body,
            private=item.get("private") == "yes" or severity == Severity.SECURITY,
            status=Status.CLOSED if closed_at else Status.NEW,
            owner=module.owner,
            filed_at=filed_at,
            updated_at=closed_at or filed_at,
            # For an answer here it waits since it is here, and not before those who do already.
            waiting_since=None if closed_at else self._now,
            closed_at=closed_at,
            closed_reason=item.get("reason", Reason.OBSOLETE) if closed_at else "",
            closed_text=self._why_closed(item) if closed_at else "",
            search=_BETWEEN.join(search.document_tokens(title, body)),
            data=self._data(item),
        )

    def _past(self, item: Item, name: str) -> datetime | None:
        if name not in item.values:
            return None
        at = moment(item.get(name), self._zone)
        if at > self._now:
            raise Refused(f"{name.replace('_', ' ')} lies in the future: {at:%Y-%m-%d %H:%M}")
        return at

    def _why_closed(self, item: Item) -> str:
        words = [item.raw[name] for name in ("status", "reason") if name in item.raw]
        there = " · ".join(words) or "closed"
        return (
            f"从 {self._source} 导入时已经结束（{there}）。"
            f" It was over ({there}) when it was imported from {self._source}."
        )

    def _data(self, item: Item) -> str:
        """What the event keeps of the row's own words."""
        kept = ("external_id", "status", "reason", "reporter")
        data = {name: item.raw[name] for name in kept if name in item.raw}
        return msgspec.json.encode(data | {"source": self._source}).decode()

    async def _insert(self, filed: Sequence[Filed]) -> int:
        columns = [list(column) for column in zip(*map(astuple, filed), strict=True)]
        rows = await database.rows(
            QueryString(_INSERT, self._dry_run, self._source, self._rehearsed, *columns)
        )
        data = {one.external_id: one.data for one in filed}
        self._rehearsed += len(rows)
        return await record_imported(
            QueryString(
                "SELECT 'report.imported' AS kind, id AS report, NULL::bigint AS build, data"
                " FROM unnest({}::bigint[], {}::jsonb[]) AS r (id, data) ORDER BY id",
                [row["id"] for row in rows],
                [data[row["external_id"]] for row in rows],
            ),
            now=self._now,
            internal=False,
        )


def _title_and_body(item: Item) -> tuple[str, str]:
    """A title that is too long is cut, and stands whole at the head of the body."""
    title, body = " ".join(item.get("title").split()), item.get("body")
    if len(title) <= LONGEST_TITLE:
        return title, body
    return f"{title[: LONGEST_TITLE - 1]}…", f"{title}\n\n{body}".rstrip()
