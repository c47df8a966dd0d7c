"""Who reads the discussion of a post, and who may take a word out of it."""

from __future__ import annotations

from piccolo.querystring import QueryString

from tracker.errors import NotAllowed
from tracker.language import Text
from tracker.people.tables import Person


def visible_to(person: Person | None) -> QueryString:
    """The condition on a comment `c` under which it exists for this reader, who may be nobody.

    Everybody reads what is not hidden; a hidden one is left to the team and its author.
    """
    if person is None:
        return QueryString("c.hidden_at IS NULL")
    if person.is_staff:
        return QueryString("true")
    return QueryString("(c.hidden_at IS NULL OR c.author = {})", person.id)


def may_hide(person: Person | None, *, author: int) -> bool:
    """The team any, at once; everybody what they said themselves, at any time."""
    return person is not None and (person.is_staff or person.id == author)


def may_show(person: Person | None, *, author: int, hidden_by: int | None) -> bool:
    """What its author took back is the author's to say again; what the team hid, the team's."""
    if person is None:
        return False
    return person.id == author if hidden_by == author else person.is_staff


def require_can_hide(person: Person, *, author: int) -> None:
    if not may_hide(person, author=author):
        raise NotAllowed(
            Text("只能收回自己说的话", "You can only take back what you said yourself")
        )


def require_can_show(person: Person, *, author: int, hidden_by: int | None) -> None:
    if may_show(person, author=author, hidden_by=hidden_by):
        return
    if hidden_by == author:
        raise NotAllowed(
            Text("这是作者自己收回的", "Its author took it back: only they can show it again")
        )
    raise NotAllowed(Text("这是团队隐藏的", "The team hid it: only the team can show it again"))
