"""What somebody who follows a link is asked: one report, one build, and what they said before."""

from __future__ import annotations

import msgspec

from tracker import database
from tracker.errors import NotFound
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals.links import Named
from tracker.proposals.words import VERDICTS


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """`build` is the one that the link names. `builds` are those to answer for: that one and the
    later ones of its line that are out, oldest first, without any that were withdrawn; none where
    there is no fix to check."""

    report: int
    title: str
    device: Text
    own: bool
    build: str
    withdrawn: bool
    builds: list[tuple[str, str]]
    said: Text | None

    @property
    def name(self) -> str:
        return f"R-{self.report}"

    @property
    def suggested(self) -> str:
        """The one with the fix, or where it was withdrawn the next."""
        return self.builds[0][0] if self.builds else self.build


async def person_of(named: Named) -> Person:
    """Whoever a link is for, or NotFound where they may no longer come in."""
    row = await database.fetch_row(
        "SELECT * FROM people WHERE id = $1 AND disabled_at IS NULL", named.person
    )
    person = Person(_exists_in_db=True, **dict(row)) if row else None
    if person is None or not person.is_tester:
        raise NotFound
    return person


# The model of the build has to be the one on which they have the problem: whoever has changed
# phones since is not asked any more.
_QUESTION = """
SELECT r.title, r.reporter = $1 AS own, r.proposal, b.version, b.withdrawn_at, d.name_zh, d.name_en,
    ARRAY(SELECT o.version::text FROM builds o WHERE o.model = b.model AND o.ring = b.ring
        AND o.position >= b.position AND o.published_at IS NOT NULL AND o.withdrawn_at IS NULL
        ORDER BY o.position LIMIT 20) AS builds,
    v.verdict, v.version AS on_build
FROM reports r JOIN builds b ON b.id = $3 JOIN device_models d ON d.id = b.model
LEFT JOIN affected a ON a.report = r.id AND a.person = $1
LEFT JOIN LATERAL (SELECT v.verdict, vb.version FROM verifications v
    JOIN builds vb ON vb.id = v.build WHERE v.report = r.id AND v.person = $1
    ORDER BY v.at DESC, v.id DESC LIMIT 1) v ON true
WHERE r.id = $2 AND (r.reporter = $1 AND r.model = b.model
    OR r.reporter <> $1 AND NOT r.private AND a.model = b.model)
"""


async def question_of(named: Named) -> Question:
    """NotFound where the report is not theirs, or not theirs any more."""
    row = await database.fetch_row(_QUESTION, named.person, named.report, named.build)
    if row is None:
        raise NotFound
    said = VERDICTS[row["verdict"]] if row["verdict"] else None
    return Question(
        report=named.report,
        title=row["title"],
        device=Text(row["name_zh"], row["name_en"]),
        own=row["own"],
        build=row["version"],
        withdrawn=row["withdrawn_at"] is not None,
        builds=[(version, version) for version in row["builds"]] if row["proposal"] else [],
        said=said
        and Text(
            f"你在 {row['on_build']} 上说：{said.zh}", f"On {row['on_build']} you said: {said.en}"
        ),
    )
