"""Markdown that people wrote, made safe to show."""

from __future__ import annotations

from functools import lru_cache
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

# Raw HTML is shown as text, and pictures are left out: a remote picture tells its owner who
# reads a report, and when.
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).disable(
    "image"
)
_TAGS = {
    *("p", "br", "hr", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
}


_SHORT = 2000
"""Characters of a text that is remembered: 1,024 of them are some megabytes."""


def render_markdown(source: str) -> Markup:
    """Safe HTML of a message. Two cleanings, so that a fault in the one is not a hole.

    Takes a quarter of a millisecond, and messages never change: short ones are remembered.
    """
    return _remembered(source) if len(source) <= _SHORT else _rendered(source)


@lru_cache(maxsize=1024)
def _remembered(source: str) -> Markup:
    return _rendered(source)


def _rendered(source: str) -> Markup:
    return Markup(  # noqa: S704 - cleaned on this line
        nh3.clean(_MARKDOWN.render(source), tags=_TAGS, attributes={"a": {"href"}, "ol": {"start"}})
    )


def plain_text(source: str) -> str:
    """The words of a message without its marks, in one line: for lists and lock screens."""
    words = nh3.clean(_MARKDOWN.render(source), tags=set())
    return " ".join(unescape(words).split())
