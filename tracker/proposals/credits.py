"""Whose reports led to a fix, and whom of them a changelog may name.

Names are worked out whenever they are read, from those who agree at that moment: taking consent
back takes the name out of every post at once.
"""

from __future__ import annotations

from tracker import database
from tracker.proposals.forms import CreditOut

# Those who reported it before it was fixed for their model: where there is no fix (any more),
# before it came out; where other models alone are fixed, before the first of those. And those whom
# an engineer named, as long as the evidence belongs here. A private report names nobody: that there
# is one is for the team. Nor is the team named for its own work, whatever it reported on the way.
_CREDITED = """
SELECT DISTINCT ON (c.person) c.person, c.report, c.by, c.at, p.handle,
    CASE WHEN p.credited AND p.disabled_at IS NULL
        THEN coalesce(nullif(p.credit_name, ''), p.display_name) END AS name
FROM (
    SELECT r.reporter AS person, r.id AS report, NULL::integer AS by, r.filed_at AS at
    FROM reports r
    LEFT JOIN fixes own ON own.proposal = {proposal} AND own.model = r.model
    LEFT JOIN fixes every ON every.proposal = {proposal} AND every.model IS NULL
    WHERE r.proposal = {proposal} AND NOT r.private AND r.closed_at IS NULL
        AND r.filed_at <= coalesce(
            greatest(own.at, every.at),
            (SELECT min(s.shipped_at) FROM shipments s WHERE s.proposal = {proposal}
                AND s.model = r.model AND s.ended IS DISTINCT FROM 'reverted'),
            (SELECT min(f.at) FROM fixes f WHERE f.proposal = {proposal}))
    UNION ALL
    SELECT g.person, g.report, g.by, g.at
    FROM credits g JOIN reports r ON r.id = g.report AND r.proposal = g.proposal
    WHERE g.proposal = {proposal} AND NOT r.private
) c JOIN people p ON p.id = c.person AND p.role IN ('fan', 'tester'){agreeing}
ORDER BY c.person, c.at
"""

SHOWN_CREDITS = 100
"""Of so many the team gets to see what they are thanked for."""

_AGREEING = " AND p.credited AND p.disabled_at IS NULL"
"""Before the rest is worked out: most do not."""


def names_for(proposal: str) -> str:
    """An SQL array of the names, in the order in which they came, for a column of a query.

    `proposal` is the column's name, never a value.
    """
    credited = _CREDITED.format(proposal=proposal, agreeing=_AGREEING)
    return f"ARRAY(SELECT named.name FROM ({credited}) named ORDER BY named.at, named.person)"


def thanks_to(proposal: str, person: str) -> str:
    """An SQL expression: null where a proposal owes them nothing, else whether they are named.

    Looks at that person's reports alone. Both are names of columns or parameters.
    """
    credited = _CREDITED.format(proposal=proposal, agreeing="")
    return f"(SELECT named.name IS NOT NULL FROM ({credited}) named WHERE named.person = {person})"


async def credits_of(number: int) -> list[CreditOut]:
    """Everybody to whom a proposal owes something, named or not, in the order in which they came."""
    rows = await database.fetch(
        f"SELECT c.handle, c.name, c.report, e.handle AS by"
        f" FROM ({_CREDITED.format(proposal='$1', agreeing='')}) c LEFT JOIN people e ON e.id = c.by"
        " ORDER BY c.at, c.person",
        number,
    )
    return [CreditOut(row["handle"], row["name"], f"R-{row['report']}", row["by"]) for row in rows]
