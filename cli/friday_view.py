"""The rehearsal of a Friday: its lines, its builds as a departure board, who would hear."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from cli.exits import Thing
from cli.output import clean
from cli.render import (
    KINDS,
    both,
    columns,
    facts,
    heading,
    in_both,
    label,
    models,
    section,
    stamp,
    styled,
)
from cli.sentences import count


def preview(train: Thing, *, messages: bool) -> RenderableType:
    """Everything that would happen on publication, before it does."""
    entries = train.get("entries") or []
    builds = train.get("builds") or []
    told = train.get("recipients", 0)
    left = train.get("state") == "published"
    parts: list[RenderableType] = [
        Text.assemble(heading("Friday", train["date"]), "  ", styled(train.get("state"))),
        facts(
            count(len(entries), "line"),
            count(len(builds), "build"),
            "" if left else "1 person is told" if told == 1 else f"{told} people are told",
        ),
    ]
    for name, style in (("blockers", "red"), ("warnings", "yellow")):
        if found := train.get(name):
            parts.append(section(name.capitalize(), *(_remark(item, style) for item in found)))
    parts.append(section("Builds", _board(builds)))
    parts.append(section("Lines", *_lines(entries)))
    if messages:
        sent = train.get("messages") or []
        parts.append(section("Messages", *(_message(message) for message in sent)))
    return Group(*parts)


def _remark(item: Thing, style: str) -> Text:
    return Text(in_both(item.get("text")) or label(item.get("code")), style=style)


def _board(builds: Sequence[Thing]) -> RenderableType:
    if not builds:
        return Text("none: triage build add CODENAME VERSION --ring … --release DATE")
    board = columns("model", "ring", "build", "built on", "departs")
    for build in builds:
        board.add_row(
            clean(build.get("device")),
            label(build.get("ring")),
            clean(build.get("version")),
            label(build.get("built_on")),
            _departs(build),
        )
    return board


def _departs(build: Thing) -> Text:
    if build.get("published_at"):
        return Text(f"departed {stamp(build['published_at'])}", style="green")
    if build.get("delayed"):
        return Text(f"late: {in_both(build['delayed'])}", style="yellow")
    return Text("on time")


def _lines(entries: Sequence[Thing]) -> list[RenderableType]:
    """The lines in the order they came, under their modules, each in both languages."""
    if not entries:
        return [Text("none yet: a line comes from a fix that one of the builds carries")]
    parts: list[RenderableType] = []
    for _, group in groupby(entries, key=lambda entry: entry.get("module")):
        lines = list(group)
        name = in_both(lines[0].get("module_name"), " / ") or label(lines[0].get("module"))
        parts.append(Text(name, style="bold"))
        parts += [Padding(_entry(line), (0, 0, 0, 2)) for line in lines]
    return parts


def _entry(entry: Thing) -> RenderableType:
    zh, en = KINDS.get(str(entry.get("kind")), (label(entry.get("kind")),) * 2)
    where = models(entry.get("models"))
    only = f" ({clean(', '.join(entry['models']))})" if entry.get("models") else ""
    from_proposal = (f"  {clean(entry.get('proposal') or '')}", "cyan")
    parts: list[RenderableType] = [
        Text.assemble((zh, "bold"), f" {clean(entry.get('zh') or '')}{where}", from_proposal),
        Text.assemble((en, "bold"), f": {clean(entry.get('en') or '')}{only}"),
    ]
    if erratum := entry.get("erratum"):
        gone = f" ({clean(', '.join(erratum['models']))})" if erratum.get("models") else ""
        words = in_both(erratum.get("reason"))
        parts.append(Text(f"withdrawn{gone}: {words}", style="red"))
    return Group(*parts)


def _message(message: Thing) -> RenderableType:
    head = facts(
        Text(clean(message.get("person")), style="bold"),
        message.get("language"),
        " ".join(message.get("reports") or []),
    )
    words = [*both(message.get("title")), *both(message.get("text"))]
    return Group(head, Padding(Text("\n".join(words)), (0, 0, 0, 2)))
