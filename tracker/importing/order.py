"""Where imported builds go in their line: by their place in the file, and by nothing else."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

import msgspec


class Places(msgspec.Struct, frozen=True):
    """Positions for the new builds of one line, and the room they take."""

    positions: dict[str, int]
    room: list[tuple[int, int]]
    """(position, how many): so many builds go right behind it, and all that follow move up."""


def places(
    versions: Sequence[str],
    known: Mapping[str, int],
    *,
    passed: int | None,
    end: int,
    newest_first: bool,
) -> Places:
    """Arrange the builds of a line as a file has them.

    A new build goes right behind the one before it in the file or, with `newest_first`, right
    before it; with none before it, to the end of the line. `known` has the positions of those
    that are there, `passed` that of the last one of this line which the file had earlier, and
    `end` the last position taken, 0 for none.
    """
    behind = None if passed is None else passed - newest_first
    rows: dict[int, deque[str]] = {}
    seen = set()
    for version in versions:
        if version in known:
            behind = known[version] - newest_first
        elif version not in seen:
            seen.add(version)
            row = rows.setdefault(end if behind is None else behind, deque())
            if newest_first:
                row.appendleft(version)
            else:
                row.append(version)
    positions, room, moved = {}, [], 0
    for after, row in sorted(rows.items(), key=lambda item: item[0]):
        room.append((after, len(row)))
        for place, version in enumerate(row, start=1):
            positions[version] = after + moved + place
        moved += len(row)
    return Places(positions, room)
