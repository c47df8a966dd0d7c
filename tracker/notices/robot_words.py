"""The words of what a team's robots post: title and text, of lines."""

from __future__ import annotations

from datetime import date
from typing import Any

from tracker.language import Text
from tracker.proposals.words import KINDS
from tracker.reports.words import SEVERITIES
from tracker.web import dates
from tracker.web.markdown import plain_text


def changelog(data: dict[str, Any]) -> tuple[Text, Text]:
    """`data` is as `robots` keeps it. A heading for each module, and a line for each entry."""
    day = date.fromisoformat(data["date"])
    title = Text(
        f"橙色星期五 {dates.day(day, 'zh', today=day)}更新日志",
        f"Orange Friday, {dates.day(day, 'en', today=day)}: changelog",
    )
    return title, Text(*("\n".join(_changelog(data, language)) for language in ("zh", "en")))


def _changelog(data: dict[str, Any], language: str) -> list[str]:
    lines = [_figures(data).within(language)]
    models: dict[str, list[str]] = {}
    for build in data["late"]:
        models.setdefault(build["why"][language], []).append(build["name"][language])
    lines += [_late(names, why).within(language) for why, names in models.items()]
    notes = plain_text(data["notes"][language])
    lines += [notes] if notes else []
    for module in data["modules"]:
        name = module["name"][language]
        lines += ["", f"【{name}】" if language == "zh" else f"{name}:"]
        lines += [_line(one, language) for one in module["lines"]]
    return lines


def _figures(data: dict[str, Any]) -> Text:
    lines = sum(len(module["lines"]) for module in data["modules"])
    models, reports, testers = data["models"], data["reports"], data["testers"]
    if not lines:
        return Text("这一期没有更新条目。", "This release has no entries.")
    zh = f"{lines} 项更新，{models} 个机型"
    en = f"{lines} change{_s(lines)} for {models} model{_s(models)}"
    if reports:
        zh += f"，解决了 {testers} 位内测用户的 {reports} 个反馈"
        en += f"; {reports} report{_s(reports)} by {testers} tester{_s(testers)} solved"
    return Text(f"{zh}。", f"{en}.")


def _s(n: int) -> str:
    return "" if n == 1 else "s"


def _late(names: list[str], why: str) -> Text:
    zh, en = "、".join(dict.fromkeys(names)), ", ".join(dict.fromkeys(names))
    return Text(
        f"延迟发布：{zh}" + (f"（{why.rstrip('。')}）" if why else ""),
        f"Later: {en}" + (f" ({why.rstrip('.')})" if why else ""),
    )


def _line(one: dict[str, Any], language: str) -> str:
    names = [name[language] for name in one["models"]]
    for_whom = "" if not names else f"（{'、'.join(names)}）"
    colon = ""
    if language == "en":
        for_whom = "" if not names else f" ({', '.join(names)})"
        colon = ":"
    return f"· {KINDS[one['kind']].within(language)}{colon} {one[language]}{for_whom}"


def titled(title: Text) -> Text:
    """With our name: a robot may be set to take only what holds a certain word."""
    return Text(f"橙色星期五 · {title.zh}", f"Orange Friday · {title.en}")


def severe(data: dict[str, Any]) -> Text:
    name, module = f"R-{data['report']}", Text(**data["module"])
    if not data["title"]:
        return Text(
            f"{name} · {module.zh}。只给官方看的反馈，登录后打开。",
            f"{name} · {module.en}. A private report: sign in to open it.",
        )
    how = SEVERITIES[data["severity"]]
    return Text(
        f"{name} · {module.zh} · {how.zh}：「{data['title']}」",
        f"{name} · {module.en} · {how.en}: “{data['title']}”",
    )
