"""Search tokens, made here because PostgreSQL's own parser takes 「相机闪退了」 for one word."""

from __future__ import annotations

import re
import unicodedata

MOST_TOKENS = 1500
LONGEST_WORD = 64

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af\U00020000-\U0003134f"
_RUN = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:[._-][^\W_{_CJK}]+)*")
_PART = re.compile(r"[._-]")
_IS_CJK = re.compile(rf"[{_CJK}]")


def _runs(text: str) -> list[str]:
    return _RUN.findall(unicodedata.normalize("NFKC", text).casefold())


def document_tokens(*texts: str) -> list[str]:
    """All tokens by which a text is found, each once: words, parts of compound words such as
    `27.1.8`, and for CJK every character and every pair of neighbours."""
    tokens: dict[str, None] = {}
    for run in (run for text in texts for run in _runs(text)):
        if _IS_CJK.match(run):
            tokens.update(dict.fromkeys(run))
            tokens.update(dict.fromkeys(run[i : i + 2] for i in range(len(run) - 1)))
        else:
            tokens[run[:LONGEST_WORD]] = None
            tokens.update(dict.fromkeys(part[:LONGEST_WORD] for part in _PART.split(run)))
        if len(tokens) >= MOST_TOKENS:
            break
    return list(tokens)[:MOST_TOKENS]


def query_tokens(text: str) -> list[str]:
    """The tokens that a found text must all have: whole words, and CJK pairs (or a lone sign)."""
    tokens: dict[str, None] = {}
    for run in _runs(text):
        if _IS_CJK.match(run) and len(run) > 1:
            tokens.update(dict.fromkeys(run[i : i + 2] for i in range(len(run) - 1)))
        else:
            tokens[run[:LONGEST_WORD]] = None
    return list(tokens)[:40]


def tsquery(tokens: list[str]) -> str:
    """A tsquery in which every token is required."""
    return " & ".join(
        "'" + token.replace("\\", "\\\\").replace("'", "''") + "'" for token in tokens
    )
