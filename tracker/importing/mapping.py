"""Which of a file's columns fills which of our fields, and which of its words means which of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tracker.importing.files import Reference, Row
from tracker.importing.refusals import Refused, WrongUse
from tracker.importing.values import Equivalents, spelling

ANY_OTHER = "*"


class Field(msgspec.Struct, frozen=True):
    """One of ours that a file may fill. `values`: what it may hold, by what others call it."""

    name: str
    help: str
    required: bool = False
    values: Equivalents | None = None


class Item(msgspec.Struct, frozen=True):
    """A row in our fields. Those without a value are absent; `raw` has the words as they were."""

    line: int
    values: Mapping[str, str]
    raw: Mapping[str, str]
    lists: Mapping[str, list[str]]

    def get(self, name: str, default: str = "") -> str:
        return self.values.get(name, default)


class FieldMap:
    """Reads rows by `--map FIELD=COLUMN`, `--set FIELD=VALUE` and `--value FIELD:THEIRS=OURS`.

    A field that is not mapped takes the column of its own name, where there is one. A set value
    stands in where a row has none. Raises WrongUse for what does not fit the fields or columns.
    """

    def __init__(
        self,
        fields: Sequence[Field],
        *,
        maps: Sequence[str],
        sets: Sequence[str],
        values: Sequence[str],
        columns: Sequence[str] | None,
    ) -> None:
        self._fields = {field.name: field for field in fields}
        mapped = dict(self._pair("--map", text) for text in maps)
        for column in mapped.values():
            if columns is not None and column not in columns:
                raise WrongUse(
                    f"--map: there is no column “{column}”. The columns are {', '.join(columns)}"
                )
        self.constants = dict(self._pair("--set", text) for text in sets)
        self._ours = {name: dict(field.values or {}) for name, field in self._fields.items()}
        for text in values:
            self._add_value(text)
        for name, value in self.constants.items():
            self.constants[name] = self._translated(self._fields[name], value, of="--set")
        self._columns = {name: mapped.get(name, name) for name in self._fields}
        if columns is not None:
            self._columns = {n: c for n, c in self._columns.items() if c in columns}
        for field in fields:
            if (
                field.required
                and field.name not in self._columns
                and field.name not in self.constants
            ):
                raise WrongUse(
                    f"“{field.name}” is missing: --map {field.name}=COLUMN, or"
                    f" --set {field.name}=VALUE for all of them"
                )
        self.unseen = set(mapped.values())
        """Columns that were mapped and have been in no row so far: a slip of the pen, perhaps."""

    def _pair(self, option: str, text: str) -> tuple[str, str]:
        name, equals, value = text.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not value:
            raise WrongUse(f"{option} {text}: it must look like {option} FIELD=…")
        if name not in self._fields:
            raise WrongUse(
                f"{option}: there is no field “{name}”. The fields are {', '.join(self._fields)}"
            )
        return name, value

    def _add_value(self, text: str) -> None:
        name, colon, rest = text.partition(":")
        theirs, equals, ours = rest.rpartition("=")
        if not colon or not equals:
            raise WrongUse(f"--value {text}: it must look like --value FIELD:THEIRS=OURS")
        field = self._fields.get(name.strip())
        if field is None or field.values is None:
            able = ", ".join(one.name for one in self._fields.values() if one.values)
            raise WrongUse(f"--value: “{name}” has no values of its own. Those with some: {able}")
        known = set(field.values.values())
        if ours.strip() not in known:
            raise WrongUse(
                f"--value: {field.name} is one of {', '.join(sorted(known))}, not “{ours.strip()}”"
            )
        self._ours[field.name][spelling(theirs)] = ours.strip()

    def read(self, row: Row) -> Item:
        """The row in our fields. Raises Refused."""
        if self.unseen:
            self.unseen -= {column for column in self.unseen if _found(row.values, column)[0]}
        values, raw, lists = {}, {}, {}
        for name, field in self._fields.items():
            value = ""
            if name in self._columns:
                there, found = _found(row.values, self._columns[name])
                if there and isinstance(found, list):
                    lists[name] = [_text(name, one) for one in found]
                elif there:
                    value = _text(name, found)
            if value:
                raw[name] = value
                values[name] = self._translated(field, value)
            elif name in self.constants:
                values[name] = self.constants[name]
            elif field.required:
                raise Refused(f"no {name.replace('_', ' ')}")
        return Item(row.line, values, raw, lists)

    def _translated(self, field: Field, value: str, *, of: str = "") -> str:
        if field.values is None:
            return value
        known = self._ours[field.name]
        ours = known.get(spelling(value)) or known.get(ANY_OTHER)
        if ours is not None:
            return ours
        choice = ", ".join(sorted(set(field.values.values())))
        if of:
            raise WrongUse(f"{of}: {field.name} is one of {choice}, not “{value}”")
        raise Refused(
            f"{field.name} “{value[:40]}” is not known: --value “{field.name}:{value[:40]}=…”"
            f" with one of {choice}"
        )


def _found(values: Mapping[str, Any], column: str) -> tuple[bool, Any]:
    """A value by its column, or along a path: `fields.reporter.name` in nested objects."""
    if column in values:
        return True, values[column]
    inner: Any = values
    for part in column.split("."):
        if not isinstance(inner, Mapping) or part not in inner:
            return False, None
        inner = inner[part]
    return True, inner


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str) or isinstance(value, Reference):
        raise Refused(f"{name} holds something that is not text")
    # PostgreSQL's text has no place for the NUL character.
    text: str = value.replace("\x00", "").strip()
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise Refused(f"{name} is not UTF-8 text") from None
    return text
