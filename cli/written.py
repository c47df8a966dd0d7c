"""TEXT arguments: given, from stdin with `-`, or written in the user's editor."""

from __future__ import annotations

import click

from cli import stdin
from cli.exits import Exit, TriageError

_CUT = "# ------------------------ >8 ------------------------"


def obtain(given: str | None, *, what: str, context: str = "") -> str:
    """The text of a message, a question or a reason.

    Without one, a terminal gets `$VISUAL` or `$EDITOR` with `context` shown below a line,
    from which on everything is left out. An empty text is a refusal: nothing is sent.
    """
    if given == "-":
        text = stdin.text()
    elif given is not None:
        text = given
    elif stdin.at_terminal():
        text = _edit(what, context)
    else:
        raise click.UsageError(f"give the {what}, or - to read it from stdin")
    text = text.strip()
    if not text:
        raise TriageError(Exit.REFUSED, f"the {what} is empty: nothing was sent")
    return text


def _edit(what: str, context: str) -> str:
    hint = [_CUT, f"# Write the {what} above this line. Left empty, nothing is sent."]
    hint += [f"# {line}".rstrip() for line in context.splitlines()]
    edited = click.edit("\n\n" + "\n".join(hint) + "\n", extension=".md")
    return str(edited or "").partition(_CUT)[0]


def only_one_stdin(words: tuple[str, ...], *texts: str | None) -> None:
    """Ids and a text cannot both be read from stdin."""
    if [*words, *texts].count("-") > 1:
        raise click.UsageError("only one thing can be read from stdin with -")
