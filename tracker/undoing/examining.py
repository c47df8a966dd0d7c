"""What taking an act back would do, and what stands in its way. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tracker import database
from tracker.history.acting import Facts, Subject
from tracker.history.queries import PastEvent
from tracker.language import Text
from tracker.proposals.facts import DECIDED as OF_PROPOSAL
from tracker.proposals.facts import PROPOSAL
from tracker.reports.facts import DECIDED as OF_REPORT
from tracker.reports.facts import REPORT
from tracker.undoing import queries, words
from tracker.undoing.queries import Changed, Done

DECIDED: dict[Subject, tuple[str, ...]] = {
    PROPOSAL: (*OF_PROPOSAL, "fixes", "shipments"),
    REPORT: OF_REPORT,
}
"""The facts that are put back, in the order of locks. What follows from them is worked out anew."""


@dataclass(frozen=True)
class Reversal:
    """One thing that is put back. `now` is how it is before that."""

    subject: Subject
    number: int
    before: Facts
    after: Facts
    now: Facts

    @property
    def name(self) -> str:
        return self.subject.named(self.number)

    @property
    def keys(self) -> list[str]:
        """The decisions of the act; all of them where it made the thing, or removed it."""
        return [key for key in DECIDED[self.subject] if self.before.get(key) != self.after.get(key)]

    @property
    def restored(self) -> dict[str, object]:
        if not self.now:
            return dict(self.before)
        return {**self.now, **{key: self.before.get(key) for key in self.keys}}


@dataclass(frozen=True)
class Sentence:
    """A sentence about one thing; without a name, about the act."""

    thing: str
    text: Text


@dataclass(frozen=True)
class Examined:
    reversals: list[Reversal]
    obstacles: list[Sentence]


async def examine(act: Done) -> Examined:
    """What is put back, thing by thing: proposals, then reports, each in order of number.

    A thing is in the way where somebody decided the same matter since; other matters of it are
    left as they are now. Six statements, whatever the number of things.
    """
    reasons = [words.why_not(kind) for kind in await queries.kinds_in(act.id)]
    obstacles = [Sentence("", why) for why in dict.fromkeys(reasons) if why is not None]
    reversals: list[Reversal] = []
    changes = await queries.changes_of(act.id)
    for subject in DECIDED:
        changed = [one for one in changes if one.subject == subject.name]
        if not changed:
            continue
        now = await subject.facts_of(one.number for one in changed)
        found = [_reversal(subject, one, now.get(one.number, {})) for one in changed]
        # Of a report to which something was said, only who spoke last is put back.
        found = [one for one in found if one.keys or subject is REPORT]
        reversals += found
        since = await queries.changed_since(act.id, subject.name, [one.number for one in found])
        obstacles += [
            Sentence(one.name, why)
            for one in found
            if (why := _in_the_way(one, since.get(one.number))) is not None
        ]
    obstacles += await _still_needed(act, reversals)
    obstacles += await _left_meanwhile(reversals)
    return Examined(reversals, obstacles)


def _reversal(subject: Subject, changed: Changed, now: Facts) -> Reversal:
    return Reversal(subject, changed.number, changed.before, changed.after, now)


def _in_the_way(one: Reversal, latest: PastEvent | None) -> Text | None:
    fixed = "fixes" in one.keys and one.before and one.now
    if fixed and one.now["shipments"] != one.after["shipments"]:
        return words.shipped_since()
    if all(one.now.get(key) == one.after.get(key) for key in one.keys):
        return None
    return words.changed_since(latest)


async def _still_needed(act: Done, reversals: Iterable[Reversal]) -> list[Sentence]:
    """A proposal that the act opened is gone afterwards: nothing of others' may hang on it."""
    found = []
    for one in reversals:
        if one.subject is PROPOSAL and not one.before and one.now:
            others = await queries.gathered_since(act.id, one.number)
            if others:
                found.append(Sentence(one.name, words.gathered_since(others)))
    return found


async def _left_meanwhile(reversals: Iterable[Reversal]) -> list[Sentence]:
    """A reverted fix that was listed in a build comes back into it, unless that has left since,
    without it."""
    found = []
    for one in reversals:
        ended = ended_by(one)
        if not ended:
            continue
        rows = await database.fetch(
            "SELECT DISTINCT b.version FROM shipments s JOIN builds b ON b.id = s.build"
            " WHERE s.id = ANY ($1) AND (b.withdrawn_at IS NOT NULL"
            " OR (s.shipped_at IS NULL AND b.published_at IS NOT NULL)) ORDER BY b.version",
            ended,
        )
        if rows:
            found.append(Sentence(one.name, words.left_meanwhile([row["version"] for row in rows])))
    return found


def ended_by(one: Reversal) -> list[int]:
    """Shipments that the act ended."""
    if one.subject is not PROPOSAL or not one.before or not one.after:
        return []
    return sorted({*one.before["shipments"]} - {*one.after["shipments"]})
