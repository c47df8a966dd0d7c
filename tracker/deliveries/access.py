"""Who sees which deliveries, and who may steer them."""

from __future__ import annotations

from piccolo.querystring import QueryString

from tracker.notices.access import require_may_ask_for
from tracker.notices.access import visible_to as visible_notices
from tracker.people.access import require_staff
from tracker.people.tables import Person

__all__ = ["require_can_steer", "require_may_ask_for", "visible_to"]


def visible_to(person: Person) -> QueryString:
    """The condition on a delivery's notice, `notices`: whoever sees that sees how it went out.
    What is needed to reach the far side is shown to nobody."""
    return visible_notices(person)


def require_can_steer(person: Person) -> None:
    """Trying again and giving up are the team's."""
    require_staff(person)
