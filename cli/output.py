"""Where words go: results to stdout, everything else to stderr, nothing harmful to either."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, TextIO

import click

from cli.exits import Thing, TriageError

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDE = 1000
"""Columns of an output that is no terminal: wide enough that nothing is cut for grep."""

# Reports come from strangers. Control characters could drive the reader's terminal, and marks
# of writing direction could show text in an order it does not have.
_HARMFUL = [
    *(code for code in range(0x20) if chr(code) not in "\n\t"),
    *range(0x7F, 0xA0),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
]
_SHOWN = dict.fromkeys(_HARMFUL, "\N{REPLACEMENT CHARACTER}") | {0x0D: None}
_ESCAPED = {code: f"\\u{code:04x}" for code in _HARMFUL}


def clean(text: object) -> str:
    """Text from anywhere, safe to print: control characters show as a replacement mark."""
    return str(text).translate(_SHOWN)


def colour() -> bool | None:
    """False where NO_COLOR is set (to anything but nothing); None: whatever stdout is."""
    return False if os.environ.get("NO_COLOR") else None


def json_line(thing: Thing, *, err: bool = False) -> None:
    """One object on one line; Chinese stays readable, control characters are escaped."""
    text = json.dumps(thing, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
    click.echo(text, err=err)


def line(sentence: str) -> None:
    """One line of a result; an id at its head stands out."""
    click.echo(clean(sentence))


def failure(trouble: TriageError, *, about: str = "", as_json: bool = False) -> None:
    """Say what was not done, and what the server said about single fields."""
    if as_json:
        json_line(trouble.document(about), err=True)
        return
    message = trouble.message
    if about and about not in message:
        message = f"{about}: {message}"
    click.echo(f"{click.style('triage:', fg='red')} {clean(message)}", err=True)
    for field, words in trouble.fields:
        click.echo(clean(f"  {field}: {words}" if field else f"  {words}"), err=True)


def width() -> int:
    """Columns to fill: the terminal's, else COLUMNS if it is set, else plenty."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return max(20, shutil.get_terminal_size((80, 24)).columns)
    return WIDE


def picture(thing: RenderableType, file: TextIO | None = None) -> None:
    """Print something of rich's. Lines end where their text does, not at the column's edge."""
    from rich.console import Console

    out = file or sys.stdout
    console = Console(
        file=out,
        width=width(),
        color_system="auto" if colour() is None else None,
        highlight=False,
        markup=False,
        emoji=False,
    )
    with console.capture() as captured:
        console.print(thing)
    for text in captured.get().splitlines():
        click.echo(text.rstrip(), file=out)
