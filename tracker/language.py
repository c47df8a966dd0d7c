"""The two languages of the product, side by side: a sentence never exists in one alone."""

from __future__ import annotations

from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Text(NamedTuple):
    """One sentence, label or name in both languages, Chinese first as it was written."""

    zh: str
    en: str

    def within(self, language: str) -> str:
        """The text for a reader of `language`; anything that is not English reads Chinese."""
        return self.en if language == "en" else self.zh

    def filled(self, **values: object) -> Text:
        """Put values into the `{name}` places of both languages."""
        return Text(self.zh.format(**values), self.en.format(**values))


def negotiate(accept_language: str) -> Language:
    """The better of our two languages for an `Accept-Language` header.

    Chinese in any of its spellings (`zh`, `zh-CN`, `zh-Hans-CN`, `zh_CN`) counts as Chinese;
    with nothing usable the answer is Chinese, the language the product is written in.
    """
    best: tuple[float, Language] = (0.0, "zh")
    for part in accept_language.split(","):
        tag, _, weight = part.strip().partition(";q=")
        primary = tag.replace("_", "-").partition("-")[0].lower()
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if primary == "zh" and quality > best[0]:
            best = (quality, "zh")
        elif primary == "en" and quality > best[0]:
            best = (quality, "en")
    return best[1]
