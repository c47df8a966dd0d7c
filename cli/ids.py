"""Numbers of reports, proposals, acts and deliveries, as people and programs write them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import click

from cli import stdin

_NUMBER = re.compile(r"(?:([RPA])-)?([1-9][0-9]{0,17})", re.IGNORECASE)
_NOUNS = {"R": "report", "P": "proposal", "A": "act", "": "delivery"}

PLAIN = ""
"""The letter of what has none: deliveries."""


class BadIdError(ValueError):
    """Something that is no number of the kind asked for."""


def number(text: str, letter: str) -> str:
    """`R-12` from `R-12`, `r-12` or `12`, where `letter` is the kind that is wanted."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None or (match[1] or letter).upper() != letter:
        raise BadIdError(
            f"{text!r} is not the number of a {_NOUNS[letter]}, such as {_named('12', letter)}"
        )
    return _named(match[2], letter)


def _named(digits: str, letter: str) -> str:
    return f"{letter}-{digits}" if letter else digits


def read(lines: Iterable[str], letter: str, seen: dict[str, int] | None = None) -> Iterator[str]:
    """Numbers from lines: separated by white space, or one JSON object with `id` a line, whose
    `revision` is kept in `seen`."""
    for line in lines:
        line = line.strip()
        if not line.startswith("{"):
            yield from (number(word, letter) for word in line.split())
            continue
        try:
            thing = json.loads(line)
            found = thing.get("id")
        except ValueError as error:
            raise BadIdError(f"not JSON: {line[:60]}") from error
        if not isinstance(found, int if letter == PLAIN else str):
            raise BadIdError(f"no id in {line[:60]}")
        name = number(str(found), letter)
        if seen is not None and isinstance(thing.get("revision"), int):
            seen[name] = thing["revision"]
        yield name


def gather(words: Iterable[str], letter: str, seen: dict[str, int] | None = None) -> list[str]:
    """All numbers of an argument list, each once, in order; `-` stands for those on stdin.

    Everything is read and checked before it returns, so that a typing error at the end
    does not leave half of the work done.
    """
    found: dict[str, None] = {}
    try:
        for word in words:
            if word == "-":
                found.update(dict.fromkeys(read(stdin.text().splitlines(), letter, seen)))
            else:
                found[number(word, letter)] = None
    except BadIdError as error:
        raise click.UsageError(str(error)) from error
    return list(found)


def checked(letter: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """What turns an argument or option into a number of this kind, or several into several."""

    def check(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
        try:
            if isinstance(value, tuple):
                return tuple(number(word, letter) for word in value)
            return value and number(value, letter)
        except BadIdError as error:
            raise click.BadParameter(str(error), ctx, param) from error

    return check


REPORT = checked("R")
PROPOSAL = checked("P")
ACT = checked("A")
