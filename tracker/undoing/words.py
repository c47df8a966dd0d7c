"""Acts, and taking them back, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracker.history.acting import Facts
from tracker.history.queries import PastEvent
from tracker.language import Text
from tracker.proposals.words import EVENTS as OF_PROPOSALS
from tracker.proposals.words import sentence as of_proposal
from tracker.reports.timeline import sentence as of_report

_ANOTHER_WAY: dict[str, Text] = {
    "release.published": Text(
        "已经发布的更新收不回来：撤回版本（triage build withdraw），或更正一条（erratum）",
        "a published release cannot be taken back: withdraw a build (triage build withdraw)"
        " or correct a line (an erratum)",
    ),
    "release.frozen": Text("用 triage friday thaw 解冻", "use triage friday thaw"),
    "release.held": Text("用 triage friday unhold 放行", "use triage friday unhold"),
    "release.": Text(
        "车次的安排用 triage friday 改回来", "a train is set right with triage friday"
    ),
    "build.": Text(
        "版本用 triage build 的 withdraw、restore 或 move 改回来",
        "builds are set right with triage build withdraw, restore or move",
    ),
    "line.": Text(
        "用 triage build move 把版本移回原来的通道", "move the builds back with triage build move"
    ),
    "saved_reply.": Text(
        "用 triage replies 的 keep 或 remove 改回来",
        "saved replies are set right with triage replies keep or remove",
    ),
    "module.": Text(
        "用 triage modules assign 改回来", "modules are given back with triage modules assign"
    ),
    "rule.": Text(
        "用 triage rules 的 keep 或 remove 改回来",
        "rules are set right with triage rules keep or remove",
    ),
    "report.credited": Text("用 triage uncredit 收回致谢", "use triage uncredit"),
    "report.uncredited": Text("用 triage credit 重新致谢", "use triage credit"),
}
"""What has a way back of its own, by the kind of its event or the beginning of that."""


_OTHERS: dict[str, Text] = {
    "saved_reply.kept": Text("保存了常用回复", "saved a reply"),
    "saved_reply.removed": Text("删除了常用回复", "removed a saved reply"),
    "module.owned": Text("给模块换了负责人", "gave a module another owner"),
    "rule.added": Text("添加了分派规则", "added a rule"),
    "rule.changed": Text("修改了分派规则", "changed a rule"),
    "rule.moved": Text("调整了分派规则的顺序", "moved a rule"),
    "rule.removed": Text("删除了分派规则", "removed a rule"),
    "build.added": Text("登记了版本", "entered a build"),
    "build.changed": Text("修改了版本", "changed a build"),
    "build.moved": Text("移动了版本", "moved a build"),
    "build.published": Text("发布了版本", "published a build"),
    "build.withdrawn": Text("撤回了版本", "withdrew a build"),
    "build.restored": Text("恢复了版本", "restored a build"),
    "line.moved": Text("把版本移到了另一个通道", "moved builds to another ring"),
    "release.arranged": Text("调整了更新条目的顺序", "put the lines into another order"),
    "release.frozen": Text("冻结了这一期", "froze the train"),
    "release.thawed": Text("解冻了这一期", "let fixes in again"),
    "release.held": Text("暂缓发车", "held the train"),
    "release.let_go": Text("放行", "let the train go"),
    "release.noted": Text("写了发布说明", "wrote its notes"),
    "release.published": Text("发布了这一期", "published it"),
}


def why_not(kind: str) -> Text | None:
    """Why an event of this kind cannot be undone, and what to do instead; None: it can."""
    for beginning, reason in _ANOTHER_WAY.items():
        if kind == beginning or (beginning.endswith(".") and kind.startswith(beginning)):
            return reason
    return None


def summary(kind: str, data: Mapping[str, Any], *, things: int) -> Text:
    """What an act was, by its first event."""
    said = _said(kind, data)
    if things < 2:
        return said
    return Text(f"{said.zh}（共 {things} 项）", f"{said.en} ({things} things)")


def _said(kind: str, data: Mapping[str, Any]) -> Text:
    if kind in OF_PROPOSALS:
        return of_proposal(kind, data)
    if kind in _OTHERS:
        return _named(_OTHERS[kind], data)
    return of_report(kind, data)


def _named(said: Text, data: Mapping[str, Any]) -> Text:
    """With the rule, saved reply or module that it was about."""
    if name := data.get("name"):
        return Text(f"{said.zh}：{name}", f"{said.en}: {name}")
    if module := data.get("module"):
        return Text(f"{said.zh}：{module['zh']}", f"{said.en}: {module['en']}")
    return said


def changed_since(latest: PastEvent | None) -> Text:
    if latest is None:
        return Text("之后又有变化", "it has changed since")
    said = _said(latest.kind, latest.data)
    by = Text("发布", "a release – ")
    if latest.actor:
        by = Text(latest.actor, f"{latest.actor} – ")
    elif "rule" in latest.data:
        # It says its own name.
        by = Text("", "")
    at = f"{latest.at:%m-%d %H:%M} UTC"
    return Text(
        f"之后又有变化：{by.zh}{said.zh}（{at}）", f"it has changed since: {by.en}{said.en} ({at})"
    )


def shipped_since() -> Text:
    return Text(
        "已经在一个版本里了：用 triage revert 回退，并说明原因",
        "it is in a build by now: revert it with triage revert, and say why",
    )


def gathered_since(reports: list[int]) -> Text:
    names = "、".join(f"R-{number}" for number in reports[:5])
    return Text(
        f"它后来又收录了 {names}：先移出（triage unlink）",
        f"it gathers {names} by now: take them out first (triage unlink)",
    )


def left_meanwhile(versions: list[str]) -> Text:
    named = "、".join(versions)
    return Text(
        f"{named} 已经发布或撤回，不再带有这个修复：重新标记修复（triage fix）",
        f"{named} left without the fix, or was withdrawn: mark it fixed again (triage fix)",
    )


_STATES = {
    "open": Text("放回待处理", "back to open"),
    "in_progress": Text("回到处理中", "back in progress"),
    "declined": Text("恢复为不采纳", "declined again"),
}
_NAMES = {
    "title": Text("标题", "title"),
    "module": Text("模块", "module"),
    "kind": Text("类型", "kind"),
    "owner": Text("负责人", "owner"),
    "changelog_zh": Text("中文更新条目", "changelog line in Chinese"),
    "changelog_en": Text("英文更新条目", "changelog line in English"),
}


def put_back(before: Facts, after: Facts, keys: Sequence[str]) -> Text:
    """What happens to a thing that an act left so when it is put back as it was before."""
    if not before:
        return Text("撤掉这个提案", "the proposal is gone")
    if not after:
        return Text("恢复这个提案", "the proposal is back")
    steps = [step for key in keys if (step := _step(key, before, after)) is not None]
    return Text(
        "；".join(dict.fromkeys(step.zh for step in steps)),
        "; ".join(dict.fromkeys(step.en for step in steps)),
    )


def _step(key: str, before: Facts, after: Facts) -> Text | None:
    was = before[key]
    if key == "proposal":
        if was is None:
            return Text(f"移出 P-{after[key]}", f"out of P-{after[key]} again")
        return Text(f"回到 P-{was}", f"back in P-{was}")
    if key == "state":
        return _STATES[was]
    if key == "fixes":
        if len(was) < len(after[key]):
            return Text("不再标记为已修复", "no longer marked fixed")
        return Text("恢复修复标记", "marked fixed again")
    if key == "owner" and "proposal" in keys_of(before, after):
        return None
    if key == "labels":
        return _relabelled({*was}, {*after[key]})
    if key in _NAMES:
        name = _NAMES[key]
        return Text(f"{name.zh}恢复原样", f"{name.en} as before")
    taken_back, again = _SIDINGS.get(key, (None, None))
    return taken_back if was is None else again


def _relabelled(was: set[str], left: set[str]) -> Text:
    off, on = ", ".join(sorted(left - was)), ", ".join(sorted(was - left))
    if off and on:
        return Text(f"去掉标签 {off}，恢复 {on}", f"the label {off} comes off, {on} is back")
    if off:
        return Text(f"去掉标签 {off}", f"the label {off} comes off")
    return Text(f"恢复标签 {on}", f"the label {on} is back")


def keys_of(before: Facts, after: Facts) -> set[str]:
    return {key for key in before if before[key] != after.get(key)}


_SIDINGS: dict[str, tuple[Text, Text]] = {
    "question": (
        Text("撤回提问", "the question is taken back"),
        Text("重新提问", "the question is open again"),
    ),
    "snoozed_until": (
        Text("放回队列", "back in the queue"),
        Text("再次暂缓", "snoozed again"),
    ),
    "closed_at": (Text("重新打开", "open again"), Text("再次关闭", "closed again")),
    "closing_by": (
        Text("撤回关闭建议", "nobody wants to close it any more"),
        Text("恢复关闭建议", "waits again for a second person to close it"),
    ),
}
"""Where it was null before, and where it was not."""

TAKEN_BACK = Text("收回说过的话", "what was said is taken back")


def already(act: int) -> Text:
    return Text(f"已经由 A-{act} 撤销", f"it was taken back by A-{act}")
