"""Before you update: whether to wait with a build, and why. A rule, and its words.

A problem counts for a build when it was first seen there and is still open for its model
(`problems.py`), so the advice is withdrawn by itself when a later build brings the fix.

- wait: a bricked phone, lost data or a security problem that an engineer recorded, or that two
  testers confirmed.
- care: one of these from a single report that nobody recorded; or a major problem that three
  testers confirmed, for those who use that part of the system.
- go: everything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import msgspec

from tracker.language import Text
from tracker.releases.words import behind_tag
from tracker.reports.tables import SEVERE, Severity
from tracker.web import dates

CONFIRMED = 2
"""People who have a severe problem, from which on it is believed without an engineer."""

COMMON = 3
"""People who have a major problem, from which on others are warned of it."""


class Verdict(StrEnum):
    GO = "go"
    CARE = "care"
    WAIT = "wait"


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A serious problem that a build brought.

    `line`, `kind` and module are null where it is for the team alone. `recorded`: an engineer put
    it into a proposal. `reports` are the open ones of the model, `testers` all who have it there.
    `state`: new (nobody looked yet), asked, recorded, in_progress or fixed (waits for its train).
    """

    severity: Severity
    line: Text | None
    kind: str
    module: str | None
    module_name: Text | None
    proposal: int | None
    report: int | None
    recorded: bool
    reports: int
    testers: int
    state: str
    expected_on: date | None

    @property
    def text(self) -> Text:
        """What it is, as far as everybody may know."""
        if self.line is not None:
            return behind_tag(self.kind, self.line)
        what = _HIDDEN[self.severity == Severity.SECURITY]
        return what[0] if self.recorded else what[1]

    @property
    def name(self) -> str | None:
        """Where it can be followed up: "P-3", "R-12", or nowhere."""
        if self.proposal is not None:
            return f"P-{self.proposal}"
        return f"R-{self.report}" if self.report is not None else None

    @property
    def path(self) -> str | None:
        if self.name is None:
            return None
        return f"/{'proposals' if self.proposal is not None else 'reports'}/{self.name}"

    @property
    def verdict(self) -> Verdict:
        if self.severity in SEVERE:
            believed = self.recorded or self.testers >= CONFIRMED
            return Verdict.WAIT if believed else Verdict.CARE
        return Verdict.CARE if self.testers >= COMMON else Verdict.GO

    @property
    def shown(self) -> bool:
        """A major problem that one person has and nobody recorded is not one of the build yet."""
        return self.severity in SEVERE or self.recorded or self.testers >= CONFIRMED


_HIDDEN = {
    True: (
        Text("一个安全问题，工程师正在处理", "A security problem; the engineers are working on it"),
        Text("一个安全问题，工程师还没看过", "A security problem that nobody has looked at yet"),
    ),
    False: (
        Text(
            "一个只给官方看的问题，工程师正在处理",
            "A problem reported to officials only; the engineers are working on it",
        ),
        Text(
            "一个只给官方看的问题，工程师还没看过",
            "A problem reported to officials only; nobody has looked at it yet",
        ),
    ),
}

_MET = {
    Severity.BRICK: Text("手机开不了机", "a phone that would not start"),
    Severity.DATA_LOSS: Text("数据丢失", "lost data"),
    Severity.SECURITY: Text("安全问题", "a security problem"),
}


class Advice(msgspec.Struct, frozen=True):
    """`problems` are those that are shown, the worst first. `withdrawn`: the reason why the whole
    build was, and then nothing else counts."""

    verdict: Verdict
    problems: list[Problem]
    withdrawn: Text | None = None

    @property
    def heading(self) -> Text:
        if self.withdrawn is not None:
            return Text("不要安装", "Do not install it")
        if self.verdict == Verdict.WAIT:
            return Text("先别更新", "Wait with this update")
        if self.verdict == Verdict.GO:
            return Text("可以更新", "Fine to update")
        if self._alone():
            return Text("先备份，不急就等等", "Make a backup first, or wait")
        return self._of_parts(
            "经常用{parts}的话，先等等", "If you use {parts} a lot, wait", "先等等", "Better wait"
        )

    @property
    def why(self) -> Text:
        """A sentence or two, on what the verdict stands on."""
        if self.withdrawn is not None:
            return Text(f"已撤回：{self.withdrawn.zh}", f"Withdrawn: {self.withdrawn.en}")
        if self.verdict == Verdict.GO:
            if not self.problems:
                return Text(
                    "没有人在这个版本上遇到新的严重问题。",
                    "Nobody has met a new serious problem on this build.",
                )
            return Text(
                "新出现的问题只有少数人遇到，列在下面。",
                "Few have met what is new in it, listed below.",
            )
        worst = self._decisive()[0]
        if worst.severity not in SEVERE:
            return Text(
                f"{worst.testers} 位内测用户更新后遇到了同一个问题：{worst.text.zh}。",
                f"{worst.testers} testers met the same problem after this update: {worst.text.en}.",
            )
        met = _MET[worst.severity]
        if worst.verdict == Verdict.CARE:
            return Text(
                f"有 1 个反馈说更新后{met.zh}，还没有别人遇到，工程师也还没确认。",
                f"One report tells of {met.en} after this update. Nobody else has met it, and no"
                " engineer has confirmed it yet.",
            )
        n = worst.testers
        return Text(
            f"{n} 位内测用户更新后遇到{met.zh}，"
            + ("工程师已收录。" if worst.recorded else "工程师还没确认。"),
            (f"{n} testers" if n != 1 else "A tester")
            + f" met {met.en} after this update; "
            + (
                "the engineers have recorded it."
                if worst.recorded
                else "no engineer has confirmed it yet."
            ),
        )

    def then(self, today: date) -> Text | None:
        """What happens next; null where there is nothing to wait for."""
        if self.verdict == Verdict.GO or self.withdrawn is not None:
            return None
        days = [problem.expected_on for problem in self._decisive()]
        known = [day for day in days if day is not None]
        if len(known) < len(days):
            return Text(
                "修好的版本发出后，这条提醒会自己撤下。",
                "This warning goes by itself once a build with the fix is out.",
            )
        return Text(
            f"预计 {dates.day(max(known), 'zh', today=today)}的版本解决，到时这条提醒会自己撤下。",
            f"The fix is expected in the build of {dates.day(max(known), 'en', today=today)}; this"
            " warning goes by itself then.",
        )

    def _decisive(self) -> Sequence[Problem]:
        return [problem for problem in self.problems if problem.verdict == self.verdict]

    def _alone(self) -> bool:
        return any(problem.severity in SEVERE for problem in self._decisive())

    def _of_parts(self, zh: str, en: str, bare_zh: str, bare_en: str) -> Text:
        """The parts of the system that are concerned, as far as they are told."""
        names = list(dict.fromkeys(one.module_name for one in self._decisive() if one.module_name))
        if not names:
            return Text(bare_zh, bare_en)
        return Text(
            zh.format(parts="、".join(name.zh for name in names)),
            en.format(parts=" and ".join(name.en for name in names)),
        )


def weigh(problems: Sequence[Problem]) -> Advice:
    """The advice of the worst of them."""
    shown = [problem for problem in problems if problem.shown]
    order = list(Verdict)
    worst = max((problem.verdict for problem in shown), key=order.index, default=Verdict.GO)
    return Advice(worst, sorted(shown, key=lambda one: -order.index(one.verdict)))
