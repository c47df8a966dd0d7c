"""The words of changelog lines, wherever they are read."""

from __future__ import annotations

import re

from tracker.language import Text
from tracker.proposals.tables import ProposalKind
from tracker.releases.forms import EntryOut

# What engineers write in front of a line out of habit, and its tag says already.
_TAGS: dict[str, re.Pattern[str]] = {
    ProposalKind.NEW: re.compile(r"(新增|new\b)[了\s:：–-]*", re.IGNORECASE),
    ProposalKind.OPTIMIZATION: re.compile(
        r"(优化|optimi[sz](ed?|ation)\b)[了\s:：–-]*", re.IGNORECASE
    ),
    ProposalKind.FIX: re.compile(r"(修复|fix(ed|es)?\b)[了\s:：–-]*", re.IGNORECASE),
}


def line_of(entry: EntryOut) -> Text:
    """A line to stand behind its tag: 「修复相机闪退」 becomes 「相机闪退」 behind 修复."""
    return behind_tag(entry.kind, Text(entry.zh, entry.en))


def behind_tag(kind: str, line: Text) -> Text:
    """The same for words that are no entry, or not yet."""
    return Text(_behind_tag(kind, line.zh), _behind_tag(kind, line.en))


def _behind_tag(kind: str, line: str) -> str:
    line = line.strip()
    found = _TAGS[kind].match(line)
    rest = line[found.end() :] if found else ""
    return rest[:1].upper() + rest[1:] if rest else line
