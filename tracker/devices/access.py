"""Who may do what about models and builds, and whose phones are whose."""

from __future__ import annotations

from tracker.errors import Invalid
from tracker.language import Text
from tracker.people.access import require_staff
from tracker.people.tables import Person


def require_can_add_builds(person: Person) -> None:
    require_staff(person)


def is_invited_for(person: Person, codename: str) -> bool:
    """Some invitations are for certain models only (Person.codenames)."""
    return person.codenames is None or person.is_staff or codename in person.codenames


def require_invited_for(person: Person, codename: str) -> None:
    if not is_invited_for(person, codename):
        raise Invalid(
            {
                "device": Text(
                    "你的邀请不包括这个机型", "Your invitation does not cover this device model"
                )
            }
        )
