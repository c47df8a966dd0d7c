"""Reading proposals, what they shipped in, and what is known to be wrong with a model."""

from __future__ import annotations

from datetime import datetime

import msgspec
from asyncpg import Record
from piccolo.querystring import QueryString

from tracker import database
from tracker.devices.forms import Words
from tracker.errors import Invalid, NotFound
from tracker.history.acting import about_to_change
from tracker.language import Text
from tracker.numbers import proposal_number
from tracker.people.tables import Person
from tracker.proposals.access import require_can_see, visible_to
from tracker.proposals.facts import PROPOSAL
from tracker.proposals.forms import Confirmed, FixOut, ShipmentOut, VerdictCount
from tracker.proposals.tables import Ending, Proposal, State
from tracker.reports.access import visible_to as visible_reports
from tracker.web.pagination import decode_cursor, encode_cursor


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A proposal as a row of a list."""

    id: int
    title: str
    module: str
    module_name: Text
    kind: str
    state: str
    owner: str | None
    owner_name: str | None
    changelog_zh: str
    changelog_en: str
    declined_text: str
    reports: int
    testers: int
    fixed: bool
    out: bool
    created_at: datetime
    updated_at: datetime

    @property
    def stage(self) -> str:
        """How far it has come: its state, or beyond that `fixed` and `out` (in a published
        build of at least one model)."""
        if self.state == State.DECLINED:
            return self.state
        return "out" if self.out else "fixed" if self.fixed else self.state

    @property
    def name(self) -> str:
        return f"P-{self.id}"

    @property
    def line(self) -> Text:
        """The changelog line; the title serves in a language that has no wording yet."""
        return Text(self.changelog_zh or self.title, self.changelog_en or self.title)


_SELECT = """
SELECT p.id, p.title, m.slug AS module, m.name_zh, m.name_en, p.kind, p.state,
    o.handle AS owner, o.display_name AS owner_name, p.changelog_zh, p.changelog_en, p.declined_text, p.created_at,
    p.updated_at, gathered.reports, gathered.testers,
    (SELECT true FROM fixes f WHERE f.proposal = p.id LIMIT 1) AS fixed,
    (SELECT true FROM shipments s WHERE s.proposal = p.id AND s.shipped_at IS NOT NULL
        AND s.ended_at IS NULL LIMIT 1) AS out
FROM proposals p JOIN modules m ON m.id = p.module LEFT JOIN people o ON o.id = p.owner
LEFT JOIN LATERAL (
    SELECT count(*) AS reports, count(DISTINCT r.reporter) + coalesce(sum(r.affected), 0) AS testers
    FROM reports r WHERE r.proposal = p.id) gathered ON true
"""


def _listed(row: Record) -> Listed:
    return Listed(
        id=row["id"],
        title=row["title"],
        module=row["module"],
        module_name=Text(row["name_zh"], row["name_en"]),
        kind=row["kind"],
        state=row["state"],
        owner=row["owner"],
        owner_name=row["owner_name"],
        changelog_zh=row["changelog_zh"],
        changelog_en=row["changelog_en"],
        declined_text=row["declined_text"],
        reports=row["reports"],
        testers=int(row["testers"]),
        fixed=row["fixed"] is not None,
        out=row["out"] is not None,
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


class ProposalFilters(msgspec.Struct, frozen=True):
    state: str = ""
    module: str = ""
    owner: str = ""
    q: str = ""


async def list_proposals(
    person: Person, filters: ProposalFilters, *, limit: int, after: str = ""
) -> tuple[list[Listed], str | None]:
    """Newest first."""
    require_can_see(person)
    if filters.state and filters.state not in set(State):
        raise Invalid(
            {"state": Text(f"没有「{filters.state}」这个状态", f"No state “{filters.state}”")}
        )
    conditions = [visible_to(person)]
    narrowing = (
        (filters.state, "p.state = {}"),
        (filters.module, "m.slug = {}"),
        (filters.owner, "o.handle = {}"),
        (filters.q, "strpos(lower(p.title), lower({})) > 0"),
        (after and decode_cursor(after, int)[0], "p.id < {}"),
    )
    conditions.extend(QueryString(sql, value) for value, sql in narrowing if value)
    rows = await database.rows(
        QueryString(
            _SELECT + " WHERE {} ORDER BY p.id DESC LIMIT {}",
            QueryString(" AND ".join("{}" for _ in conditions), *conditions),
            limit + 1,
        )
    )
    found = [_listed(row) for row in rows]
    more = len(found) > limit
    return found[:limit], encode_cursor(found[limit - 1].id) if more else None


async def get_listed(person: Person, number: int) -> Listed:
    """The proposal, or NotFound where there is none or it is none of theirs."""
    require_can_see(person)
    rows = await database.rows(
        QueryString(_SELECT + " WHERE p.id = {} AND {}", number, visible_to(person))
    )
    if not rows:
        raise missing(number)
    return _listed(rows[0])


async def get_proposal(person: Person, number: int, *, lock: bool = False) -> Proposal:
    """The row; `lock` holds it for changing until the end of the transaction."""
    require_can_see(person)
    row = await database.fetch_row(
        "SELECT * FROM proposals WHERE id = $1" + (" FOR UPDATE" if lock else ""), number
    )
    if row is None:
        raise missing(number)
    if lock:
        await about_to_change(PROPOSAL, number)
    return Proposal(_exists_in_db=True, **dict(row))


async def named_proposal(person: Person, name: str) -> int:
    """The number of a proposal that a body names, or `Invalid`."""
    try:
        number = proposal_number(name)
        await get_proposal(person, number)
    except NotFound:
        raise Invalid(
            {"proposal": Text(f"没有 {name} 这个提案", f"There is no proposal {name}")}
        ) from None
    return number


def missing(number: int) -> NotFound:
    return NotFound(Text(f"没有 P-{number} 这个提案", f"There is no proposal P-{number}"))


async def report_numbers(person: Person, number: int) -> list[int]:
    """The reports it gathers, as far as this person may see them."""
    rows = await database.rows(
        QueryString(
            "SELECT id FROM reports WHERE proposal = {} AND {} ORDER BY id",
            number,
            visible_reports(person),
        )
    )
    return [row["id"] for row in rows]


async def fixes_of(number: int) -> list[FixOut]:
    rows = await database.fetch(
        "SELECT d.codename, f.change, p.handle, f.at FROM fixes f"
        " LEFT JOIN device_models d ON d.id = f.model LEFT JOIN people p ON p.id = f.by"
        " WHERE f.proposal = $1 ORDER BY d.codename NULLS FIRST",
        number,
    )
    return [FixOut(row["codename"], row["change"], row["handle"], row["at"]) for row in rows]


async def shipments_of(number: int) -> list[ShipmentOut]:
    rows = await database.fetch(
        "SELECT d.codename, s.ring, b.version, b.release, s.shipped_at, s.ended_at, s.ended,"
        " s.reason_zh, s.reason_en FROM shipments s JOIN device_models d ON d.id = s.model"
        " JOIN builds b ON b.id = s.build WHERE s.proposal = $1"
        " ORDER BY d.codename, s.ring, b.position",
        number,
    )
    return [
        ShipmentOut(
            model=row["codename"],
            ring=row["ring"],
            build=row["version"],
            release=row["release"],
            shipped_at=row["shipped_at"],
            ended_at=row["ended_at"],
            ended=Ending(row["ended"]) if row["ended"] else None,
            reason=Words(row["reason_zh"], row["reason_en"]) if row["ended"] else None,
        )
        for row in rows
    ]


# Each tester's latest answer on each report, on builds at or after one that brought the fix to
# their line: what older ones show says nothing about it.
_VERDICTS = """
SELECT codename, count(DISTINCT person) FILTER (WHERE verdict = 'fixed') AS fixed,
    count(DISTINCT person) FILTER (WHERE verdict = 'broken') AS broken,
    count(DISTINCT person) FILTER (WHERE verdict = 'unsure') AS unsure,
    count(DISTINCT codename) FILTER (WHERE verdict = 'fixed') AS models
FROM (
    SELECT DISTINCT ON (v.report, v.person) d.codename, v.person, v.verdict FROM verifications v
    JOIN reports r ON r.id = v.report JOIN builds b ON b.id = v.build
    JOIN device_models d ON d.id = b.model
    WHERE r.proposal = $1 AND EXISTS (SELECT 1 FROM shipments s JOIN builds sb ON sb.id = s.build
        WHERE s.proposal = $1 AND s.model = b.model AND s.ring = b.ring
        AND s.shipped_at IS NOT NULL AND sb.position <= b.position)
    ORDER BY v.report, v.person, v.at DESC, v.id DESC) latest
GROUP BY GROUPING SETS ((codename), ()) ORDER BY codename NULLS FIRST
"""


async def verdicts_of(number: int) -> tuple[Confirmed, list[VerdictCount]]:
    """How far it is confirmed, and the answers by model. A tester counts once for a model and an
    answer, whatever the number of their reports and phones."""
    total, *rows = await database.fetch(_VERDICTS, number)
    return Confirmed(total["fixed"], total["models"]), [
        VerdictCount(row["codename"], row["fixed"], row["broken"], row["unsure"]) for row in rows
    ]
