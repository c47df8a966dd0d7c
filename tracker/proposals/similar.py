"""Reports and proposals like a text. Advice: nothing is linked, merged or closed by it.

What is compared are the tokens of `reports/search.py`. How many reports have a frequent one is known
without counting: PostgreSQL keeps that of the thousand most frequent, for its planner. Of the rare
ones every report is looked at, and so they are counted on the way. No list is read as a whole.
"""

from __future__ import annotations

import msgspec
from piccolo.querystring import QueryString

from tracker import database
from tracker.devices.queries import require_module
from tracker.devices.tables import Ring
from tracker.people.tables import Person
from tracker.proposals import access
from tracker.proposals.likeness import Wanted, seeds, usual_length
from tracker.reports import search
from tracker.reports.access import visible_to
from tracker.reports.filing import phone_of
from tracker.reports.queries import get_full

LOOKED_AT = 200
"""Reports that share the rarest words most are compared word by word."""
DEFAULT, MOST = 10, 50
FEWEST = 100.0
LEAST = 0.02
"""What is less like it is not worth a look."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What is known beside the text. `ring` is the line of builds that a fix is looked for in."""

    report: int = 0
    module: str = ""
    model: int | None = None
    ring: str = Ring.CLOSED
    build: str | None = None


class SimilarOut(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate. `kind` is report or proposal; `score` goes from 0 to 1; `fixed_in` is the first
    published build for the model asked about that carries the fix, null where there is none."""

    id: str
    kind: str
    title: str
    score: float
    status: str
    module: str
    device: str | None
    proposal: str | None
    fixed_in: str | None


_FREQUENT = """
SELECT s.word, s.share, c.reltuples AS total FROM pg_class c LEFT JOIN LATERAL (
    SELECT u.word, u.share FROM pg_stats p,
        unnest(p.most_common_elems::text::text[], p.most_common_elem_freqs) AS u (word, share)
    WHERE p.schemaname = c.relnamespace::regnamespace::text AND p.tablename = 'reports'
        AND p.attname = 'search' AND (u.word = ANY ($1) OR u.word IS NULL)) s ON true
WHERE c.oid = 'reports'::regclass
"""
# One look into the index for each word. Materialized, so that each is looked up once.
_FIND = """
WITH hits AS MATERIALIZED (
    SELECT w.word, w.weight, reports.id, {} AND reports.closed_reason <> 'spam'
        AND reports.id <> {} AS wanted
    FROM unnest({}::text[], {}::text[], {}::float8[]) AS w (word, query, weight)
    JOIN reports ON reports.search @@ w.query::tsquery),
counted AS (SELECT word, min(weight) AS weight, count(*) AS reports FROM hits GROUP BY word)
(SELECT h.id, NULL AS word, sum(c.weight * ln(1 + {}::float8 / c.reports)) AS found
 FROM hits h JOIN counted c USING (word) WHERE h.wanted
 GROUP BY h.id ORDER BY found DESC, h.id DESC LIMIT {})
UNION ALL SELECT reports, word, NULL FROM counted
"""
_COMPARE = """
SELECT reports.id, reports.title, reports.status, reports.proposal, m.slug AS module,
    reports.model, d.codename, b.version AS build, tsvector_to_array(reports.search) AS words
FROM reports JOIN modules m ON m.id = reports.module JOIN device_models d ON d.id = reports.model
LEFT JOIN builds b ON b.id = reports.build WHERE reports.id = ANY ({}) AND {}
"""
_PROPOSALS = """
SELECT p.id, p.title, p.state, m.slug AS module, (
    SELECT b.version FROM shipments s JOIN builds b ON b.id = s.build
    WHERE s.proposal = p.id AND s.model = {} AND s.ring = {} AND s.shipped_at IS NOT NULL
        AND s.ended_at IS NULL ORDER BY b.position LIMIT 1) AS fixed_in, {} AS shown
FROM proposals p JOIN modules m ON m.id = p.module WHERE p.id = ANY ({})
"""


async def like_report(person: Person, number: int, *, limit: int) -> list[SimilarOut]:
    """What is like a report that they may see."""
    report = await get_full(person, number)
    about = About(
        report=number,
        module=report.module,
        model=report.model_id,
        ring=report.ring,
        build=report.build,
    )
    return await like(person, Wanted(report.title, report.body), about, limit=limit)


async def like_text(
    person: Person, text: str, *, device: str, build: str, module: str, limit: int
) -> list[SimilarOut]:
    """What is like a text, whose first line counts as its title. Raises Invalid, with the field,
    for a model, build or module that is not there."""
    about = About(module=module)
    if module:
        await require_module(module)
    if device:
        model, _, ring = await phone_of(person, device, build or None)
        about = About(module=module, model=model.id, ring=ring, build=build or None)
    title, _, body = text.strip().partition("\n")
    return await like(person, Wanted(title, body), about, limit=limit)


async def like(person: Person, wanted: Wanted, about: About, *, limit: int) -> list[SimilarOut]:
    """The likest first. Four statements; of the reports of one proposal only the likest is there,
    behind its proposal."""
    numbers = await _candidates(person, wanted, about.report) if wanted.words else []
    if not numbers:
        return []
    rows = await database.rows(QueryString(_COMPARE, numbers, visible_to(person)))
    usual = usual_length([len(row["words"]) for row in rows])
    scored = [
        (
            wanted.score(
                row["title"],
                row["words"],
                usual=usual,
                module=row["module"] == about.module,
                model=row["model"] == about.model,
                build=about.build is not None and row["build"] == about.build,
            ),
            row,
        )
        for row in rows
    ]
    scored.sort(key=lambda one: (-one[0], -one[1]["id"]))
    gathered = {row["proposal"] for _, row in scored if row["proposal"] is not None}
    proposals = {
        row["id"]: row
        for row in await database.rows(
            QueryString(
                _PROPOSALS, about.model, about.ring, access.visible_to(person), list(gathered)
            )
        )
    }
    found: list[SimilarOut] = []
    told: set[int] = set()
    for score, row in scored:
        if score < LEAST or len(found) >= limit:
            break
        proposal = proposals.get(row["proposal"])
        if proposal is not None and proposal["id"] in told:
            continue
        score = round(score, 3)
        fixed_in = proposal["fixed_in"] if proposal else None
        name = f"P-{proposal['id']}" if proposal else None
        if proposal is not None and name is not None:
            told.add(proposal["id"])
            if proposal["shown"]:
                found.append(
                    SimilarOut(
                        id=name,
                        kind="proposal",
                        title=proposal["title"],
                        score=score,
                        status=proposal["state"],
                        module=proposal["module"],
                        device=None,
                        proposal=name,
                        fixed_in=fixed_in,
                    )
                )
        found.append(
            SimilarOut(
                id=f"R-{row['id']}",
                kind="report",
                title=row["title"],
                score=score,
                status=row["status"],
                module=row["module"],
                device=row["codename"],
                proposal=name,
                fixed_in=fixed_in,
            )
        )
    return found[:limit]


async def _candidates(person: Person, wanted: Wanted, own: int) -> list[int]:
    """The reports that share most of the rarest words; and how rare all words are."""
    known = await database.fetch(_FREQUENT, list(wanted.words))
    frequent = {row["word"]: row["share"] for row in known if row["word"] is not None}
    # Behind the shares of the words stand the least and the greatest of them.
    rest = [row["share"] for row in known if row["word"] is None and row["share"] is not None]
    # A handful of reports, or none counted yet, would make every word a frequent one.
    total = max(float(known[0]["total"]), FEWEST)
    chosen = seeds(
        wanted.words,
        frequent,
        least=min((one for one in rest if one > 0), default=0.0),
        total=total,
    )
    rows = await database.rows(
        QueryString(
            _FIND,
            visible_to(person),
            own,
            chosen,
            [search.tsquery([word]) for word in chosen],
            [3.0 if word in wanted.title else 1.0 for word in chosen],
            total,
            LOOKED_AT,
        )
    )
    counts = {word: share * total for word, share in frequent.items()}
    counts |= {row["word"]: float(row["id"]) for row in rows if row["word"] is not None}
    numbers = [row["id"] for row in rows if row["word"] is None]
    wanted.weigh(counts, total=total)
    return numbers
