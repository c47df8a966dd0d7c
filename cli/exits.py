"""How a command ends: exit codes, and the one exception that carries them."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

Thing = dict[str, Any]
"""A JSON object of the API."""


class Exit(IntEnum):
    """What a script reads from `$?`. A higher number is the worse end of a bulk command."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NOT_ALLOWED = 3
    NOT_FOUND = 4
    OUT_OF_REACH = 5


class TriageError(Exception):
    """A command, or one id of a bulk command, that was not done.

    `final` means that no other id could fare better: a bulk command stops there.
    """

    def __init__(
        self,
        code: Exit,
        message: str,
        *,
        problem: Thing | None = None,
        final: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.problem = problem or {}
        self.final = final

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What the server said about single fields: (field, message)."""
        errors = self.problem.get("errors")
        if not isinstance(errors, list):
            return []
        return [
            (str(error.get("field", "")), str(error.get("message", "")))
            for error in errors
            if isinstance(error, dict)
        ]

    def document(self, about: str = "") -> Thing:
        """The failure as `--json` prints it to stderr: a problem document and the exit code."""
        return {
            "type": self.problem.get("type", "about:blank"),
            "title": self.problem.get("title", self.message),
            "status": self.problem.get("status"),
            "detail": self.problem.get("detail") or self.message,
            "errors": self.problem.get("errors") or [],
            "about": about or None,
            "exit": int(self.code),
        }
