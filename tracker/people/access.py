"""Who may do what to people, and the roles that all other rooms ask about."""

from __future__ import annotations

from tracker.errors import NotAllowed, NotFound
from tracker.language import Text
from tracker.people.tables import STAFF, Person, Role

_CAPTAINS = (Role.CAPTAIN, Role.ADMIN)
_TEAM = ", ".join(f"'{role.value}'" for role in STAFF)


def of_the_team(people: str) -> str:
    """The condition on a row of `people` that they are of the team: of its roles, and not shut out.
    As the index of the team has it."""
    return f"({people}.disabled_at IS NULL AND {people}.role IN ({_TEAM}))"


def require_tester(person: Person) -> None:
    """The closed beta does not exist for those outside it."""
    if not person.is_tester:
        raise NotFound


def require_staff(person: Person) -> None:
    """A fan is told that there is nothing; a tester, that this is the engineers' part."""
    require_tester(person)
    if not person.is_staff:
        raise NotAllowed(Text("这一步只有工程师能做", "Only engineers can do this"))


def is_captain(person: Person) -> bool:
    return person.role in _CAPTAINS


def require_captain(person: Person) -> None:
    require_tester(person)
    if not is_captain(person):
        raise NotAllowed(Text("这一步只有发布负责人能做", "Only captains can do this"))
