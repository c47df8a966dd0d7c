"""Who may see a report, and who may do what to it."""

from __future__ import annotations

from piccolo.querystring import QueryString

from tracker.errors import NotAllowed
from tracker.language import Text
from tracker.people.access import require_captain, require_staff, require_tester
from tracker.people.tables import Person
from tracker.reports.tables import Report


def visible_to(person: Person) -> QueryString:
    """The condition on `reports` under which a row exists for this person.

    Nothing for those outside the closed beta; everything for the team; for a tester all but
    the private ones of others.
    """
    if not person.is_tester:
        return QueryString("false")
    if person.is_staff:
        return QueryString("true")
    return QueryString("(NOT reports.private OR reports.reporter = {})", person.id)


def require_can_file(person: Person) -> None:
    require_tester(person)


def require_can_triage(person: Person) -> None:
    require_staff(person)


def require_can_give_modules(person: Person) -> None:
    require_captain(person)


def require_reporter(person: Person, report: Report) -> None:
    if report.reporter != person.id:
        raise NotAllowed(Text("只有提交者本人能这样做", "Only the person who filed it can do this"))


def may_close(person: Person, report: Report) -> bool:
    return person.is_staff or report.reporter == person.id
