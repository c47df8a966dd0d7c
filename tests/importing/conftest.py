"""The real `tracker import` process, on the database of the session.

async def test_…(bring_in, api_of):
    ran = await bring_in("devices", "codename,name\\nfuxi,Xiaomi 13\\n")
    assert (ran.code, ran.out) == (0, "device models: 1 added, …")
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from tests.forks import run_tracker

LONGEST = 60.0
"""Seconds that an import of a few rows may take on a busy machine."""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


class BringIn(Protocol):
    async def __call__(
        self, what: str, content: str | Path, *options: str, kind: str = "csv"
    ) -> Ran:
        """`content` is a file, or what is put into one called `given.KIND`."""


@pytest.fixture
def bring_in(tmp_path: Path, tracker_environment: Mapping[str, str]) -> BringIn:
    async def run(what: str, content: str | Path, *options: str, kind: str = "csv") -> Ran:
        file = content
        if isinstance(file, str):
            file = tmp_path / f"given.{kind}"
            file.write_bytes(str(content).encode("utf-8", "surrogateescape"))
        words = ("import", what, str(file), *options)
        code, out, err = await asyncio.to_thread(
            run_tracker, words, tracker_environment, "", longest=LONGEST
        )
        return Ran(code, out.strip(), err.strip())

    return run
