"""The objects that `--json` prints, as they were agreed on: the fields of each, in shapes.txt.

    python -m tests.triage.shapes       # writes it anew; read the difference before you commit it

docs/triage.md says which command prints which. Scripts rely on them: fields may be added, those
that are there keep their names and what they can be.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tracker.app import create_app
from tracker.settings import Settings

PAPER = Path(__file__).parents[2] / "docs" / "triage.md"
SHAPES = Path(__file__).with_name("shapes.txt")

Schema = dict[str, Any]


def told() -> dict[str, list[str]]:
    """What the paper says that each command prints: names of the API's, or an object as an example."""
    rows = re.findall(r"^\| `triage ([a-z -]+)` \| (.*) \|$", PAPER.read_text(), re.MULTILINE)
    return {
        name: [one for one in re.findall(r"`([^`]+)`", cell) if re.match(r"[A-Z]|\{", one)]
        for name, cell in rows
    }


def example(told: str) -> dict[str, Any]:
    """An object that is none of the API's, as the paper shows it."""
    found: dict[str, Any] = json.loads(told)
    return found


PROBLEM = {"type", "title", "status", "detail", "errors", "about", "exit"}
"""The fields of what failed, on stderr."""


def named() -> list[str]:
    return sorted({one for found in told().values() for one in found if one[0] != "{"})


def as_text(schemas: dict[str, Schema]) -> str:
    """The objects that the paper names, and those they are made of."""
    wanted, known = named(), list[str]()
    while wanted:
        name = wanted.pop(0)
        if name not in known:
            known.append(name)
            wanted += _parts(schemas[name])
    return "\n".join(f"{name}\n{_fields(schemas[name])}" for name in sorted(known))


def _fields(schema: Schema) -> str:
    if "properties" not in schema:
        return f"    {_kind(schema)}\n"
    required = schema.get("required", ())
    return "".join(
        f"    {name}{'' if name in required else '?'}: {_kind(one)}\n"
        for name, one in sorted(schema["properties"].items())
    )


def _kind(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return " | ".join(sorted(map(_kind, schema[several])))
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    if kind == "object":
        return f"{{{_kind(schema.get('additionalProperties') or {})}}}"
    form = f" {schema['format']}" if "format" in schema else ""
    return (" | ".join(sorted(kind)) if isinstance(kind, list) else str(kind)) + form


def _parts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield str(value["$ref"]).rpartition("/")[2]
        for one in value.values():
            yield from _parts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _parts(one)


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        app = create_app(Settings(data=Path(directory), secret_key="x" * 32), schedule=False)
    document = app.openapi_schema.to_schema()
    SHAPES.write_text(as_text(document["components"]["schemas"]), encoding="utf-8")


if __name__ == "__main__":
    main()
