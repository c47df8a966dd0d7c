"""Who sees which trains, and who moves them."""

from __future__ import annotations

from tracker.people.access import is_captain, require_captain, require_staff
from tracker.people.tables import Person


def may_see_unpublished(person: Person | None) -> bool:
    """A published post is for everybody; one in the making for the team."""
    return person is not None and person.is_staff


def require_can_rehearse(person: Person) -> None:
    require_staff(person)


def may_publish(person: Person) -> bool:
    return is_captain(person)


def require_can_publish(person: Person) -> None:
    require_captain(person)
