"""A Friday post as its reader takes it in, from the text people know or from our Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

TAGS = {"新增": "new", "优化": "optimization", "修复": "fix"}

_LINE = re.compile(rf"(?P<tag>{'|'.join(TAGS)})\s+(?P<text>.+?)(?:（(?P<models>[^（）]+)）)?")
_LATE = re.compile(r"(?P<models>[^，。：]+?)\s*(?P<reason>因.+)")
_NUMBER = re.compile(r"\d+\.\s*")


def bare(name: str) -> str:
    """「小米MIX 3」 and 「小米 MIX3」 are the same model."""
    return re.sub(r"\s", "", name)


@dataclass(frozen=True)
class Line:
    tag: str
    text: str
    models: frozenset[str] = frozenset()

    def __str__(self) -> str:
        models = f"（{'、'.join(sorted(self.models))}）" if self.models else ""
        return f"{self.tag} {self.text}{models}"


@dataclass(frozen=True)
class Late:
    models: frozenset[str]
    reason: str

    def __str__(self) -> str:
        return f"{'、'.join(sorted(self.models))} {self.reason}"


@dataclass
class Reading:
    some_are_late: bool = False
    notes: list[str] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)
    modules: dict[str, list[Line]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """Of every model that is mentioned, as it is written there first."""

    def models(self, written: str) -> frozenset[str]:
        names = [name.strip() for name in written.split("、")]
        for name in names:
            self.names.setdefault(bare(name), name)
        return frozenset(map(bare, names))

    def told(self) -> list[str]:
        """Everything, in order, a line each. Late models stand in no order of their own."""
        said = ["部分机型延迟发布" if self.some_are_late else "全部机型", "", "重要说明"]
        said += [*self.notes, *sorted(map(str, self.late))]
        for module, lines in self.modules.items():
            said += ["", module, *map(str, lines)]
        return said

    def note(self, text: str) -> None:
        """Under 重要说明: who is late and why, or anything else to know before updating."""
        late = _LATE.fullmatch(text)
        if late is None:
            self.notes.append(text)
        else:
            self.late.append(Late(self.models(late["models"]), late["reason"].strip()))

    def line(self, module: str, text: str) -> None:
        found = _LINE.fullmatch(text)
        assert found is not None, f"{text!r} has no tag"
        models = self.models(found["models"]) if found["models"] else frozenset[str]()
        self.modules.setdefault(module, []).append(Line(found["tag"], found["text"], models))


def original(text: str) -> Reading:
    """Sections of instructions begin with ▍, modules do not. What stands in a post every week
    (升级说明, 刷机指南) is no part of a release."""
    reading = Reading()
    for block in re.split(r"\n\s*\n", text.strip()):
        head, *lines = [line.strip() for line in block.splitlines() if line.strip()]
        if head == "▍发布时间":
            reading.some_are_late = "部分机型延迟发布" in "".join(lines)
        elif head == "▍重要说明":
            for line in lines:
                reading.note(_NUMBER.sub("", line, count=1))
        elif not head.startswith("▍"):
            for line in lines:
                reading.line(head, line)
    return reading


def markdown(text: str) -> Reading:
    """Our post."""
    reading = Reading()
    section = ""
    for line in text.splitlines():
        line = re.sub(r"\\([\\`*_\[\]<>#|])", r"\1", line.strip())
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif section == "发布时间":
            reading.some_are_late |= "部分机型延迟发布" in line
        elif line.startswith("# ") or not line:
            continue
        elif section == "重要说明":
            reading.note(re.sub(r"^(- |\d+\.\s*)", "", line))
        else:
            reading.line(section, line.removeprefix("- ").replace("**", ""))
    return reading
