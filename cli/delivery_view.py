"""Deliveries as a list, and how they stand as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from cli.exits import Thing
from cli.output import clean
from cli.render import NARROW, age, columns, facts, label, moment, one_line, stamp, styled
from cli.sentences import count

_STATES = ("pending", "failed", "dead", "sent")


def table(found: Sequence[Thing], *, width: int, now: datetime) -> RenderableType:
    """A list of deliveries: columns, or two lines each where the terminal is narrow."""
    if width < NARROW:
        return Group(*(part for one in found for part in _stacked(one, now)))
    made = columns("id", "state", "channel", "to", "host", "tries", "made", "next", "what")
    for one in found:
        made.add_row(
            Text(clean(one["id"]), style="cyan"),
            styled(one.get("state")),
            clean(one.get("channel")),
            _whom(one),
            clean(one.get("host")),
            clean(one.get("attempts")),
            age(one.get("made_at"), now),
            _next(one, now),
            one_line(_what(one)),
        )
    return made


def _stacked(one: Thing, now: datetime) -> list[RenderableType]:
    first = facts(
        Text(clean(one["id"]), style="cyan"),
        styled(one.get("state")),
        one.get("channel"),
        _whom(one),
        age(one.get("made_at"), now),
    )
    return [first, Padding(one_line(_what(one)), (0, 0, 0, 2))]


def _whom(one: Thing) -> str:
    """A robot by its name; it is nobody's."""
    return clean(one.get("person") or one.get("name") or "–")


def _what(one: Thing) -> str:
    """Why it has not arrived, where that is known; else what it says."""
    if one.get("state") != "sent" and one.get("detail"):
        return str(one["detail"])
    return str(one.get("title") or "")


def _next(one: Thing, now: datetime) -> str:
    due = moment(one.get("due_at"))
    if due is None:
        return "–"
    seconds = (due - now).total_seconds()
    if seconds <= 0:
        return "now"
    if seconds < 120:
        return f"in {seconds:.0f} s"
    return f"in {seconds / 60:.0f} min" if seconds < 7200 else f"in {seconds / 3600:.0f} h"


def when(one: Thing) -> str:
    """One that has just been asked to be tried again."""
    return f"{label(one.get('state'))}, tried from {stamp(one.get('due_at'))} on"


def summary(found: Thing, *, now: datetime) -> RenderableType:
    """How many are where by channel, what waits longest, and the hosts in trouble."""
    by_channel: dict[str, dict[str, int]] = {}
    for one in found.get("counts") or []:
        by_channel.setdefault(str(one["channel"]), {})[str(one["state"])] = int(one["count"])
    board = columns("channel", *_STATES)
    for channel, counts in by_channel.items():
        numbers = (f"{counts[state]:,}" if counts.get(state) else "–" for state in _STATES)
        board.add_row(clean(channel), *numbers)
    parts: list[RenderableType] = [board] if by_channel else []
    if oldest := found.get("oldest_waiting"):
        since = age(oldest.get("due_at"), now)
        parts.append(
            Text(clean(f"Oldest waiting: {oldest['id']}, due for {since}, {oldest.get('host')}"))
        )
    parts += [_trouble(host, now) for host in found.get("hosts") or []]
    return Group(*parts, Text())


def _trouble(host: Thing, now: datetime) -> Text:
    until = moment(host.get("until"))
    alone = until is not None and until > now
    state = f"left alone until {stamp(host.get('until'))}" if alone else "about to be tried again"
    since = f", since {stamp(host['since'])}" if host.get("since") else ""
    waiting = count(int(host.get("waiting", 0)), "delivery")
    words = f"{host.get('host')}: {state}, {waiting} waiting{since}: {host.get('reason')}"
    return Text(clean(words), style="yellow")
