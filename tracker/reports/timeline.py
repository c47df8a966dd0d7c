"""A report's history in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from tracker.devices.forms import Words
from tracker.history import queries as history
from tracker.history.queries import PastEvent
from tracker.language import Text
from tracker.reports.forms import EventOut
from tracker.reports.words import EVENTS, REASONS
from tracker.web import dates

_VERDICTS = {
    "fixed": Text("好了", "fixed"),
    "broken": Text("还有", "still there"),
    "unsure": Text("说不准", "can't tell"),
}


async def of_report(report: int, *, internal: bool) -> list[EventOut]:
    """Oldest first; `internal` also gives what testers never see. One query."""
    return [told(event) for event in await history.of_report(report, internal=internal)]


def told(event: PastEvent) -> EventOut:
    text = sentence(event.kind, event.data)
    words = Words(text.zh, text.en)
    return EventOut(event.id, event.at, event.actor, event.kind, words, event.undone)


def sentence(kind: str, data: Mapping[str, Any]) -> Text:
    """An event in words; a kind that has none is called by its own name."""
    pattern = EVENTS.get(kind)
    if pattern is None:
        return Text(kind, kind)
    values = {name: _value(name, value) for name, value in data.items()}
    return Text(
        pattern.zh.format_map(_Known({name: value.zh for name, value in values.items()})),
        pattern.en.format_map(_Known({name: value.en for name, value in values.items()})),
    )


class _Known(dict[str, str]):
    """An event of an earlier version may lack a value: a dash instead of a fault."""

    def __missing__(self, key: str) -> str:
        return "—"


def _value(name: str, value: Any) -> Text:
    if isinstance(value, dict) and value.keys() == {"zh", "en"}:
        return Text(value["zh"], value["en"])
    if name == "reason" and value in REASONS:
        return REASONS[value]
    if name == "verdict" and value in _VERDICTS:
        return _VERDICTS[value]
    if name in ("expected_on", "was") and value:
        day = date.fromisoformat(value)
        return Text(dates.day(day, "zh", today=day), dates.day(day, "en", today=day))
    if name == "until" and value:
        moment = f"{datetime.fromisoformat(value).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return Text(moment, moment)
    return Text("—", "—") if value is None else Text(str(value), str(value))
