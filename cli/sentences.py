"""Sentences for one-line results. No rich in here: most commands end with one such line."""

from __future__ import annotations

from typing import Any

from cli.exits import Thing


def label(word: Any) -> str:
    """An API word for reading: `needs_info` is `needs info`, null is a dash."""
    return str(word).replace("_", " ") if word else "–"


def status(report: Thing) -> str:
    return label(report.get("status"))


def count(number: int, noun: str) -> str:
    if number == 1:
        return f"{number} {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("ry") else f"{number} {noun}s"


def waiting(report: Thing) -> str:
    """Who has to do what before a severe report is closed; nothing if it does not wait."""
    pending = report.get("pending_closure")
    if not pending:
        return ""
    by, reason = pending.get("by"), pending.get("reason")
    who = "an engineer" if by == report.get("reporter") else f"an engineer other than {by}"
    return (
        f"not closed yet: {by} asks to close it as {label(reason)}. It is severe, so {who} must "
        f"confirm, with: triage close {report.get('id')} --reason {reason} --text …"
    )


def models(names: list[str] | None) -> str:
    return f"for {', '.join(names)}" if names else "for all models"
