"""Carrying an import out: batch after batch, each of them whole or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

import msgspec

from tracker import database
from tracker.importing.files import Reading, Unreadable
from tracker.importing.mapping import Field, FieldMap, Item
from tracker.importing.refusals import Refused

ROWS = 1000
CHARACTERS = 4 * 1024 * 1024
"""A batch ends at whichever comes first, so that a million long rows fit in memory too."""

Refuse = Callable[[int, str], None]
"""Called with the line and the reason of each row that is left out."""


class Target(Protocol):
    """What the rows become."""

    @property
    def fields(self) -> Sequence[Field]:
        """What a row may say."""

    async def begin(self, constants: Mapping[str, str]) -> None:
        """Read what all rows need. Raises WrongUse, for a constant that no row could have too."""

    async def add(self, items: Sequence[Item], refuse: Refuse) -> int:
        """Store those that are not there yet, in their order; returns how many that was."""

    def remarks(self) -> list[str]:
        """What somebody should know of the file as a whole, once it is read."""


class Outcome(msgspec.Struct):
    """How far an import has come. What a batch adds counts once the batch is stored."""

    added: int = 0
    there: int = 0
    refused: int = 0


async def run(
    target: Target,
    reading: Reading,
    fields: FieldMap,
    outcome: Outcome,
    *,
    dry_run: bool,
    refuse: Refuse,
    advance: Callable[[int], None],
) -> None:
    """Bring in all rows of a file, counting in `outcome`; each batch is one transaction.

    A dry run is the import itself, in one transaction that is taken back at the end.
    """

    refusals: list[tuple[int, str]] = []

    def note(line: int, reason: str) -> None:
        refusals.append((line, reason))

    async with AsyncExitStack() as stack:
        if dry_run:
            await stack.enter_async_context(_taken_back())
        await target.begin(fields.constants)
        for batch in _batches(reading, fields, note):
            unread, added = len(refusals), 0
            if batch:
                async with database.transaction():
                    added = await target.add(batch, note)
            outcome.added += added
            outcome.there += len(batch) - added - (len(refusals) - unread)
            outcome.refused += len(refusals)
            for line, reason in sorted(refusals):
                refuse(line, reason)
            refusals.clear()
            advance(reading.position)


def _batches(reading: Reading, fields: FieldMap, refuse: Refuse) -> Iterator[list[Item]]:
    """Every row is read in some batch, also those that are refused: a batch may be empty."""
    batch: list[Item] = []
    taken = size = 0
    for row in reading.rows:
        taken += 1
        if isinstance(row, Unreadable):
            refuse(row.line, row.reason)
        else:
            try:
                item = fields.read(row)
            except Refused as problem:
                refuse(row.line, str(problem))
            else:
                batch.append(item)
                size += sum(map(len, item.values.values()))
        if taken == ROWS or size >= CHARACTERS:
            yield batch
            batch, taken, size = [], 0, 0
    yield batch


class _Over(Exception):
    """Ends a dry run, so that nothing of it stays."""


@asynccontextmanager
async def _taken_back() -> AsyncIterator[None]:
    try:
        async with database.transaction():
            yield
            raise _Over
    except _Over:
        pass
