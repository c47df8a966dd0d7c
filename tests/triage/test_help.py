"""What every command says of itself: pinned in help/, with examples that work, in 80 columns."""

from __future__ import annotations

import io
import re
import shlex
from typing import Any

import click
import pytest
from rich.cells import cell_len

from tests.triage.commands import command_of, every
from tests.triage.helps import HELP, help_of, pinned

NAMES = [name for name, _ in every()]


@pytest.mark.parametrize("name", NAMES)
def test_the_help_is_as_agreed(name: str) -> None:
    assert pinned(name).exists(), "it is new: python -m tests.triage.helps writes it down"
    agreed = pinned(name).read_text(encoding="utf-8")
    assert help_of(name) == agreed, "changed on purpose? python -m tests.triage.helps"


def test_nothing_is_agreed_on_that_is_no_command() -> None:
    assert set(HELP.iterdir()) == {pinned(name) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_a_terminal(name: str) -> None:
    for line in help_of(name).splitlines():
        assert cell_len(line) <= 80, line
        assert not re.match(r"  [a-z].*\.\.\.$", line), f"cut off: {line}"


@pytest.mark.parametrize(("name", "command"), every(), ids=NAMES)
def test_everything_is_explained(name: str, command: click.Command) -> None:
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name
    acts = not isinstance(command, click.Group) or (name and command.invoke_without_command)
    if acts and name != "completion":
        assert "--json" in {flag for option in command.params for flag in option.opts}


def examples_of(name: str) -> list[str]:
    """Its command lines; one that goes on behind a backslash is one."""
    text = help_of(name).partition("Examples:\n")[2]
    return [line.strip() for line in re.sub(r"\\\n\s*", "", text).splitlines() if line.strip()]


@pytest.mark.parametrize("name", NAMES)
def test_its_examples_are_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are read as the command reads them, and not run."""
    monkeypatch.setattr(click.File, "convert", lambda *_: io.StringIO())
    called = [
        read(words[1:])
        for example in examples_of(name)
        for words in piped(example)
        if words[0] == "triage"
    ]
    assert any(one == name or one.startswith(f"{name} ") or not name for one in called), called


def piped(line: str) -> list[list[str]]:
    """The commands of a line of the shell, without what is set for them and where files go."""
    words = shlex.shlex(re.sub(r"\$\(.*\)", "A-1", line), posix=True, punctuation_chars="<>|")
    words.whitespace_split = True
    parts: list[list[str]] = [[]]
    to_file = False
    for word in words:
        if word == "|":
            parts.append([])
        elif not (to_file or word in ("<", ">") or re.match(r"[A-Z_]+=", word)):
            parts[-1].append(word)
        to_file = word in ("<", ">")
    return parts


def read(words: list[str]) -> str:
    name = command_of(words)
    command: Any = dict(every())[name]
    command.make_context(f"triage {name}", words[len(name.split()) :])
    return name
