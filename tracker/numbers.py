"""How reports, proposals and acts are called: R-12, P-3, A-7."""

from __future__ import annotations

import re

from tracker.errors import NotFound

BIGGEST = 2**63 - 1
"""No column of numbers holds more."""

_NUMBER = re.compile(r"([RPA])-([1-9][0-9]{0,18})", re.ASCII)


def report_number(name: str) -> int:
    """12 for `R-12`. Anything else is the address of nothing."""
    return _number("R", name)


def proposal_number(name: str) -> int:
    """3 for `P-3`. Anything else is the address of nothing."""
    return _number("P", name)


def act_number(name: str) -> int:
    """7 for `A-7`. Anything else is the address of nothing."""
    return _number("A", name)


def _number(letter: str, name: str) -> int:
    found = _NUMBER.fullmatch(name)
    if found is None or found[1] != letter:
        raise NotFound
    number = int(found[2])
    if number > BIGGEST:
        raise NotFound
    return number
