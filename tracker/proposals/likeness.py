"""How alike two texts are, from 0 to 1, by the tokens that they share and how rare these are."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

from tracker.reports import search

MOST_WORDS = 240
"""Tokens of a text that are compared: the title's, then those at the beginning of the body. What
comes later is mostly logs."""
MOST_ROWS = 6000
"""So many rows may be looked at to find what shares a word: some 20 ms."""

_TITLE = 3.0
_MODULE, _MODEL, _BUILD = 1.15, 1.05, 1.05


class Wanted:
    """A text that others are compared with. `frequencies` are shares of all reports, of the words
    that many have; `least` is that of any other word at most."""

    def __init__(self, title: str, body: str = "") -> None:
        self.title = frozenset(search.document_tokens(title))
        words = dict.fromkeys(search.document_tokens(title, body)[:MOST_WORDS])
        self.words = tuple(words)
        self.counts: dict[str, float] = {}
        self.total = 1.0

    def weigh(self, counts: Mapping[str, float], *, total: float) -> None:
        """Say how many of `total` reports have each word."""
        self.counts = {word: counts.get(word, 0.0) for word in self.words}
        self.total = max(total, 1.0, *self.counts.values())

    def rarity(self, word: str) -> float:
        """BM25's: never negative, and a word of one report says most."""
        count = self.counts.get(word, 0.0)
        return math.log1p((self.total - count + 0.5) / (count + 0.5))

    def weight(self, word: str) -> float:
        """Here; a character of a Chinese word says little beside the pairs it is in."""
        return self.rarity(word) * (_TITLE if word in self.title else 1.0)

    def score(
        self,
        title: str,
        words: Collection[str],
        *,
        usual: float,
        module: bool = False,
        model: bool = False,
        build: bool = False,
    ) -> float:
        """Of a text with these words, `usual` being how many a text has. A long one shares many
        words with everything, so it counts for less."""
        shared = set(words).intersection(self.words)
        if not shared:
            return 0.0
        titled = set(search.document_tokens(title))
        length = 0.4 + 0.6 * len(words) / max(usual, 1.0)
        found = whole = 0.0
        for word in self.words:
            weight = self.weight(word)
            whole += weight
            if word in shared:
                times = _TITLE if word in titled else 1.0
                found += weight * times / (times + length)
        # A text compared with itself would come to about this.
        found /= whole * _TITLE / (_TITLE + 1.0)
        found *= (_MODULE if module else 1) * (_MODEL if model else 1) * (_BUILD if build else 1)
        return min(found, 1.0)


def seeds(
    words: Iterable[str], frequencies: Mapping[str, float], *, least: float, total: float
) -> list[str]:
    """The rarest words, as many as keep the look-up within MOST_ROWS; one at least.

    Words that nobody has counted are rare, and each is taken for a tenth of what it may be.
    """
    ordered = sorted(dict.fromkeys(words), key=lambda word: frequencies.get(word, 0.0))
    chosen: list[str] = []
    rows = 0.0
    for word in ordered:
        rows += frequencies.get(word, least / 10) * total
        if chosen and rows > MOST_ROWS:
            break
        chosen.append(word)
    return chosen


def usual_length(lengths: Sequence[int]) -> float:
    return sum(lengths) / len(lengths) if lengths else 1.0
