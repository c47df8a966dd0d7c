"""What became of the release before: its lines, as testers found them on their phones."""

from __future__ import annotations

from datetime import date

import msgspec

from tracker import database
from tracker.language import Language, Text
from tracker.proposals.words import KINDS
from tracker.releases.queries import Train
from tracker.releases.words import behind_tag

SHOWN = 8


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the release of `day`. `testers` found it solved, on so many models; `broken` see
    the problem still."""

    day: date
    entry: int
    module: Text
    tag: Text
    text: Text
    testers: int
    models: int
    broken: int


# Of what went out with that release and was not taken back: each tester's latest answer on each
# report, on builds that came with it or later. Counted as it stood when the post came out, so that
# a post says the same ever after, and may be kept.
_CONFIRMED = """
SELECT before.date AS day, e.id AS entry, m.name_zh, m.name_en, e.kind, e.zh, e.en, said.testers,
    said.models, said.broken
FROM (SELECT id, date FROM releases WHERE published_at IS NOT NULL AND date < $1
    ORDER BY date DESC LIMIT 1) before
JOIN entries e ON e.release = before.id JOIN modules m ON m.id = e.module
CROSS JOIN LATERAL (
    SELECT count(DISTINCT person) FILTER (WHERE verdict = 'fixed') AS testers,
        count(DISTINCT model) FILTER (WHERE verdict = 'fixed') AS models,
        count(DISTINCT person) FILTER (WHERE verdict = 'broken') AS broken
    FROM (SELECT DISTINCT ON (v.report, v.person) v.person, v.verdict, b.model
        FROM reports r JOIN verifications v ON v.report = r.id JOIN builds b ON b.id = v.build
        WHERE r.proposal = e.proposal AND v.at <= $2 AND EXISTS (
            SELECT 1 FROM shipments s JOIN builds sb ON sb.id = s.build
            WHERE s.proposal = e.proposal AND s.model = b.model AND s.ring = b.ring
                AND s.shipped_at IS NOT NULL AND sb.release = before.date
                AND sb.position <= b.position AND (s.ended IS NULL OR s.ended = 'broken'))
        ORDER BY v.report, v.person, v.at DESC, v.id DESC) latest) said
WHERE said.testers > 0
ORDER BY said.testers DESC, said.models DESC, e.position LIMIT $3
"""


async def confirmed_before(train: Train, *, limit: int = SHOWN) -> list[Confirmed]:
    """The lines of the release before this published one that somebody confirmed by then, the
    most confirmed first."""
    return [
        Confirmed(
            day=row["day"],
            entry=row["entry"],
            module=Text(row["name_zh"], row["name_en"]),
            tag=KINDS[row["kind"]],
            text=behind_tag(row["kind"], Text(row["zh"], row["en"])),
            testers=row["testers"],
            models=row["models"],
            broken=row["broken"],
        )
        for row in await database.fetch(_CONFIRMED, train.date, train.published_at, limit)
    ]


def sentence(line: Confirmed, language: Language) -> str:
    """「已由 12 位内测用户在 4 个机型上确认，1 人说还有」"""
    if language == "zh":
        still = f"，{line.broken} 人说还有" if line.broken else ""
        return f"已由 {line.testers} 位内测用户在 {line.models} 个机型上确认{still}"
    testers = "tester" if line.testers == 1 else "testers"
    models = "model" if line.models == 1 else "models"
    still = (
        f"; {line.broken} still {'sees' if line.broken == 1 else 'see'} it" if line.broken else ""
    )
    return f"confirmed by {line.testers} {testers} on {line.models} {models}{still}"
