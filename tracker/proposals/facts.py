"""What of a proposal the team's acts change, for taking them back."""

from __future__ import annotations

from tracker.history.acting import Subject

DECIDED = (
    "title",
    "module",
    "kind",
    "state",
    "owner",
    "changelog_zh",
    "changelog_en",
    "declined_text",
)
MADE = ("created_by", "created_at")

_FACTS = ", ".join(f"'{name}', p.{name}" for name in DECIDED + MADE)

# Its fixes are kept whole, since taking a revert back puts them in again. Of its shipments, which
# of them count: an act ends them, builds bring them.
PROPOSAL = Subject(
    "proposal",
    f"""
SELECT p.id, (jsonb_build_object({_FACTS})
    || jsonb_build_object('fixes', coalesce((SELECT jsonb_agg(to_jsonb(f) - 'id' ORDER BY f.id)
        FROM fixes f WHERE f.proposal = p.id), '[]'),
    'shipments', coalesce((SELECT jsonb_agg(s.id ORDER BY s.id) FROM shipments s
        WHERE s.proposal = p.id AND s.ended_at IS NULL), '[]')))::text AS facts
FROM proposals p WHERE p.id = ANY ($1)
""",
)
