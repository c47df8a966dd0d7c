"""What is piped in."""

from __future__ import annotations

import sys

import click


def text() -> str:
    """All of stdin. Bytes that are no text are wrong usage."""
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise click.UsageError("stdin is not text in UTF-8") from error


def at_terminal() -> bool:
    """Whether a person could be asked; a closed stdin is nobody."""
    return sys.stdin is not None and sys.stdin.isatty()
