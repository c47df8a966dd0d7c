"""The reports of a notice, one by one: for a mail, or a program, that has room for them."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from tracker.language import Text
from tracker.notices.news_words import confirmers
from tracker.notices.tables import NoticeKind
from tracker.web import dates


class ReportLine(msgspec.Struct, frozen=True):
    report: int
    title: str
    says: Text
    """What became of it, in a few words; empty where the notice itself says it."""
    fix: tuple[str, str] | None = None
    """The codename and the version of the build that solved it, for the recipient to verify."""


_NOTHING = Text("", "")


def report_lines(kind: str, data: dict[str, Any]) -> list[ReportLine]:
    """What was solved (or is not, after all), then what is late, confirmed, was
    corrected, and waits for the reader."""
    if kind in (NoticeKind.FRIDAY, NoticeKind.BUILD):
        return [
            *(_solved(one) for one in data["reports"]),
            *(_late(one) for one in data.get("slipped") or ()),
            *(_confirmed(one) for one in data.get("confirmed") or ()),
            *(_recalled(one) for one in data.get("corrected") or ()),
            *(_waiting(one) for one in data.get("asked") or ()),
        ]
    if kind == NoticeKind.CORRECTION and data.get("undone"):
        return [ReportLine(one["report"], one["title"], _NOTHING) for one in data["reports"]]
    if kind == NoticeKind.CORRECTION:
        return [_corrected(one, data.get("now_in")) for one in data["reports"]]
    if isinstance(data.get("report"), int) and data.get("title"):
        return [ReportLine(data["report"], data["title"], _NOTHING)]
    return []


def _on(one: dict[str, Any]) -> Text:
    device, build = Text(**one["device"]), one["build"]
    too = _NOTHING if one["own"] else Text(" · 你说过「我也是」", " · you said “me too”")
    return Text(f"{build} · {device.zh}{too.zh}", f"{build} · {device.en}{too.en}")


def _solved(one: dict[str, Any]) -> ReportLine:
    on = _on(one)
    says = Text(f"已解决 · {on.zh}", f"Fixed · {on.en}")
    return ReportLine(one["report"], one["title"], says, (one["codename"], one["build"]))


def _corrected(one: dict[str, Any], now_in: str | None) -> ReportLine:
    on = _on(one)
    if now_in:
        says = Text(f"改在 {now_in} 里 · {on.zh}", f"Now in {now_in} · {on.en}")
    else:
        says = Text(f"还没有修好 · {on.zh}", f"Not fixed yet · {on.en}")
    return ReportLine(one["report"], one["title"], says)


def _late(one: dict[str, Any]) -> ReportLine:
    was, to = date.fromisoformat(one["was"]), date.fromisoformat(one["expected_on"])
    zh, en = (dates.day(to, language, today=was) for language in ("zh", "en"))
    gap = " " if zh[:1].isascii() else ""
    says = Text(f"没赶上这班车，改到{gap}{zh}", f"Missed this train, now expected on {en}")
    return ReportLine(one["report"], one["title"], says)


def _confirmed(one: dict[str, Any]) -> ReportLine:
    by = confirmers(one)
    says = Text(f"{by.zh}确认修好了", f"{by.en} confirmed the fix")
    return ReportLine(one["report"], one["title"], says)


def _recalled(one: dict[str, Any]) -> ReportLine:
    if one["now_in"]:
        says = Text(f"已更正：改在 {one['now_in']} 里", f"Corrected: now in {one['now_in']}")
    else:
        says = Text("已更正：还没有修好", "Corrected: not fixed yet")
    return ReportLine(one["report"], one["title"], says)


def _waiting(one: dict[str, Any]) -> ReportLine:
    says = Text("还等你补充一点信息", "Still waits for a word from you")
    return ReportLine(one["report"], one["title"], says)
