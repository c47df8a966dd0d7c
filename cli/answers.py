"""Answers to questions that nobody of the team has taken up yet."""

from __future__ import annotations

from itertools import islice

from cli.client import Client
from cli.exits import Exit, Thing, TriageError

_LOOK_BACK = 100
"""Notices of a person that are looked through, the newest: one request."""


def awaiting(server: Client, handle: str) -> list[Thing]:
    """Reports whose reporter has answered this engineer, the one who waits longest first.

    Found by the engineer's own notices, since an answer puts a report back where it stood,
    which need not be the queue of the new ones. One request more for each report found.
    """
    notices = islice(server.items("notices", {"person": handle}, _LOOK_BACK), _LOOK_BACK)
    names = [
        str(name)
        for notice in notices
        if notice.get("kind") == "answer"
        for name in notice.get("reports") or []
    ]
    found = [_unless_taken_up(server, name) for name in reversed(list(dict.fromkeys(names)))]
    return [report for report in found if report is not None]


def _unless_taken_up(server: Client, name: str) -> Thing | None:
    """The report as lists have it, if its last word to everybody is an answer."""
    try:
        report = server.get(f"reports/{name}")
    except TriageError as failure:
        if failure.code == Exit.NOT_FOUND:
            return None
        raise
    said = [message for message in report.pop("messages", []) if not message.get("internal")]
    report.pop("timeline", None)
    if report.get("status") == "closed" or not said or said[-1].get("kind") != "answer":
        return None
    return report
