"""What somebody sees of an import while it runs: a bar on a terminal, and every refused row."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Told:
    """For a pipe or a file: refused rows alone, one a line, on standard error."""

    def refuse(self, line: int, reason: str) -> None:
        sys.stderr.write(f"line {line}: {' '.join(reason.split())}\n")

    def advance(self, position: int) -> None:
        """`position` is in bytes of the file."""


@contextmanager
def telling(what: str, size: int) -> Iterator[Told]:
    """On a terminal, a bar that stands below the refused rows and goes away at the end."""
    if not sys.stderr.isatty():
        yield Told()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    console = Console(stderr=True)
    bar = Progress(
        "{task.description}",
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )

    class OnTerminal(Told):
        def refuse(self, line: int, reason: str) -> None:
            text = f"line {line}: {' '.join(reason.split())}"
            console.print(text, markup=False, highlight=False, soft_wrap=True)

        def advance(self, position: int) -> None:
            bar.update(task, completed=position)

    with bar:
        task = bar.add_task(what, total=max(size, 1))
        yield OnTerminal()
