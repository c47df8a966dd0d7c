"""The words of good news: what is fixed, and on a Friday what else became of one's reports."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from tracker.language import Text
from tracker.web import dates

LONGEST = 120
"""Characters that a lock screen shows of a text; in more, titles are shortened."""

_SMALL = "no one two three four five six seven eight nine ten".split()


def news_title(reports: list[dict[str, Any]]) -> Text:
    own = sum(1 for one in reports if one["own"])
    if not own:
        return Text("你也遇到的问题解决了", "A problem you had too is fixed")
    return Text(
        f"你的 {own} 个反馈解决了" if own > 1 else "你的反馈解决了",
        f"{counted(own)} of your reports are fixed" if own > 1 else "Your report is fixed",
    )


def news_text(data: dict[str, Any]) -> Text:
    """The first of what is fixed by its title, then what slipped, was confirmed, was
    corrected, or waits for an answer."""

    def whole(room: int) -> Text:
        return _joined([_fixed(data["reports"], room), *_others(data, room)])

    def brief(room: int) -> Text:
        return _joined([_fixed(data["reports"], room), _summed_up(data)])

    tries = [(whole, 200), (whole, 32), (whole, 20), (whole, 12), (brief, 32), (brief, 12)]
    return Text(
        _fitting(tries, lambda text: text.zh),
        _fitting(tries, lambda text: text.en),
    )


def shortened(title: str, room: int) -> str:
    """At most so many characters, with "…" where something is left out: never half of one, as
    people see them."""
    if len(title) <= room:
        return title
    end = room - 1
    while end > 1 and (_goes_with_the_last(title[end]) or title[end - 1] == _JOINER):
        end -= 1
    return title[:end].rstrip() + "…"


_JOINER = "\u200d"


def _goes_with_the_last(character: str) -> bool:
    skin = "\U0001f3fb" <= character <= "\U0001f3ff"
    return skin or character == _JOINER or unicodedata.category(character) in ("Mn", "Mc", "Me")


def counted(n: int) -> str:
    return _number(n).capitalize()


def _number(n: int) -> str:
    return _SMALL[n] if n < len(_SMALL) else str(n)


def beside(zh: str) -> str:
    return f" {zh}" if zh[:1].isascii() else zh


def _after(zh: str) -> str:
    return f"{zh} " if zh[-1:].isascii() else zh


def _joined(said: list[Text]) -> Text:
    return Text("".join(one.zh for one in said), " ".join(one.en for one in said if one.en))


def _fitting(tries: Sequence[tuple[Callable[[int], Text], int]], of: Callable[[Text], str]) -> str:
    """The first that is short enough, else the last."""
    said = ""
    for make, room in tries:
        said = of(make(room))
        if len(said) <= LONGEST:
            break
    return said


def _fixed(reports: list[dict[str, Any]], room: int) -> Text:
    first, n = reports[0], len(reports)
    title, device, build = shortened(first["title"], room), Text(**first["device"]), first["build"]
    rest_zh = f"，等 {n} 项" if n > 1 else ""
    rest_en = f", and {n - 1} more" if n > 1 else ""
    return Text(
        f"{title}{rest_zh}，已在{_after(beside(device.zh))}的 {build} 版本解决。",
        f"{title}{rest_en}, in build {build} for your {device.en}.",
    )


def _others(data: dict[str, Any], room: int) -> list[Text]:
    groups = (
        ("slipped", _slipped),
        ("confirmed", _confirmed),
        ("corrected", _corrected),
        ("asked", _asked),
    )
    return [words(found, room) for group, words in groups if (found := data.get(group))]


def _slipped(reports: list[dict[str, Any]], room: int) -> Text:
    """What did not make it, and when it is to come."""
    first, n = reports[0], len(reports)
    title = shortened(first["title"], room)
    was, to = (date.fromisoformat(first[key]) for key in ("was", "expected_on"))
    zh = dates.day(to, "zh", today=was)
    en = dates.day(to, "en", today=was)
    if n == 1:
        return Text(
            f"「{title}」没赶上这班车，改到{beside(zh)}。",
            f"“{title}” missed this train and is now expected on {en}.",
        )
    return Text(
        f"另有 {n} 个反馈没赶上这班车，改到{beside(zh)}。",
        f"{counted(n)} more missed this train and are now expected on {en}.",
    )


def _confirmed(reports: list[dict[str, Any]], room: int) -> Text:
    first, n = reports[0], len(reports)
    if n > 1:
        return Text(
            f"你有 {n} 个反馈的修复得到了确认。",
            f"The fixes of {_number(n)} of your reports were confirmed.",
        )
    title, by = shortened(first["title"], room), confirmers(first)
    return Text(f"{by.zh}确认「{title}」修好了。", f"{by.en} confirmed the fix of “{title}”.")


def confirmers(one: dict[str, Any]) -> Text:
    """Who says that it works: testers of the same model, the reader perhaps among them."""
    others = one["testers"] - (1 if one["own"] else 0)
    if not one["own"]:
        return Text(f"{others} 位内测用户", f"{counted(others)} tester{'s' * (others > 1)}")
    if not others:
        return Text("你", "You")
    return Text(
        f"你和另外 {others} 位内测用户", f"You and {_number(others)} other{'s' * (others > 1)}"
    )


def _corrected(reports: list[dict[str, Any]], room: int) -> Text:
    """They were told so at once: this recalls it."""
    first, n = reports[0], len(reports)
    title, now_in = shortened(first["title"], room), first["now_in"]
    if n > 1:
        return Text(
            f"之前已更正 {n} 个反馈。", f"{counted(n)} of your reports were corrected before."
        )
    if now_in:
        return Text(
            f"之前已更正：「{title}」的修复在 {now_in} 里。",
            f"Corrected before: the fix of “{title}” is in build {now_in}.",
        )
    return Text(
        f"之前已更正：「{title}」还没修好。", f"Corrected before: “{title}” is not fixed yet."
    )


def _asked(reports: list[dict[str, Any]], room: int) -> Text:
    """The team asked something a while ago, and waits."""
    n = len(reports)
    if n > 1:
        return Text(f"还有 {n} 个问题等你回答。", f"{counted(n)} questions wait for your answer.")
    title = shortened(reports[0]["title"], room)
    return Text(f"「{title}」还等你补充一点信息。", f"“{title}” still waits for a word from you.")


def _summed_up(data: dict[str, Any]) -> Text:
    """How many of each, where there is no room for more."""
    groups = {
        "slipped": Text("没赶上这班车", "late"),
        "confirmed": Text("得到确认", "confirmed"),
        "corrected": Text("已更正", "corrected"),
        "asked": Text("等你回答", "to answer"),
    }
    found = [(len(data[group]), words) for group, words in groups.items() if data.get(group)]
    if not found:
        return Text("", "")
    zh = "，".join(f"{n} 个{words.zh}" for n, words in found)
    return Text(f"另有 {zh}。", f"Also: {', '.join(f'{n} {words.en}' for n, words in found)}.")
