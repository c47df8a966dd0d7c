"""Routing rules as a list, and what one would have done."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from cli.exits import Thing
from cli.output import clean
from cli.render import facts, label, one_line, section, stamp
from cli.sentences import count


def listed(rules: Sequence[Thing]) -> RenderableType:
    """Each in two lines: its name, and what it looks for and does."""
    parts: list[RenderableType] = []
    for rule in rules:
        head = facts(
            Text(f"{rule['position']:>3}  {clean(rule['name'])}", style="bold cyan"),
            Text("off", style="yellow") if not rule["enabled"] else "",
            Text(f"{clean(rule['owner'])} is of the team no longer", style="yellow")
            if rule["owner_left"]
            else "",
        )
        line = Text(f"{_conditions(rule)} → {_effects(rule)}")
        parts += [head, Padding(line, (0, 0, 0, 5))]
    return Group(*parts)


def _conditions(rule: Thing) -> str:
    words = [f"“{clean(one)}”" for one in rule["words"]]
    severities = [label(one) for one in rule["severities"]]
    found = [words, [rule["module"]], [rule["device"]], severities]
    given = [[clean(one) for one in either if one] for either in found]
    given = [either for either in given if either]
    if len(given) == 1:
        return " or ".join(given[0])
    return " and ".join(
        f"({' or '.join(either)})" if len(either) > 1 else either[0] for either in given
    )


def _effects(rule: Thing) -> str:
    found = [
        f"to {rule['owner']}" if rule["owner"] else "",
        f"label {', '.join(rule['labels'])}" if rule["labels"] else "",
        f"suggest {rule['reply']}" if rule["reply"] else "",
    ]
    return clean("; ".join(one for one in found if one))


def checked(found: Thing) -> RenderableType:
    """The figures, and the latest matches."""
    days, matches = found["days"], found["matches"]
    parts: list[RenderableType] = [
        Text(f"{matches} of the {count(found['filed'], 'report')} of {count(days, 'day')} match.")
    ]
    if found["owners_changed"]:
        parts.append(Text(f"{found['owners_changed']} would have another owner than they have."))
    if found["owners_elsewhere"]:
        parts.append(Text(f"{found['owners_elsewhere']} go to somebody by a rule before it."))
    for name, added in found["labels_added"].items():
        if added:
            parts.append(Text(f"{added} would be labelled {clean(name)}."))
    if found["replies_suggested"]:
        parts.append(Text(f"For {found['replies_suggested']} its reply would be suggested."))
    if matches and len(parts) == 1:
        parts.append(Text("All of them are so already."))
    if found["sample"]:
        parts.append(section("Latest matches", *(_match(one) for one in found["sample"])))
    return Group(*parts)


def _match(one: Thing) -> RenderableType:
    new = one["new_owner"]
    owner = clean(one["owner"] or "nobody")
    return Group(
        facts(
            Text(clean(one["id"]), style="cyan"),
            label(one["severity"]),
            one["module"],
            one["device"],
            stamp(one["filed_at"]),
            f"{owner} → {clean(new)}" if new and new != one["owner"] else owner,
            f"+ {clean(', '.join(one['labels']))}" if one["labels"] else "",
        ),
        Padding(one_line(one["title"]), (0, 0, 0, 2)),
    )
