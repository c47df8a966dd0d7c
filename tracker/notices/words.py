"""The words of a notice, made for its reader when it is read. Fit for a lock screen."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from tracker.language import Text
from tracker.notices import robot_words
from tracker.notices.news_words import news_text, news_title, shortened
from tracker.notices.tables import NoticeKind
from tracker.web import dates
from tracker.web.markdown import plain_text


class Wording(msgspec.Struct, frozen=True):
    title: Text
    text: Text
    path: str
    reports: list[str]


def wording(kind: str, data: dict[str, Any]) -> Wording:
    """Title, text and where a tap leads. `data` holds the facts that were true when it was made."""
    if kind in (NoticeKind.FRIDAY, NoticeKind.BUILD):
        return _news(data)
    if kind == NoticeKind.CORRECTION:
        return _correction(data)
    if kind == NoticeKind.BLOCKED:
        return _blocked(data)
    if kind == NoticeKind.REOPENED:
        return _reopened(data)
    if kind == NoticeKind.CHANGELOG:
        return Wording(*robot_words.changelog(data), f"/releases/{data['date']}", [])
    if kind == NoticeKind.SEVERE and "module" in data:
        name = f"R-{data['report']}"
        title = robot_words.titled(_TITLES[kind])
        return Wording(title, robot_words.severe(data), f"/reports/{name}", [name])
    return _about_one(kind, data)


def _news(data: dict[str, Any]) -> Wording:
    reports = data["reports"]
    path = (
        f"/releases/{data['release']}"
        if data.get("release")
        else f"/reports/R-{reports[0]['report']}"
    )
    return Wording(news_title(reports), news_text(data), path, _names(reports))


def _blocked(data: dict[str, Any]) -> Wording:
    day = date.fromisoformat(data["date"])
    found = data["blockers"]
    title = Text(
        f"{dates.day(day, 'zh', today=day)}的车还不能发",
        f"The train of {dates.day(day, 'en', today=day)} cannot leave yet",
    )
    return Wording(
        robot_words.titled(title) if data.get("robot") else title,
        Text("；".join(one["zh"] for one in found), "; ".join(one["en"] for one in found)),
        f"/releases/{data['date']}/rehearsal",
        [],
    )


def _names(reports: list[dict[str, Any]]) -> list[str]:
    return [f"R-{one['report']}" for one in reports]


def _correction(data: dict[str, Any]) -> Wording:
    reports = data["reports"]
    first, n = reports[0], len(reports)
    more_zh = f"等 {n} 项" if n > 1 else ""
    more_en = f" and {n - 1} more" if n > 1 else ""
    if data.get("undone"):
        return Wording(
            Text("更正：前面那条通知请忽略", "A correction: please disregard our earlier notice"),
            Text(
                f"关于「{first['title']}」{more_zh}，团队收回了刚才的操作。现在的情况见反馈页面。",
                f"The team took back what it had done about “{first['title']}”{more_en}."
                " Its page shows where it stands now.",
            ),
            f"/reports/R-{first['report']}",
            _names(reports),
        )
    reason = Text(**data["reason"])
    if data.get("withdrawn"):
        return _withdrawn(data, more=Text(more_zh, more_en))
    return Wording(
        Text("更正：之前说已解决的问题还在", "A correction: something is not fixed after all"),
        Text(
            f"「{first['title']}」{more_zh}的修复已撤回：{reason.zh}。修好后会再告诉你。",
            f"The fix of “{first['title']}”{more_en} was withdrawn: {reason.en}."
            " You will hear from us when it is fixed.",
        ),
        f"/reports/R-{first['report']}",
        _names(reports),
    )


def _withdrawn(data: dict[str, Any], *, more: Text) -> Wording:
    """A build was taken back: where its fixes are now, or that they are still to come."""
    first, gone, now_in = data["reports"][0], data["withdrawn"], data.get("now_in")
    zh, en = data["reason"]["zh"].rstrip("。."), data["reason"]["en"].rstrip(".")
    if now_in:
        told = Text(
            f"「{first['title']}」{more.zh}的修复在 {now_in} 里，请更新到它。",
            f"The fix of “{first['title']}”{more.en} is in build {now_in}: please update to it.",
        )
    else:
        told = Text(
            f"「{first['title']}」{more.zh}的修复改由下一个版本带来，到时会再告诉你。",
            f"The fix of “{first['title']}”{more.en} comes with another build;"
            " you will hear from us then.",
        )
    return Wording(
        Text(f"更正：{gone} 已撤回", f"A correction: build {gone} was withdrawn"),
        Text(f"{zh}。{told.zh}", f"{en}. {told.en}"),
        f"/reports/R-{first['report']}",
        _names(data["reports"]),
    )


def _reopened(data: dict[str, Any]) -> Wording:
    models = "、".join(data["models"])
    return Wording(
        Text(f"{data['proposal']} 还没有修好", f"{data['proposal']} is not fixed"),
        Text(
            f"{data['by']} 在 {data['build']} 上仍能遇到（{models}）：{data['title']}",
            f"{data['by']} still sees it in {data['build']} ({models}): {data['title']}",
        ),
        f"/proposals/{data['proposal']}",
        [data["report"]] if data.get("report") else [],
    )


_TITLES: dict[str, Text] = {
    NoticeKind.QUESTION: Text("工程师想请你补充一点信息", "An engineer needs one thing from you"),
    NoticeKind.REPLY: Text("你的反馈有官方回复", "There is an answer to your report"),
    NoticeKind.CLOSURE: Text("你的反馈已关闭", "Your report was closed"),
    NoticeKind.ANSWER: Text("提交者补充了信息", "The reporter answered"),
    NoticeKind.APPEAL: Text("有人对关闭提出申诉", "A closure was appealed against"),
    NoticeKind.SEVERE: Text("严重问题：请马上看", "Severe: please look at once"),
}


_SECOND = Text(
    "一个严重问题等第二个人确认关闭",
    "A severe report waits for a second person to agree to close it",
)


def _about_one(kind: str, data: dict[str, Any]) -> Wording:
    said = shortened(plain_text(str(data.get("text") or "")), 120)
    title = data["title"]
    text = Text(
        f"「{title}」：{said}" if said else f"「{title}」",
        f"“{title}”: {said}" if said else f"“{title}”",
    )
    name = f"R-{data['report']}"
    if data.get("act") == "report.closing":
        return Wording(_SECOND, text, f"/reports/{name}", [name])
    return Wording(_TITLES[kind], text, f"/reports/{name}", [name])
