"""Reading exits.txt, and running its lines against the live server."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from tests.audit.programme import Names
from tests.cast import bearer_token
from tests.forks import Forks
from tests.live import Ran, run_triage
from tests.triage.commands import command_of, run_here

SHEET = Path(__file__).with_name("exits.txt")

COLUMNS = ("captain", "tester", "nobody", "away")
HANDLES = {"captain": "cai", "tester": "alice", "away": "cai"}
NOBODY_THERE = "http://127.0.0.1:9"
"""The port of `discard`, which nobody listens on."""


@dataclass(frozen=True)
class Line:
    codes: tuple[int, ...]
    written: str

    @property
    def command(self) -> str:
        return command_of(shlex.split(self.written))

    def code(self, who: str) -> int:
        return self.codes[COLUMNS.index(who)]

    def __str__(self) -> str:
        return f"{' '.join(map(str, self.codes))}  {self.written}"


def read() -> list[Line]:
    lines = []
    for text in SHEET.read_text(encoding="utf-8").splitlines():
        if text and not text.startswith("#"):
            *codes, written = text.split(maxsplit=len(COLUMNS))
            lines.append(Line(tuple(map(int, codes)), written))
    return lines


@dataclass(frozen=True)
class Stage:
    """The server, and where those who call have their logins."""

    url: str
    home: Path
    forks: Forks

    async def run(self, line: Line, who: str, names: Names, *more: str, columns: int = 80) -> Ran:
        """The command of a line, called by one of the columns. `more` goes behind it."""
        written, _, piped = line.written.partition(" <<< ")
        here = NOBODY_THERE if who == "away" else self.url
        token = bearer_token(HANDLES.get(who, "nobody"))
        known = {**names, "url": here, "token": token}
        words = [word.format_map(known) for word in shlex.split(written)]
        environment = {"TRIAGE_CONFIG_DIR": str(self.home / who), "COLUMNS": str(columns)}
        if who != "nobody" and line.command not in ("login", "logout"):
            environment |= {"TRIAGE_URL": here, "TRIAGE_TOKEN": token}
        if who in ("nobody", "away") and line.command != "login":
            # No server is asked, so it may block here.
            ended = run_here(*words, *more, environment=environment, stdin=piped.format_map(known))
            return Ran(ended.exit_code, ended.stdout, ended.stderr)
        return await run_triage(
            *words,
            *more,
            environment=environment,
            stdin=piped.format_map(known),
            forks=self.forks,
        )


__all__ = ["COLUMNS", "Line", "Stage", "read"]
