"""Before you update: whether to wait with a build, and why. A rule, and its words.

A problem counts for a build when it was first seen there and is still open for its model
(`queries.py`), so the advice is withdrawn by itself when a later build brings the fix.

- wait: a bricked phone or lost data that an engineer recorded, or that two testers confirmed.
- care: one of these from a single report that nobody recorded; a security problem, which nobody
  meets by accident; a major problem that three testers confirmed, for those who use that part.
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
        if self.severity == Severity.SECURITY:
            return Verdict.CARE
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
        Text(
            "一个安全问题，工程师正在处理", "A security problem that the engineers are working on"
        ),
        Text("一个安全问题，工程师还没看过", "A security problem that nobody has looked at yet"),
    ),
    False: (
        Text(
            "一个只给官方看的问题，工程师正在处理",
            "A problem reported to officials only, and the engineers are working on it",
        ),
        Text(
            "一个只给官方看的问题，工程师还没看过",
            "A problem reported to officials only, and nobody has looked at it yet",
        ),
    ),
}

_MET = {
    Severity.BRICK: Text("更新后手机开不了机", "could not start the phone after this update"),
    Severity.DATA_LOSS: Text("更新后丢了数据", "lost data after this update"),
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
        worst = self._decisive()[0]
        if worst.severity in _MET:
            return Text("先备份，不急就等等", "Make a backup first, or wait")
        parts = self._parts()
        if worst.severity == Severity.SECURITY or parts is None:
            return Text("不急就等等", "Wait, if there is no hurry")
        return Text(f"经常用{parts.zh}的话，先等等", f"If you use {parts.en} a lot, wait")

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
        n = worst.testers
        if worst.severity == Severity.SECURITY:
            return _dot(worst.text)
        if worst.severity == Severity.MAJOR:
            return Text(
                f"{n} 位内测用户更新后遇到了同一个问题：{worst.text.zh}。",
                f"{n} testers met the same problem after this update: {worst.text.en}.",
            )
        met = _MET[worst.severity]
        if worst.verdict == Verdict.CARE:
            return Text(
                f"1 位内测用户{met.zh}，还没有别人遇到，工程师也还没确认。",
                f"One tester {met.en}. Nobody else has met it, and no engineer has confirmed it.",
            )
        who = Text(f"{n} 位内测用户", f"{n} testers" if n != 1 else "One tester")
        if worst.recorded:
            return Text(
                f"{who.zh}{met.zh}，工程师已收录。",
                f"{who.en} {met.en}. The engineers have recorded it.",
            )
        return Text(
            f"{who.zh}{met.zh}，工程师还没确认。",
            f"{who.en} {met.en}. No engineer has confirmed it yet.",
        )

    def then(self, today: date) -> Text | None:
        """What happens next; null where there is nothing to wait for."""
        if self.verdict == Verdict.GO or self.withdrawn is not None:
            return None
        days = [problem.expected_on for problem in self._decisive()]
        known = [day for day in days if day is not None]
        if len(known) < len(days):
            return Text(
                "修好的版本发出后，这条提醒会自动消失。",
                "This warning goes by itself once a build with the fix is out.",
            )
        return Text(
            f"预计 {dates.day(max(known), 'zh', today=today)}的版本解决，到时这条提醒会自动消失。",
            f"The fix is expected in the build of {dates.day(max(known), 'en', today=today)}; this"
            " warning goes by itself then.",
        )

    def _decisive(self) -> Sequence[Problem]:
        return [problem for problem in self.problems if problem.verdict == self.verdict]

    def _parts(self) -> Text | None:
        """The parts of the system that are concerned, as far as they may be told."""
        names = dict.fromkeys(one.module_name for one in self._decisive() if one.module_name)
        if not names:
            return None
        return Text("、".join(name.zh for name in names), " and ".join(name.en for name in names))


def _dot(text: Text) -> Text:
    return Text(f"{text.zh}。", f"{text.en}.")


def weigh(problems: Sequence[Problem]) -> Advice:
    """The advice of the worst of them."""
    shown = [problem for problem in problems if problem.shown]
    order = list(Verdict)
    worst = max((problem.verdict for problem in shown), key=order.index, default=Verdict.GO)
    return Advice(worst, sorted(shown, key=lambda one: -order.index(one.verdict)))
