"""Who may do what about models and builds, and whose phones are whose."""

from __future__ import annotations

from tracker.errors import Invalid
from tracker.language import Text
from tracker.people.access import require_staff
from tracker.people.tables import Person


def require_can_add_builds(person: Person) -> None:
    require_staff(person)


def require_invited_for(person: Person, codename: str) -> None:
    """Some invitations are for certain models only (Person.codenames)."""
    if person.codenames is not None and not person.is_staff and codename not in person.codenames:
        raise Invalid(
            {
                "device": Text(
                    "你的邀请不包括这个机型", "Your invitation does not cover this device model"
                )
            }
        )
