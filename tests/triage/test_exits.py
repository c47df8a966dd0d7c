"""How every command ends, whoever calls it, and what it prints: exits.txt against a live server."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import click
import pytest
from litestar import Litestar
from rich.cells import cell_len

from tests.audit.programme import Names, names
from tests.audit.test_openapi import Description
from tests.forks import Forks
from tests.live import Filed
from tests.triage import endings, shapes
from tests.triage.commands import every, leaves, run_here
from tests.triage.endings import COLUMNS, Line, Stage

LINES = endings.read()
LONG = "打开相机后闪退，尤其是夜间模式下切换前后镜头的时候，每次都会这样，重启手机也没有用"

__all__ = ["names"]


@pytest.fixture
def stage(live_server: str, tmp_path: Path, forks: Forks) -> Stage:
    return Stage(live_server, tmp_path, forks)


@pytest.fixture
def description(app: Litestar) -> Description:
    return Description(app.openapi_schema.to_schema())


async def played(stage: Stage, names: Names, filed: Filed) -> AsyncIterator[tuple[Line, Names]]:
    """The lines in their order, each with what it is about."""
    await filed(LONG)
    for line in LINES:
        there = dict(names)
        if "{new}" in line.written:
            there["new"] = await filed(LONG)
        if "{fresh}" in line.written or "{linked}" in line.written:
            there["linked"] = await filed(LONG)
            made = Line((), f"propose {there['linked']} --json")
            there["fresh"] = (await stage.run(made, "captain", names)).thing["id"]
        yield line, there


def test_every_command_has_its_lines() -> None:
    done = {line.command for line in LINES if line.code("captain") == 0}
    assert set(leaves()) == done
    takes_ids = {
        name
        for name, command in every()
        for param in command.params
        if isinstance(param, click.Argument) and re.search(r"[RPA]-\d|ID…", str(param.metavar))
    }
    assert takes_ids <= {line.command for line in LINES if line.code("captain") == 4}


@pytest.mark.parametrize("name", leaves())
def test_what_it_does_not_know_is_wrong_usage(name: str) -> None:
    ran = run_here(*name.split(), "--no-such-option")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert f"Usage: triage {name}" in ran.stderr


_SAID = ("triage: ", "Usage: ")


async def test_every_line_ends_as_it_says(stage: Stage, names: Names, filed: Filed) -> None:
    """And nothing that is printed at 80 columns is wider, with Chinese in it."""
    wrong = []
    async for line, there in played(stage, names, filed):
        # The captain comes last, who does it.
        for who in reversed(COLUMNS):
            ran = await stage.run(line, who, there)
            if ran.code != line.code(who):
                wrong.append(f"{line} as {who}: {ran.code} {ran.out}{ran.err}")
            if "\x1b" in ran.out + ran.err:
                wrong.append(f"{line}: colours where there is no terminal")
            said = (*_SAID, '{"type":') if "--json" in str(line) else _SAID
            if ran.code and not (ran.err.startswith(said) or "(y/n)" in ran.err):
                wrong.append(f"{line}: does not say why: {ran.err}")
            rows = ran.out.splitlines()
            if len(rows) > 1 and line.command not in ("export", "completion"):
                wrong += [f"{line}: too wide: {row}" for row in rows if cell_len(row) > 80]
    assert not wrong, "\n".join(wrong)


async def test_every_line_prints_what_the_paper_says(
    stage: Stage, names: Names, filed: Filed, description: Description
) -> None:
    paper, wrong = shapes.told(), []
    schemas = description.document["components"]["schemas"]
    async for line, there in played(stage, names, filed):
        if line.command == "completion" or line.code("captain") == 2:
            continue
        ran = await stage.run(line, "captain", there, "--json")
        assert ran.code == line.code("captain"), f"{line}: {ran}"
        for thing in ran.things:
            fitting = [
                one
                for one in paper[line.command]
                if (
                    thing.keys() == shapes.example(one).keys()
                    if one.startswith("{")
                    else not description.problems(schemas[one], thing)
                )
            ]
            if not fitting:
                wrong.append(f"{line}: {ran.out[:200]} is none of {paper[line.command]}")
        for problem in ran.problems if ran.code else ():
            assert problem.keys() == shapes.PROBLEM
            assert problem["exit"] == ran.code
    assert not wrong, "\n".join(wrong)


def test_the_paper_has_every_command_and_no_other() -> None:
    assert shapes.told().keys() == set(leaves())


def test_the_objects_are_as_agreed(description: Description) -> None:
    found = shapes.as_text(description.document["components"]["schemas"])
    agreed = shapes.SHAPES.read_text(encoding="utf-8")
    assert found == agreed, "changed on purpose? python -m tests.triage.shapes"
