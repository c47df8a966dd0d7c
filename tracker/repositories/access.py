"""Who may say whose commits count."""

from __future__ import annotations

from tracker.errors import NotFound
from tracker.people.access import is_captain
from tracker.people.tables import Person


def require_can_keep_repositories(person: Person) -> None:
    """For everybody but captains and admins there are none."""
    if not is_captain(person):
        raise NotFound
