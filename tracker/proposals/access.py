"""Who may see proposals, and who works on them."""

from __future__ import annotations

from piccolo.querystring import QueryString

from tracker.errors import NotAllowed
from tracker.language import Text
from tracker.people.access import require_staff, require_tester
from tracker.people.tables import Person
from tracker.reports import access as reports


def require_can_see(person: Person) -> None:
    """Testers see what their reports became; those outside the closed beta see nothing."""
    require_tester(person)


def visible_to(person: Person) -> QueryString:
    """The condition on a proposal `p` under which it exists for this person.

    Where every report in it is hidden from a tester, so is the proposal until it ships: its
    title would tell what they are about.
    """
    if person.is_staff or not person.is_tester:
        return QueryString("true" if person.is_staff else "false")
    # Not EXISTS, which the planner turns into a look at every report there is.
    return QueryString(
        "((SELECT 1 FROM reports WHERE reports.proposal = p.id AND {} LIMIT 1) = 1"
        " OR (SELECT 1 FROM reports WHERE reports.proposal = p.id LIMIT 1) IS NULL"
        " OR (SELECT 1 FROM shipments s WHERE s.proposal = p.id"
        "  AND s.shipped_at IS NOT NULL LIMIT 1) = 1)",
        reports.visible_to(person),
    )


def require_can_triage(person: Person) -> None:
    require_staff(person)


def refuse_stranger() -> NotAllowed:
    return NotAllowed(
        Text(
            "只有提交者和说过「我也是」的人能验证",
            "Only its reporter and those who said “me too” can verify it",
        )
    )
