"""Numbers of reports and proposals, as people and programs write them."""

from __future__ import annotations

import json

import pytest

from cli import ids


@pytest.mark.parametrize("written", ["R-12", "r-12", "12", " R-12 "])
def test_a_report_by_any_of_its_spellings(written: str) -> None:
    assert ids.number(written, "R") == "R-12"


@pytest.mark.parametrize(
    "written", ["", "R-", "R-0", "R-012", "P-12", "R12", "-12", "R-12a", "R-1 2", "１２", "9" * 19]
)
def test_what_is_no_report(written: str) -> None:
    with pytest.raises(ids.BadIdError):
        ids.number(written, "R")


def test_a_bare_number_is_of_the_kind_that_is_wanted() -> None:
    assert ids.number("3", "P") == "P-3"
    with pytest.raises(ids.BadIdError, match="proposal"):
        ids.number("R-3", "P")


def test_lines_of_words_and_of_json_mix() -> None:
    lines = ["R-1 2\tr-3", "", json.dumps({"id": "R-4", "title": "相机 R-9"}), "  5  "]
    assert list(ids.read(lines, "R")) == ["R-1", "R-2", "R-3", "R-4", "R-5"]


@pytest.mark.parametrize("line", ['{"id": 12}', '{"title": "x"}', "{", '{"id": "P-3"}'])
def test_json_without_a_usable_id(line: str) -> None:
    with pytest.raises(ids.BadIdError):
        list(ids.read([line], "R"))


def test_each_id_counts_once_and_keeps_its_place() -> None:
    assert ids.gather(("R-2", "1", "r-2"), "R") == ["R-2", "R-1"]
