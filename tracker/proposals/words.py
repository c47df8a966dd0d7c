"""Everything a proposal may say about itself, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracker.language import Text
from tracker.proposals.forms import Outcome
from tracker.proposals.tables import ProposalKind, State, Verdict

ALL_MODELS = "*"
"""How an event says: for all models."""

KINDS: dict[str, Text] = {
    ProposalKind.NEW: Text("新增", "New"),
    ProposalKind.OPTIMIZATION: Text("优化", "Optimization"),
    ProposalKind.FIX: Text("修复", "Fix"),
}
"""The tags of changelog lines, in the order in which a changelog shows them."""

STATES: dict[str, Text] = {
    State.OPEN: Text("已收录", "Recorded"),
    State.IN_PROGRESS: Text("处理中", "Being fixed"),
    State.DECLINED: Text("不采纳", "Declined"),
}

VERDICTS: dict[str, Text] = {
    Verdict.FIXED: Text("好了", "Fixed"),
    Verdict.BROKEN: Text("还有", "Still there"),
    Verdict.UNSURE: Text("说不准", "Can't tell"),
}

OUTCOMES: dict[str, tuple[str, Text]] = {
    Outcome.CONFIRMED: (
        "good",
        Text("太好了，谢谢你回来告诉我们。", "Good. Thanks for telling us."),
    ),
    Outcome.REOPENED: (
        "wait",
        Text(
            "记下了，已经回到工程师手里。抱歉还没修好。",
            "It is back with the engineers. Sorry that it is not fixed yet.",
        ),
    ),
    Outcome.KNOWN: (
        "wait",
        Text(
            "记下了。在你的机型上它已经重新打开，工程师正在处理。",
            "Noted. It is open again for your model already, and the engineers are on it.",
        ),
    ),
    Outcome.OLDER: (
        "wait",
        Text(
            "记下了，不过那个版本还没有这个修复。更新以后再试一次。",
            "Noted, but that build does not have the fix yet. Try again once you have updated.",
        ),
    ),
    Outcome.REVERTED: (
        "wait",
        Text(
            "记下了。那个修复已经撤回，重新修好后会告诉你。",
            "Noted. That fix was taken back; you will hear when there is a new one.",
        ),
    ),
    Outcome.WITHDRAWN: (
        "wait",
        Text(
            "记下了，不过那个版本已经撤回。换到别的版本以后再试一次。",
            "Noted, but that build was withdrawn. Try again once you have another one.",
        ),
    ),
    Outcome.NOTED: (
        "",
        Text("记下了。什么时候确定了，再回来说。", "Noted. Come back when you can tell."),
    ),
}
"""What somebody is told who has answered, and the kind of notice that it is."""


def told_of(word: str, language: str) -> list[dict[str, str]]:
    """The same for the head of a page that they came back to, by the word in its address."""
    if word not in OUTCOMES:
        return []
    kind, words = OUTCOMES[word]
    return [{"kind": kind, "text": words.within(language)}]


AFTERWARDS: dict[str, Text] = {
    Outcome.CONFIRMED: Text(
        "你的确认已经记在这个问题上。哪天又出现了，回到这里改一下答案就行。",
        "Your word now counts for it. Should it ever come back, change your answer here.",
    ),
    Outcome.REOPENED: Text(
        "它在你的机型上重新打开了，负责的工程师会收到通知。重新修好后会告诉你。",
        "It is open again for your model, and the engineer who owns it is told."
        " You will hear when there is a new fix.",
    ),
    Outcome.KNOWN: Text(
        "你不用再做什么。重新修好后会告诉你。",
        "There is nothing more to do. You will hear when there is a new fix.",
    ),
    Outcome.OLDER: Text(
        "从带修复的版本开始再遇到，请回到这里告诉我们。",
        "If you still see it in a build that has the fix, come back here and say so.",
    ),
    Outcome.REVERTED: Text(
        "你不用再做什么，这个问题还在工程师手里。",
        "There is nothing more to do: it is with the engineers.",
    ),
    Outcome.WITHDRAWN: Text(
        "换了版本以后，用同一个链接再告诉我们一次。",
        "Once you have another one, tell us by the same link.",
    ),
    Outcome.NOTED: Text(
        "随时可以从同一个链接回来，换一个答案。",
        "Come back by the same link at any time to give another answer.",
    ),
}
"""What comes next, where the answer was given by a link."""

EVENTS: dict[str, Text] = {
    "proposal.opened": Text("建立了提案", "opened this proposal"),
    "proposal.changed": Text("修改了提案", "changed it"),
    "proposal.started": Text("开始处理", "started work"),
    "proposal.stopped": Text("放回待处理", "put it back"),
    "proposal.declined": Text("决定不采纳", "declined it"),
    "proposal.fixed": Text("标记为已修复：{models}", "marked it fixed: {models}"),
    "proposal.unfixed": Text("撤销了修复标记", "took the mark “fixed” back"),
    "proposal.removed": Text("撤掉了提案", "took this proposal back"),
    "proposal.restored": Text("恢复了提案", "restored this proposal"),
    "proposal.reverted": Text("回退了修复：{models}", "reverted the fix: {models}"),
    "proposal.reopened": Text(
        "{models} 在 {build} 上仍有问题，重新打开", "reopened for {models}: still there in {build}"
    ),
}


def sentence(kind: str, data: Mapping[str, Any]) -> Text:
    """An event of a proposal in words; a kind that has none is called by its own name."""
    words = EVENTS.get(kind, Text(kind, kind))
    models = [str(one) for one in data.get("models", ())]
    everywhere = ALL_MODELS in models
    build = data.get("build", "—")
    told = Text(
        words.zh.format(models="全部机型" if everywhere else "、".join(models), build=build),
        words.en.format(models="all models" if everywhere else ", ".join(models), build=build),
    )
    # By a commit: there is nobody else to name.
    where = data.get("repository")
    return (
        Text(f"{told.zh}（{where} 的提交）", f"{told.en} (a commit to {where})") if where else told
    )
