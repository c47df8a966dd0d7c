"""The undo window: what the team does to a report is heard of once they have had time to take it
back, and only if it still stands.

What waits is what engineers do by hand to one report: a question, an official reply, a closure or
the wish for one, and a link to a fix that is out already. What testers do never waits (filing,
answering, appealing, withdrawing), nor do publications; and neither do reverts and withdrawn
builds, since the post shows those at once to everybody.

A later event about the same report may be heard first, so the order of events is not trusted:
what is told is what stands when its turn comes. Of a question that was asked, withdrawn and asked
again the second is told, at its own time; a question that was answered on the page, or a closure
that was appealed against, is news to nobody any more. What was told is told: taking it back later
is what `reopen` and the like are for.
"""

from __future__ import annotations

WAITS = """(e.kind IN ('report.asked', 'report.closed') OR (e.kind = 'report.closing' AND e.internal)
    OR (e.kind = 'report.released' AND e.release IS NULL AND e.build IS NULL)
    OR (e.kind = 'report.replied' AND EXISTS (SELECT 1 FROM messages m
        WHERE m.id = (e.data->>'message')::bigint AND m.official)))"""
"""Whether the event `e` is one that can be taken back unheard."""

QUESTION_STANDS = "r.question = m.id"
"""Of the report `r` and the message `m` of the event: it is still the open question."""


def _nothing_since(*kinds: str) -> str:
    """That nothing of these kinds happened to the report `r` after the event `$3`. Few events of
    a report come after one that is not heard of yet: one look at an index."""
    undoing = ", ".join(f"'{kind}'" for kind in kinds)
    return (
        "NOT EXISTS (SELECT 1 FROM events later WHERE later.report = r.id AND later.id > $3"
        f" AND later.kind IN ({undoing}))"
    )


CLOSURE_STANDS = _nothing_since("report.reopened", "report.appealed")

CLOSING_STANDS = _nothing_since("report.closing", "report.closing_withdrawn", "report.closed")
"""A second person is still waited for, on the word of this one."""

LINK_STANDS = """NOT EXISTS (SELECT 1 FROM events later
    WHERE later.report = r.id AND later.id > $3 AND (later.kind = 'report.unlinked'
        OR (later.kind = 'report.released' AND later.release IS NULL AND later.build IS NULL)))"""
"""It was not taken out again; where it was linked again, that has a window of its own."""
