"""What of a report the team's acts change, for taking them back."""

from __future__ import annotations

from tracker.history.acting import Subject

DECIDED = (
    "proposal",
    "question",
    "owner",
    "labels",
    "snoozed_until",
    "closed_by",
    "closed_at",
    "closed_reason",
    "closed_text",
    "closing_by",
    "closing_reason",
    "closing_text",
)
"""What people decide. Somebody else's later word on one of these is never overwritten."""

FOLLOWING = (
    "standing",
    "released_in",
    "expected_on",
    "missed_on",
    "waiting_since",
    "answered_at",
)
"""What follows from that, and from what else happens meanwhile."""

_FACTS = ", ".join(f"'{name}', {name}" for name in DECIDED + FOLLOWING)

REPORT = Subject(
    "report",
    f"SELECT id, jsonb_build_object({_FACTS})::text AS facts FROM reports WHERE id = ANY ($1)",
)
