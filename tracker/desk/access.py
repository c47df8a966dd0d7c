"""Who works at the desk, and who says how it works."""

from __future__ import annotations

from tracker.people.access import require_captain, require_staff
from tracker.people.tables import Person


def require_at_desk(person: Person) -> None:
    require_staff(person)


def require_can_keep_desk(person: Person) -> None:
    require_captain(person)
