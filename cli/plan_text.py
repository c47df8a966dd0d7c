"""Plans as text: what `triage export` writes, people edit, and `triage apply` reads.

A line a report: its number and revision, what to do, and behind a # what it is about. Words with
spaces are quoted as in a shell.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

import click

from cli import dates
from cli.exits import Thing
from cli.output import clean

HEADER = """\
# triage plan: {what}, {count}, {at}
#
# A line a report: R-number@revision, what to do with it, and behind # what it is about.
# - does nothing, and so does a line that is taken out. What there is to do:
#   link P-3      link =a      unlink         own HANDLE     own -      snooze 3d      wake
#   label WORD    unlabel WORD
#   ask "…"       reply "…"    note "…"       close REASON "…"     reopen
# REASON: {reasons}.
# Several lines about one report are done in order. A line such as
#   =a "Camera closes right after it opens" [module SLUG] [kind KIND] [owner HANDLE] [zh "…"] [en "…"]
# opens a proposal, to which others link by =a.
#
# triage apply --dry-run FILE says what it would do; triage apply FILE does it, all or nothing.

"""

_REPORT = re.compile(r"(R-[1-9][0-9]{0,17})(?:@([0-9]{1,18}))?", re.IGNORECASE)
_NAME = re.compile(r"=[A-Za-z0-9_-]{1,40}")
_OPTIONS = ("module", "kind", "owner", "zh", "en")
_SAYING = ("ask", "reply", "note")


class BadLineError(ValueError):
    """A line that cannot be read, with its number."""


def written(reports: Iterable[Thing], age: Callable[[str], str]) -> Iterator[str]:
    """A line for each report, that does nothing yet."""
    for report in reports:
        facts = (
            age(report["filed_at"]),
            report.get("device"),
            report.get("module"),
            report.get("severity"),
            report.get("proposal") or report.get("status"),
        )
        about = " · ".join(str(fact) for fact in facts if fact)
        title = " ".join(clean(report["title"]).split())
        yield f"{report['id']}@{report['revision']:<8} -    # {about} · {title}\n"


def read(lines: Iterable[str]) -> Thing:
    """The plan of a text. `BadLineError` names the line and what is wrong with it."""
    planned: list[Thing] = []
    proposals: list[Thing] = []
    for place, line in enumerate(lines, start=1):
        try:
            words = shlex.split(line, comments=True)
            if not words:
                continue
            if words[0].startswith("="):
                proposals.append(_proposal(words))
            elif (deed := _deed(words, place)) is not None:
                planned.append(deed)
        except ValueError as error:
            raise BadLineError(f"line {place}: {error}") from error
    known = {one["name"] for one in proposals}
    for one in planned:
        target = one.get("proposal", "")
        if target.startswith("=") and target not in known:
            raise BadLineError(f"line {one['line']}: no line of the plan opens {target}")
    return {"lines": planned, "proposals": proposals}


def _proposal(words: Sequence[str]) -> Thing:
    name, *rest = words
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a proposal, such as =a")
    if not rest:
        raise ValueError(f"{name} needs a title")
    title, *pairs = rest
    if len(pairs) % 2 or any(key not in _OPTIONS for key in pairs[::2]):
        raise ValueError(f"behind the title come {', '.join(_OPTIONS)}, each with a word")
    given = dict(zip(pairs[::2], pairs[1::2], strict=True))
    made: Thing = {"name": name, "title": title}
    made |= {key: given[key] for key in ("module", "kind", "owner") if key in given}
    if "zh" in given or "en" in given:
        made["changelog"] = {"zh": given.get("zh", ""), "en": given.get("en", "")}
    return made


def _deed(words: Sequence[str], place: int) -> Thing | None:
    found = _REPORT.fullmatch(words[0])
    if found is None:
        raise ValueError(f"{words[0]!r} is not the number of a report, such as R-12@345")
    what, *rest = words[1:] or ["-"]
    if what == "-" and not rest:
        return None
    made: Thing = {"line": place, "report": found[1].upper(), "do": what}
    if found[2]:
        made["seen"] = int(found[2])
    return made | _details(what, rest)


def _until(text: str) -> str:
    """A span or a day counts from when the plan is read."""
    try:
        return dates.moment(text, datetime.now(UTC)).isoformat()
    except click.BadParameter as error:
        raise ValueError(error.message) from error


def _details(what: str, rest: Sequence[str]) -> Thing:
    match what, len(rest):
        case "link", 1:
            return {"proposal": rest[0] if rest[0].startswith("=") else rest[0].upper()}
        case (("unlink" | "reopen"), 0):
            return {}
        case "own", 1:
            return {"owner": None if rest[0] == "-" else rest[0]}
        case (("label" | "unlabel"), 1):
            return {"label": rest[0]}
        case "snooze", 1:
            return {"until": _until(rest[0])}
        case "wake", 0:
            return {"do": "snooze"}
        case "close", 2:
            return {"reason": rest[0], "text": rest[1]}
        case _, 1 if what in _SAYING:
            return {"text": rest[0]}
    needs = {
        "link": "a proposal, such as P-3 or =a",
        "own": "a handle, or - for whoever its module falls to",
        "close": "a reason and a sentence in quotes",
        **dict.fromkeys(_SAYING, "a text in quotes"),
        "label": "a label, such as overheating",
        "unlabel": "a label, such as overheating",
        "snooze": f"one of {dates.MOMENTS}",
        "unlink": "nothing behind it",
        "wake": "nothing behind it",
        "reopen": "nothing behind it",
    }
    if what not in needs:
        raise ValueError(f"{what!r} is nothing to do with a report")
    raise ValueError(f"{what} takes {needs[what]}")
