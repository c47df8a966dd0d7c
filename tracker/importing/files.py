"""Rows of a file, one at a time, whatever its size: .csv, .jsonl, .yml and .yaml.

Each row carries the line on which it begins. What cannot be read is handed on with its line and
the reason, and reading goes on behind it where that is possible.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import msgspec
import yaml

from tracker.importing.refusals import WrongUse

LONGEST = 4 * 1024 * 1024
"""Characters of a field in a table, bytes of a line of JSON: more is not one row of anything."""

DEEPEST = 40


class Row(msgspec.Struct, frozen=True):
    line: int
    values: Mapping[str, Any]


class Unreadable(msgspec.Struct, frozen=True):
    line: int
    reason: str


Rows = Iterator[Row | Unreadable]


class Reading:
    """A file being read. `columns` is known for tables alone: elsewhere each row has its own."""

    def __init__(self, file: BinaryIO, size: int, suffix: str) -> None:
        self._file = file
        self.size = size
        self.columns: list[str] | None = None
        if suffix == ".csv":
            # Bytes that are no UTF-8 come through as lone surrogates: their row alone is refused.
            self._text = io.TextIOWrapper(
                file, encoding="utf-8-sig", errors="surrogateescape", newline=""
            )
            self.columns, self.rows = _table(self._text)
        elif suffix == ".jsonl":
            self.rows = _json_lines(file)
        else:
            self.rows = _yaml_items(file)

    @property
    def position(self) -> int:
        """Bytes taken from the file so far, of `size`."""
        return self._file.tell()


@contextmanager
def reading(path: Path) -> Iterator[Reading]:
    """Open a file of a kind that we know. Raises WrongUse for any other."""
    suffix = path.suffix.lower()
    if suffix not in {".csv", ".jsonl", ".yml", ".yaml"}:
        raise WrongUse(f"{path.name}: it must be a .csv, .jsonl, .yml or .yaml file")
    try:
        file = path.open("rb")
    except OSError as problem:
        raise WrongUse(f"{path}: {problem.strerror or problem}") from None
    with file:
        yield Reading(file, path.stat().st_size, suffix)


def _table(text: TextIO) -> tuple[list[str], Rows]:
    csv.field_size_limit(LONGEST)
    # Strict, or one quotation mark too many would swallow the rest of the file.
    reader = csv.reader(text, strict=True)
    try:
        columns = next(reader)
    except StopIteration:
        raise WrongUse("the file is empty") from None
    except csv.Error as problem:
        raise WrongUse(f"the first line is not a list of columns: {problem}") from None
    return columns, _table_rows(reader, columns)


def _table_rows(reader: Any, columns: list[str]) -> Rows:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            yield Unreadable(line, f"not a row of a table: {problem}")
            continue
        if not cells:
            continue
        if len(cells) > len(columns):
            yield Unreadable(line, f"{len(cells)} cells, where there are {len(columns)} columns")
            continue
        yield Row(line, dict(zip(columns, cells, strict=False)))


def _json_lines(file: BinaryIO) -> Rows:
    decoder = msgspec.json.Decoder(dict[str, Any])
    line = 0
    while text := file.readline(LONGEST):
        line += 1
        if len(text) == LONGEST and not text.endswith(b"\n"):
            while rest := file.readline(LONGEST):
                if rest.endswith(b"\n"):
                    break
            yield Unreadable(line, f"a line of more than {LONGEST:,} bytes")
            continue
        if line == 1:
            text = text.removeprefix(b"\xef\xbb\xbf")
        if not text.strip():
            continue
        try:
            yield Row(line, decoder.decode(text))
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            yield Unreadable(line, f"not a JSON object: {problem}")


def _yaml_items(file: BinaryIO) -> Rows:
    """The items of a list at the top, or whole documents where those are mappings.

    Built from the parser's events, so that no more than one item is ever held, and every scalar
    stays the text that was written: a version 12.10 must not become the number 12.1.
    """
    events: Iterator[Any] = yaml.parse(file, Loader=yaml.CSafeLoader)
    line = 0
    try:
        for event in events:
            if isinstance(event, yaml.CollectionStartEvent | yaml.ScalarEvent | yaml.AliasEvent):
                line = _line(event)
                if isinstance(event, yaml.SequenceStartEvent):
                    yield from _yaml_list(events)
                else:
                    yield _yaml_row(event, events)
    except yaml.MarkedYAMLError as problem:
        if problem.problem_mark is not None:
            line = problem.problem_mark.line + 1
        yield Unreadable(line, f"not YAML from here on: {problem.problem}")
    except (yaml.YAMLError, RecursionError) as problem:
        yield Unreadable(line, f"not YAML from here on: {problem}")


def _yaml_list(events: Iterator[Any]) -> Rows:
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            return
        yield _yaml_row(event, events)


def _yaml_row(event: Any, events: Iterator[Any]) -> Row | Unreadable:
    line = _line(event)
    value = _yaml_value(event, events, DEEPEST)
    if isinstance(value, dict):
        return Row(line, value)
    return Unreadable(line, "not a mapping of fields to values")


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


class Reference(str):
    """A YAML alias (`*name`): what it points to is not kept, so it has no value."""

    __slots__ = ()


def _yaml_value(event: Any, events: Iterator[Any], depth: int) -> Any:
    if not depth:
        raise RecursionError("too deep")
    if isinstance(event, yaml.ScalarEvent):
        plain = event.implicit[0]
        return None if plain and event.value in {"", "~", "null", "Null", "NULL"} else event.value
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        for item in events:
            if isinstance(item, yaml.SequenceEndEvent):
                break
            items.append(_yaml_value(item, events, depth - 1))
        return items
    if isinstance(event, yaml.MappingStartEvent):
        mapping: dict[str, Any] = {}
        for key in events:
            if isinstance(key, yaml.MappingEndEvent):
                break
            name = _yaml_value(key, events, depth - 1)
            mapping[str(name)] = _yaml_value(next(events), events, depth - 1)
        return mapping
    return Reference(event.anchor)
