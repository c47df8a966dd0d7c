"""What the papers say is so: commands, options, settings, people, files and links."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main

from cli.main import app as triage
from tracker import __version__
from tracker.commands import app as tracker
from tracker.sample import CAST, INVITATION, PASSWORD
from tracker.settings import described

ROOT = Path(__file__).parents[2]
PAPERS = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/git.md",
    "docs/mipush.md",
    "docs/triage.md",
    "docs/webhooks.md",
)
README = (ROOT / "README.md").read_text()

# Click's commands, and typer's own copy of them, which has other types for the same things.
COMMANDS: dict[str, Any] = {"tracker": typer.main.get_command(tracker), "triage": triage}


class Refused(Exception):
    """A command line that the command would not take."""


def code_of(paper: str) -> list[str]:
    """Every line of a block and every piece within a line."""
    text = (ROOT / paper).read_text()
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    return [*lines, *re.findall(r"`([^`\n]+)`", rest)]


def commands_of(paper: str) -> list[str]:
    """Command lines of ours, without what stands before them or is a remark."""
    found: list[str] = []
    for line in code_of(paper):
        for part in re.sub(r"(^|\s)#.*", "", line).split(" | "):
            part = re.sub(r"^(\w+=\S+ )+| [<>] \S+$", "", part.strip())
            if re.match(rf"({'|'.join(COMMANDS)}) [a-z-]", part):
                found.append(part)
    return found


def said(line: str) -> list[str]:
    """The names of the command that a line calls, which is made ready but not run."""
    name, *words = shlex.split(line)
    command = COMMANDS[name]
    path = [name]
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        command = command.commands.get(words[0])
        if command is None:
            raise Refused(f"no such command: {line}")
        path.append(words.pop(0))
    needs = [
        one.name for one in command.params if one.required and one.param_type_name == "argument"
    ]
    # A bare mention is no call: it need not say on what.
    if words or not needs:
        try:
            command.make_context(path[-1], words)
        except Exception as problem:
            raise Refused(f"{line}: {problem}") from problem
    return path


@pytest.mark.parametrize(
    ("paper", "line"), [(paper, line) for paper in PAPERS for line in commands_of(paper)]
)
def test_every_command_is_one(paper: str, line: str) -> None:
    said(line)


def leaves(command: Any, path: tuple[str, ...]) -> set[str]:
    """The names of every command below one, each in a line."""
    if not hasattr(command, "commands"):
        return {" ".join(path)}
    return {
        leaf for name, below in command.commands.items() for leaf in leaves(below, (*path, name))
    }


def test_the_readme_tells_of_all_commands() -> None:
    told = {" ".join(said(line)) for line in commands_of("README.md")}
    for name, command in COMMANDS.items():
        assert leaves(command, (name,)) <= told


def test_a_command_that_is_none_would_be_noticed() -> None:
    for line in ("tracker serv --port 1", "tracker serve --prot 1", "triage fix 12 --model"):
        with pytest.raises(Refused):
            said(line)


def test_the_readme_tells_of_all_settings_and_no_others() -> None:
    rows = re.findall(r"^\| `(TRACKER_\w+)` \| (.*?) \| (.*) \|$", README, re.MULTILINE)
    assert rows == [
        (each.variable, f"`{each.default}`" if each.default else "not set", each.help)
        for each in described()
    ]


@pytest.mark.parametrize("paper", PAPERS)
def test_every_variable_is_one(paper: str) -> None:
    known = {each.variable for each in described()} | {"TRACKER_TEST_DATABASE_URL"}
    assert set(re.findall(r"TRACKER_[A-Z_]+", (ROOT / paper).read_text())) <= known


@pytest.mark.parametrize("paper", PAPERS)
def test_every_make_is_one(paper: str) -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    variables = set(re.findall(r"^([A-Z]+) \?=", makefile, re.MULTILINE))
    for line in code_of(paper):
        if line.startswith("make "):
            words = shlex.split(line, comments=True)[1:]
            assert words[0] in targets, line
            assert {word.partition("=")[0] for word in words[1:]} <= variables, line


def test_the_cast_is_the_one_of_the_sample_programme() -> None:
    table = README.partition("| who |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [one.handle for one in CAST]
    assert f"`{PASSWORD}`" in README
    assert f"`/join/{INVITATION}`" in README


def anchors(file: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", file.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("paper", PAPERS)
def test_links_and_pictures_lead_somewhere(paper: str) -> None:
    text = (ROOT / paper).read_text()
    for link in re.findall(r"\]\(([^)]+)\)|(?:src|href)=\"([^\"]+)\"", text):
        target, _, anchor = "".join(link).partition("#")
        if "://" in target:
            continue
        file = (ROOT / paper).parent / target if target else ROOT / paper
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), link


@pytest.mark.parametrize("paper", PAPERS)
def test_files_that_are_named_are_there(paper: str) -> None:
    """From the top of the checkout, from `tracker/`, or in some room of it."""
    for piece in code_of(paper):
        if not re.fullmatch(r"[\w./-]*(/|\.(py|html|toml|txt|md))", piece):
            continue
        places = (ROOT / piece, ROOT / "tracker" / piece, *(ROOT / "tracker").glob(f"*/{piece}"))
        assert any(place.exists() for place in places), piece


def test_the_rooms_are_all_told_of() -> None:
    rooms = {path.parent.name for path in (ROOT / "tracker").glob("*/__init__.py")}
    told = set(re.findall(r"`(\w+)/?`", (ROOT / "ARCHITECTURE.md").read_text()))
    assert rooms - {"commands", "piccolo_migrations"} <= told
    told = set(re.findall(r"`(?:tracker/)?(\w+)/?`", README.partition("## The map")[2]))
    assert rooms - {"commands", "embedded", "piccolo_migrations"} <= told


def test_the_changelog_is_of_this_version() -> None:
    (newest, *_) = re.findall(
        r"^## \[([\d.]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert newest == __version__
    assert f"orange_friday-{__version__}-py3-none-any.whl" in README
