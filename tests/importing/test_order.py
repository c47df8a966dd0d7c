"""Where new builds go in their line."""

from __future__ import annotations

import pytest

from tracker.importing.order import places


@pytest.mark.parametrize(
    ("before", "file", "passed", "newest_first", "after"),
    [
        ("", "abc", None, False, "abc"),
        ("", "abc", None, True, "cba"),
        ("xy", "abc", None, False, "xyabc"),
        ("xy", "abc", None, True, "xycba"),
        ("xyz", "xay", None, False, "xayz"),
        ("xyz", "zay", None, True, "xyaz"),
        ("xyz", "ab", "x", False, "xabyz"),
        ("xyz", "ab", "z", True, "xybaz"),
        ("xyz", "xazbyc", None, False, "xayczb"),
        ("xyz", "aab", None, False, "xyzab"),
        ("xyz", "zyx", None, True, "xyz"),
    ],
)
def test_behind_the_one_before_it_in_the_file(
    before: str, file: str, passed: str | None, newest_first: bool, after: str
) -> None:
    known = {version: place for place, version in enumerate(before, start=1)}
    found = places(
        file,
        known,
        passed=known[passed] if passed else None,
        end=len(before),
        newest_first=newest_first,
    )
    moved = {
        version: place + sum(n for behind, n in found.room if behind < place)
        for version, place in known.items()
    }
    line = {place: version for version, place in (moved | found.positions).items()}
    assert "".join(line[place] for place in sorted(line)) == after
    assert sorted(line) == list(range(1, len(after) + 1)), "no gaps, no collisions"
