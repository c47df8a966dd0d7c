"""Whoever runs the server does it with the `tracker` command. Here it is the real one."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running.commands import Serving, Tracker
from tracker import __version__


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "told"),
    [
        (["person", "add", "alice", "--role", "fan"], "", 1, "“alice” is taken"),
        (["person", "add", "a b", "--role", "fan"], "", 1, "A handle is made of"),
        (["person", "add", "gina", "--role", "emperor"], "", 2, "--role"),
        (
            ["person", "add", "gina", "--role", "fan", "--password-stdin"],
            "short",
            1,
            "at least 8 characters",
        ),
        (["person", "password", "alice"], "12345678", 1, "first to be guessed"),
        (["person", "disable", "nobody-at-all"], "", 1, "nobody called"),
        (["invite", "--model", "no-such-model"], "", 1, "no device model"),
        (["sample"], "", 1, "goes into an empty database"),
        (["tick", "--now", "yesterday"], "", 2, "2026-11-27T17:00:00+08:00"),
        (["tick", "--now", "2026-11-27T17:00:00"], "", 2, "with its zone"),
        (["serve", "--port", "70000"], "", 2, "65535"),
        (["restore", "/no/such/file"], "", 1, "There is no file"),
        (["backup", "/no/such/directory/file"], "", 1, "cannot be written"),
    ],
)
def test_what_is_refused_says_why_in_a_sentence(
    served: tuple[Tracker, Serving], arguments: list[str], stdin: str, code: int, told: str
) -> None:
    ran = served[0](*arguments, stdin=stdin)
    assert (ran.code, ran.out) == (code, "")
    assert told in re.sub(r"[│\s]+", " ", ran.err)
    assert "Traceback" not in ran.err


def test_the_clocks_work_by_hand(served: tuple[Tracker, Serving]) -> None:
    ran = served[0]("tick", "--now", "2026-11-27T17:00:00+08:00")
    assert (ran.code, ran.out) == (0, ""), ran.err


def test_the_doctor(served: tuple[Tracker, Serving], place: Path) -> None:
    well = served[0]("doctor")
    assert well.code == 0, well.out
    for what in ("settings", "files", "data directory", "signing key", "database", "tables"):
        assert f"ok        {what}: " in well.out

    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql://me:hunter2@127.0.0.1:{nobody.getsockname()[1]}/tracker"
        ill = Tracker(place / "data", {"TRACKER_DATABASE_URL": url})("doctor")
    assert ill.code == 1
    assert "NOT WELL  database: The database at 127.0.0.1/tracker cannot be reached" in ill.out
    assert "hunter2" not in ill.out + ill.err


def test_a_setting_that_cannot_be_used(place: Path) -> None:
    for command in (["serve"], ["doctor"], ["token", "alice"], ["migrate"]):
        ran = Tracker(place / "data", {"TRACKER_FREEZE": "sometimes"})(*command)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.count("\n") == 1
        assert ran.err.startswith("TRACKER_FREEZE is 'sometimes', but it must be")
    assert not (place / "data").exists()


def test_the_tables_are_brought_up_to_date_once(tracker: Tracker) -> None:
    first, second = tracker("migrate"), tracker("migrate")
    assert (first.code, second.code) == (0, 0)
    assert "2026-11-22T12:00:00:000000" in first.out
    assert second.out == "The tables are up to date.\n"
    assert tracker.database() is None, "and the database it started for that is stopped"


def test_the_version_and_the_help(tracker: Tracker) -> None:
    assert tracker("--version").out.strip() == __version__
    told = tracker("--help").out
    for command in ("serve", "migrate", "sample", "person", "token", "invite", "tick", "backup"):
        assert command in told
    assert not tracker.data.exists()


def test_saying_little_takes_little() -> None:
    """Neither the web framework nor the database's libraries are loaded for the help."""
    script = (
        "import sys, tracker.commands\n"
        "print(sorted({'litestar', 'piccolo', 'asyncpg', 'structlog', 'uvicorn'} & set(sys.modules)))\n"
        "import tracker.people.actions\n"
        "print('litestar' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\nFalse\n"
