"""How an import says no: to one row, or to the whole command."""

from __future__ import annotations


class Refused(Exception):
    """One row that is left out. The message says why."""


class WrongUse(Exception):
    """The command cannot be carried out as it was given. Nothing has been stored."""
