"""Reading files row by row."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tracker.importing.files import LONGEST, Row, Unreadable, reading


def read(tmp_path: Path, name: str, content: str | bytes) -> list[tuple[int, Any]]:
    """Line and values, or line and reason."""
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with reading(file) as found:
        rows = list(found.rows)
        assert found.position == found.size
    return [
        (row.line, dict(row.values)) if isinstance(row, Row) else (row.line, row.reason)
        for row in rows
    ]


def test_a_row_is_called_by_the_line_on_which_it_begins(tmp_path: Path) -> None:
    table = 'a,b\r\n1,"two\r\nlines"\r\n\r\n3,four\r\n5\r\n'
    assert read(tmp_path, "x.csv", "\ufeff" + table) == [
        (2, {"a": "1", "b": "two\r\nlines"}),
        (5, {"a": "3", "b": "four"}),
        (6, {"a": "5"}),
    ]
    lines = '{"a": 1}\n\n{"a": {"b": [2]}}\nnot json\n[1]\n{"a": 3}'
    found = read(tmp_path, "x.jsonl", lines)
    assert [line for line, _ in found] == [1, 3, 4, 5, 6]
    assert found[1] == (3, {"a": {"b": [2]}})
    assert "not a JSON object" in found[2][1]
    assert found[4] == (6, {"a": 3})


def test_yaml_is_text_as_it_was_written(tmp_path: Path) -> None:
    """Neither 12.10 nor 2026-11-27 nor no may turn into something else."""
    text = "# head\n- version: 12.10\n  on: 2026-11-27\n  no: ~\n- [1]\n- version: '~'\n  x: {y: [no]}\n"
    assert read(tmp_path, "x.yml", text) == [
        (2, {"version": "12.10", "on": "2026-11-27", "no": None}),
        (5, "not a mapping of fields to values"),
        (6, {"version": "~", "x": {"y": ["no"]}}),
    ]
    assert read(tmp_path, "x.yaml", "a: 1\n---\na: 2\n") == [(1, {"a": "1"}), (3, {"a": "2"})]


def test_torn_files_are_read_up_to_the_tear(tmp_path: Path) -> None:
    found = read_leniently(tmp_path / "x.yml", "- a: 1\n- a: 2\n- a: [\n- b: }\n")
    assert [row.values for row in found if isinstance(row, Row)] == [{"a": "1"}, {"a": "2"}]
    assert isinstance(found[-1], Unreadable)
    deep = "- " + "[" * 2000 + "]" * 2000
    assert [type(row) for row in read_leniently(tmp_path / "y.yml", deep)] == [Unreadable]
    found = read_leniently(tmp_path / "x.csv", 'a,b\n1,2\n3,"never closed\n5,6\n')
    assert [row.line for row in found] == [2, 3]
    assert isinstance(found[-1], Unreadable)
    long = '{"a": "' + "x" * LONGEST + '"}\n{"a": 1}\n'
    first, second = read_leniently(tmp_path / "x.jsonl", long)
    assert isinstance(first, Unreadable)
    assert isinstance(second, Row)


def read_leniently(file: Path, content: str) -> list[Row | Unreadable]:
    file.write_text(content)
    with reading(file) as found:
        return list(found.rows)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "yml"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, suffix: str) -> None:
    def content(rows: int) -> Iterator[str]:
        if suffix == "csv":
            yield "a,b\n"
        pattern = {
            "csv": "{n},{x}\n",
            "jsonl": '{{"a": {n}, "b": "{x}"}}\n',
            "yml": "- a: {n}\n  b: {x}\n",
        }
        for n in range(rows):
            yield pattern[suffix].format(n=n, x="x" * 200)

    def peak(rows: int) -> int:
        file = tmp_path / f"{rows}.{suffix}"
        with file.open("w", buffering=io.DEFAULT_BUFFER_SIZE) as out:
            out.writelines(content(rows))
        tracemalloc.start()
        with reading(file) as found:
            assert sum(1 for _ in found.rows) == rows
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(20_000) < peak(2_000) * 1.5
