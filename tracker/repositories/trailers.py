"""The trailers of a commit's message, read as `git interpret-trailers` reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from tracker.numbers import BIGGEST

T = TypeVar("T")

# A key is letters, digits and dashes; git lets blanks stand before the colon.
_TRAILER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)[ \t]*:[ \t]*(.*)")
# By these git knows a paragraph for one of trailers, although other lines are among them.
_OF_GIT = ("Signed-off-by: ", "(cherry picked from commit ")
_OURS = re.compile(r"^(?:Proposal|Reverts)[ \t]*:[ \t]*P-?[0-9]", re.IGNORECASE | re.MULTILINE)
_REVERTED = re.compile(r"\bThis reverts commit ([0-9a-f]{7,64})\b")
_SHA = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)
_PROPOSAL = re.compile(r"P-([1-9][0-9]{0,18})", re.IGNORECASE | re.ASCII)


class Message(msgspec.Struct, frozen=True):
    """What a commit says to us.

    `reverts` are proposals and `reverted` commits, as written; `unreadable` what stood there
    instead of either. `misplaced`: one of our trailers stands where git does not look for them.
    """

    subject: str
    proposals: list[int] = []
    reverts: list[int] = []
    reverted: list[str] = []
    said_by_git: list[str] = []
    """Commits of "This reverts commit …": most of them are none of ours."""
    models: list[str] = []
    unreadable: list[str] = []
    misplaced: bool = False
    changelog_zh: str = ""
    changelog_en: str = ""
    reason_zh: str = ""
    reason_en: str = ""


def read_message(message: str) -> Message:
    lines = message.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    subject = lines.partition("\n")[0].strip()
    found: dict[str, list[str]] = {}
    for key, value in _trailers(lines):
        found.setdefault(key.lower(), []).append(value)
    proposals: list[int] = []
    reverts: list[int] = []
    reverted: list[str] = []
    unreadable: list[str] = []
    for word in _words(found.get("proposal", [])):
        number = _number(word)
        if number is None:
            unreadable.append(word)
        else:
            proposals.append(number)
    for word in _words(found.get("reverts", [])):
        number = _number(word)
        if number is not None:
            reverts.append(number)
        elif _SHA.fullmatch(word):
            reverted.append(word.lower())
        else:
            unreadable.append(word)
    said = bool({"proposal", "reverts"} & found.keys())

    def last(key: str) -> str:
        return found.get(key, [""])[-1]

    return Message(
        subject=subject,
        proposals=_once(proposals),
        reverts=_once(reverts),
        reverted=_once(reverted),
        said_by_git=_once(_REVERTED.findall(lines)),
        models=_once(list(_words(found.get("model", [])))),
        unreadable=unreadable,
        misplaced=not said and _OURS.search(lines) is not None,
        changelog_zh=last("changelog-zh"),
        changelog_en=last("changelog-en"),
        reason_zh=last("reason-zh"),
        reason_en=last("reason-en"),
    )


def _trailers(message: str) -> Iterator[tuple[str, str]]:
    """Keys and values of the last paragraph, where that is one of trailers.

    It is if every line of it is a trailer, or if git wrote one of them and a quarter are; and
    never the first, which is the subject. Lines that begin with a blank continue the one before.
    """
    paragraphs = re.split(r"\n[ \t]*\n", message)
    if len(paragraphs) < 2:
        return
    lines: list[str] = []
    for line in paragraphs[-1].strip("\n").split("\n"):
        if line[:1] in (" ", "\t") and lines:
            lines[-1] = f"{lines[-1]} {line.strip()}"
        else:
            lines.append(line)
    matches = [_TRAILER.fullmatch(line.rstrip()) for line in lines]
    ours = sum(
        match is not None or line.startswith(_OF_GIT)
        for match, line in zip(matches, lines, strict=True)
    )
    by_git = any(line.startswith(_OF_GIT) for line in lines)
    if ours == len(lines) or (by_git and ours * 4 >= len(lines)):
        yield from ((match[1], match[2].strip()) for match in matches if match)


def _words(values: list[str]) -> Iterator[str]:
    for value in values:
        yield from (word for word in re.split(r"[\s,，、]+", value) if word)


def _number(word: str) -> int | None:
    found = _PROPOSAL.fullmatch(word)
    number = int(found[1]) if found else 0
    return number if 0 < number <= BIGGEST else None


def _once(values: list[T]) -> list[T]:
    return list(dict.fromkeys(values))
