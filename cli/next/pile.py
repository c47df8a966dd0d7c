"""Where an engineer stands in the queue: what is behind, what is marked, what is left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cli.exits import Thing


@dataclass
class Entry:
    """A report of the queue. `done` says what was done with it here; empty: nothing yet."""

    report: Thing
    done: str = ""
    act: str | None = None
    """The act by which it was done."""

    @property
    def id(self) -> str:
        return str(self.report["id"])


@dataclass
class Pile:
    """Reports in the order of the queue, as it was when they were fetched.

    What is done stays in its place, so that one can go back and look at it.
    """

    entries: list[Entry] = field(default_factory=list)
    at: int = 0
    """The place of the one that is looked at; behind the last one: the end."""
    marked: dict[str, Thing] = field(default_factory=dict)
    """What the next deed is for, instead of the one that is looked at. Not all need be of the
    queue: one that looks like it may be marked, too."""

    @property
    def current(self) -> Entry | None:
        return self.entries[self.at] if self.at < len(self.entries) else None

    @property
    def left(self) -> int:
        return sum(not entry.done for entry in self.entries)

    def add(self, reports: Iterable[Thing]) -> None:
        """Behind the others; what is there already stays as it is. Who was at the end is at the
        first of them."""
        known = {entry.id for entry in self.entries}
        self.entries += [Entry(report) for report in reports if report["id"] not in known]

    def forward(self) -> None:
        """To the next one that nothing was done with. From the end: to the first of them."""
        places = range(self.at + 1, len(self.entries)) if self.current else range(len(self.entries))
        self.at = next((n for n in places if not self.entries[n].done), len(self.entries))

    def back(self) -> None:
        """To the one before, done or not."""
        self.at = max(0, self.at - 1)

    def after(self) -> Entry | None:
        """The one that `forward` leads to."""
        rest = self.entries[self.at + 1 :]
        return next((entry for entry in rest if not entry.done), None)

    def find(self, name: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.id == name), None)

    def go(self, name: str) -> None:
        self.at = next(
            (place for place, entry in enumerate(self.entries) if entry.id == name), self.at
        )

    def mark(self, report: Thing) -> None:
        """Mark it, or take the mark away."""
        name = str(report["id"])
        if self.marked.pop(name, None) is None:
            self.marked[name] = report

    def targets(self) -> list[Thing]:
        """What a deed is for: the marked ones, or the one that is looked at."""
        if self.marked:
            return list(self.marked.values())
        return [self.current.report] if self.current else []

    def unmark(self, names: Iterable[str]) -> None:
        for name in names:
            self.marked.pop(name, None)

    def settle(self, became: Mapping[str, str], act: str | None) -> None:
        """What was done with each of these by an act."""
        for name, done in became.items():
            if (entry := self.find(name)) is not None:
                entry.done, entry.act = done, act

    def unsettle(self, act: str) -> None:
        """What this act did is taken back: all of its reports are there to be looked at again."""
        for entry in self.entries:
            if entry.act == act:
                entry.done, entry.act = "", None

    def renew(self, report: Thing) -> None:
        """It was fetched again."""
        name = str(report["id"])
        if (entry := self.find(name)) is not None:
            entry.report = report
        if name in self.marked:
            self.marked[name] = report
