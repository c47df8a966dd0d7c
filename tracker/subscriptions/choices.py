"""The form of preferences: kinds of notices as people understand them, a few boxes a channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tracker.channels.base import ChannelName
from tracker.language import Text
from tracker.people.tables import Person
from tracker.subscriptions.forms import Preferences
from tracker.subscriptions.preferences import Chosen
from tracker.subscriptions.words import WHAT
from tracker.web.forms import read_form


class Group(msgspec.Struct, frozen=True):
    """Kinds that nobody would want apart."""

    name: str
    words: Text
    kinds: tuple[str, ...]
    team: bool = False
    """Whether nobody but the team is ever told such things."""


GROUPS = (
    Group("news", Text("周五的消息", "Friday news"), ("friday", "build")),
    Group("correction", Text("更正", "Corrections"), ("correction",)),
    Group("question", Text("工程师的提问", "Questions to me"), ("question",)),
    Group("reply", Text("回复和关闭", "Replies and closures"), ("reply", "closure")),
    Group(
        "team",
        Text("补充、申诉、没修好", "Answers, appeals, not fixed"),
        ("answer", "appeal", "reopened"),
        team=True,
    ),
    Group("alarm", Text("警报", "Alarms"), ("severe", "blocked"), team=True),
)
CALLED = {kind: group.words for group in GROUPS for kind in group.kinds}
"""What people know a kind by."""


def offered(person: Person) -> Sequence[Group]:
    return [group for group in GROUPS if person.is_staff or not group.team]


def field_of(channel: ChannelName) -> str:
    return f"kinds_{channel}"


def ticked(chosen: Chosen) -> dict[str, Any]:
    """The form as it stands: its fields and what is in them. Of a group that was chosen in part,
    by a program, the box is ticked."""
    fields: dict[str, Any] = {
        field_of(channel): [
            group.name for group in GROUPS if set(group.kinds) & set(chosen.kinds[channel])
        ]
        for channel in WHAT
    }
    return fields | {
        "quiet_from": _clock(chosen.quiet_from),
        "quiet_to": _clock(chosen.quiet_to),
        "fridays_only": chosen.fridays_only,
        "inbox_only": chosen.inbox_only,
    }


def typed(sent: Any) -> dict[str, Any]:
    """A form that was refused, as it was sent: a box that is not ticked is not in it."""
    boxes = {field_of(channel): sent.getall(field_of(channel), []) for channel in WHAT}
    rest = ("quiet_from", "quiet_to", "fridays_only", "inbox_only")
    return boxes | {name: sent.get(name) for name in rest}


def read_choice(person: Person, sent: Any, before: Chosen) -> Preferences:
    """Raises Invalid, by the form's fields. What the form did not offer stays as it was, and so do
    the parts of a group that was ticked before."""
    others: Mapping[str, Any] = {
        name: sent.get(name) for name in ("quiet_from", "quiet_to", "fridays_only", "inbox_only")
    }
    read = read_form(Preferences, others)
    kinds: dict[Any, Any] = {
        channel.value: _kinds(person, sent.getall(field_of(channel), []), before.kinds[channel])
        for channel in WHAT
    }
    return msgspec.structs.replace(read, kinds=kinds)


def _kinds(person: Person, boxes: Sequence[str], before: Sequence[str]) -> list[str]:
    wanted: list[str] = []
    for group in GROUPS:
        had = [kind for kind in group.kinds if kind in before]
        if group.team and not person.is_staff:
            wanted += had
        elif group.name in boxes:
            wanted += had or group.kinds
    return wanted


def _clock(value: Any) -> str:
    return "" if value is None else f"{value:%H:%M}"
