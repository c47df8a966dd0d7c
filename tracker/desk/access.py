"""Who works at the desk, and who says how it works."""

from __future__ import annotations

from tracker.errors import NotFound
from tracker.people.access import require_captain, require_staff
from tracker.people.tables import Person


def require_at_desk(person: Person) -> None:
    require_staff(person)


def require_can_keep_desk(person: Person) -> None:
    require_captain(person)


def require_may_see_times(person: Person) -> None:
    """How long somebody of the team takes is the team's own business: there is nothing for others."""
    if not person.is_staff:
        raise NotFound
