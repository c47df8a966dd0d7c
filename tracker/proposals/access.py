"""Who may see proposals, and who works on them."""

from __future__ import annotations

from tracker.errors import NotAllowed
from tracker.language import Text
from tracker.people.access import require_staff, require_tester
from tracker.people.tables import Person


def require_can_see(person: Person) -> None:
    """Testers see what their reports became; those outside the closed beta see nothing."""
    require_tester(person)


def require_can_triage(person: Person) -> None:
    require_staff(person)


def refuse_stranger() -> NotAllowed:
    return NotAllowed(
        Text(
            "只有提交者和说过「我也是」的人能验证",
            "Only its reporter and those who said “me too” can verify it",
        )
    )
