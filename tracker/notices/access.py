"""Whose notices are whose."""

from __future__ import annotations

from piccolo.querystring import QueryString

from tracker.errors import NotFound
from tracker.people.tables import Person


def visible_to(person: Person) -> QueryString:
    """The condition on `notices`: one's own; the team may look up anybody's."""
    if person.is_staff:
        return QueryString("true")
    return QueryString("notices.person = {}", person.id)


def require_may_ask_for(person: Person, handle: str) -> None:
    if handle != person.handle and not person.is_staff:
        raise NotFound
