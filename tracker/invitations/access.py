"""Who may invite whom."""

from __future__ import annotations

from tracker.errors import NotAllowed, NotFound
from tracker.language import Text
from tracker.people.tables import Person, Role

_INVITING = (Role.CAPTAIN, Role.ADMIN)


def require_can_invite(person: Person) -> None:
    """For everybody else there is no such page."""
    if person.role not in _INVITING:
        raise NotFound


def roles_to_give(person: Person) -> tuple[Role, ...]:
    """Nobody hands out more than they have; only an admin makes captains and admins."""
    if person.role == Role.ADMIN:
        return tuple(Role)
    if person.role == Role.CAPTAIN:
        return (Role.FAN, Role.TESTER, Role.ENGINEER)
    return ()


def require_can_invite_as(person: Person, role: Role) -> None:
    """Also who may withdraw it: whoever could have made it."""
    require_can_invite(person)
    if role not in roles_to_give(person):
        raise NotAllowed(
            Text(
                "只有管理员能邀请发布负责人和管理员", "Only an admin can invite captains and admins"
            )
        )
