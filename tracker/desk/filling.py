"""Putting a report's own words into a saved reply."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tracker.language import Text

FIELDS: dict[str, Text] = {
    "reporter": Text("提交者的名字", "the reporter’s name"),
    "report": Text("反馈编号，如 R-12", "the report’s number, such as R-12"),
    "title": Text("反馈的标题", "the report’s title"),
    "device": Text("机型", "the device model"),
    "build": Text("版本", "the build"),
    "module": Text("模块", "the module"),
}
"""What may stand in braces, and what it becomes."""

NO_BUILD = Text("现在的版本", "your present build")

_FIELD = re.compile(r"\{([A-Za-z_]+)\}")


def unknown_fields(text: str) -> list[str]:
    """Fields that nothing could be put into, as they are written; other braces are only braces."""
    return [f"{{{name}}}" for name in _FIELD.findall(text) if name not in FIELDS]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Each field once: what a tester wrote is never looked at for fields of its own."""
    return _FIELD.sub(lambda found: values.get(found[1], found[0]), text)
