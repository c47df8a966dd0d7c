"""A Friday's train as a board: what is in, what waits, what stands in the way, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from cli.exits import Thing
from cli.output import clean
from cli.render import (
    NARROW,
    columns,
    facts,
    heading,
    in_both,
    label,
    moment,
    one_line,
    section,
    stamp,
    styled,
    until,
)
from cli.sentences import count

Row = tuple[RenderableType, str]
"""What there is, and the command that does something about it; empty: nothing to do."""


def board(train: Thing, *, now: datetime, width: int) -> RenderableType:
    entries, builds = train.get("entries") or [], train.get("builds") or []
    left = train.get("state") == "published"
    parts: list[RenderableType] = [
        Text.assemble(heading("Friday", train["date"]), "  ", styled(train.get("state"))),
        facts(*_times(train, now=now)),
        facts(
            count(len(entries), "line"),
            count(len(builds), "build"),
            "" if left else f"{count(int(train.get('recipients', 0)), 'tester')} to be told",
        ),
    ]
    narrow = width < NARROW
    for title, rows in (
        ("In the way", list(_blockers(train))),
        (f"In ({len(entries)})", [_entry(entry) for entry in entries]),
        (f"Waiting ({len(train.get('waiting') or [])})", list(_waiting(train))),
        ("To know", list(_warnings(train))),
        (f"Builds ({len(builds)})", [_build(build) for build in builds]),
    ):
        if rows:
            parts.append(section(title, *_set(rows, narrow=narrow)))
    if not left:
        parts.append(section("Levers", *_set(list(_levers(train)), narrow=narrow)))
    return Group(*parts)


def _set(rows: Sequence[Row], *, narrow: bool) -> Iterator[RenderableType]:
    """What to do stands below what it is about: commands are to be copied whole."""
    for thing, command in rows:
        yield thing
        if command:
            yield Padding(Text(f"$ {command}", style="dim"), (0, 0, 0, 1 if narrow else 4))


def _times(train: Thing, *, now: datetime) -> list[str]:
    found = []
    for verb, name in (("freezes", "freeze_at"), ("leaves", "publish_at")):
        at = moment(train.get(name))
        if at is not None and at > now:
            found.append(f"{verb} {stamp(train[name])} ({until(at, now)})")
    return found


def _blockers(train: Thing) -> Iterator[Row]:
    for one in train.get("blockers") or []:
        yield Text(f"✗ {in_both(one.get('text'))}", style="red"), _remedy(one, train)


def _warnings(train: Thing) -> Iterator[Row]:
    for one in train.get("warnings") or []:
        command = _remedy(one, train) if one.get("code") == "no_build_for_model" else ""
        yield Text(f"! {in_both(one.get('text'))}", style="yellow"), command


def _remedy(one: Thing, train: Thing) -> str:
    day, proposal = train["date"], one.get("proposal") or "P-…"
    device, version = one.get("device") or "CODENAME", one.get("version") or "VERSION"
    add = f"triage build add {device} VERSION --ring closed --release {day}"
    match one.get("code"):
        case "held":
            return f"triage friday {day} unhold"
        case "no_wording":
            return f'triage fix {proposal} --zh "…" --en "…"'
        case "no_build" | "no_build_for_model":
            return add
        case "revert_pending":
            late = f"triage build add {device} {version} --ring closed --release {day} --delayed …"
            return f"{add}    or: {late}"
    return ""


def _entry(entry: Thing) -> Row:
    missing = entry.get("missing") or []
    line = columns("", "", "", "")
    line.show_header = False
    line.add_row(
        Text(clean(entry.get("proposal")), style="cyan"),
        label(entry.get("module")),
        clean(" ".join(entry.get("models") or []) or "all"),
        one_line(entry.get("zh") or entry.get("en")),
    )
    what = Text(f"no wording in {', '.join(missing)}", style="red") if missing else None
    return Group(line, Padding(what, (0, 0, 0, 4))) if what else line, ""


def _waiting(train: Thing) -> Iterator[Row]:
    for one in train.get("waiting") or []:
        fixed = one.get("stage") == "fixed"
        head = facts(
            Text(clean(one.get("proposal")), style="cyan"),
            styled(one.get("stage")),
            one.get("module"),
            count(int(one.get("testers", 0)), "tester"),
        )
        why = "; ".join(f"{clean(m['device'])}: {m['text']['en']}" for m in one.get("models") or [])
        parts: list[RenderableType] = [head, Padding(one_line(one.get("title")), (0, 0, 0, 4))]
        if why:
            parts.append(Padding(Text(why, style="yellow"), (0, 0, 0, 4)))
        yield Group(*parts), _next_for(one, train) if fixed else ""


def _next_for(one: Thing, train: Thing) -> str:
    """For the first of its models that a command helps."""
    for model in one.get("models") or []:
        device, day = model["device"], train["date"]
        if model["code"] == "no_build":
            return f"triage build add {device} VERSION --ring closed --release {day}"
        if model["code"] == "after_freeze":
            return f"triage friday {day} thaw"
    return ""


def _build(build: Thing) -> Row:
    state = (
        f"departed {stamp(build['published_at'])}"
        if build.get("published_at")
        else f"late: {in_both(build['delayed'])}"
        if build.get("delayed")
        else "on time"
    )
    return facts(build.get("device"), label(build.get("ring")), build.get("version"), state), ""


def _levers(train: Thing) -> Iterator[Row]:
    day, state = train["date"], train.get("state")
    held = any(one.get("code") == "held" for one in train.get("blockers") or [])
    freeze = "thaw" if state == "frozen" else "freeze"
    hold = "unhold" if held else 'hold --reason "…"'
    yield Text(f"triage friday {day} preview | {freeze} | {hold} | publish", style="dim"), ""
