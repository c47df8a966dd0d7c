"""Everything a report may say about itself, in both languages."""

from __future__ import annotations

from tracker.language import Text
from tracker.reports.tables import Frequency, Kind, Reason, Severity, Status

STATUSES: dict[str, Text] = {
    Status.NEW: Text("待处理", "Waiting"),
    Status.NEEDS_INFO: Text("请补充", "Needs an answer"),
    Status.ACCEPTED: Text("已收录", "Recorded"),
    Status.IN_PROGRESS: Text("处理中", "Being fixed"),
    Status.FIXED: Text("下版本解决", "In the next build"),
    Status.RELEASED: Text("已解决", "In a build"),
    Status.VERIFIED: Text("已验证", "Confirmed fixed"),
    Status.CLOSED: Text("已关闭", "Closed"),
}

KINDS: dict[str, Text] = {
    Kind.BUG: Text("缺陷", "Bug"),
    Kind.SUGGESTION: Text("建议", "Suggestion"),
}

SEVERITIES: dict[str, Text] = {
    Severity.BRICK: Text("变砖", "Phone won't start"),
    Severity.DATA_LOSS: Text("丢数据", "Data lost"),
    Severity.SECURITY: Text("安全问题", "Security"),
    Severity.MAJOR: Text("严重影响使用", "Major"),
    Severity.NORMAL: Text("一般", "Normal"),
    Severity.MINOR: Text("轻微", "Minor"),
}

FREQUENCIES: dict[str, Text] = {
    Frequency.ALWAYS: Text("每次", "Every time"),
    Frequency.OFTEN: Text("经常", "Often"),
    Frequency.SOMETIMES: Text("偶尔", "Sometimes"),
    Frequency.ONCE: Text("只有一次", "Once"),
}

REASONS: dict[str, Text] = {
    Reason.UNREPRODUCIBLE: Text("无法复现", "Cannot be reproduced"),
    Reason.AS_INTENDED: Text("设计如此", "Works as intended"),
    Reason.DECLINED: Text("不采纳", "Declined"),
    Reason.WITHDRAWN: Text("已撤回", "Withdrawn"),
    Reason.OBSOLETE: Text("已过期", "No longer applies"),
    Reason.SPAM: Text("垃圾内容", "Spam"),
}

EVENTS: dict[str, Text] = {
    "report.filed": Text("提交了反馈", "filed this report"),
    "report.new": Text("回到待处理", "back in the queue"),
    "report.accepted": Text("已收录到 {proposal}", "recorded in {proposal}"),
    "report.in_progress": Text("开始处理", "being fixed now"),
    "report.fixed": Text(
        "已修复，等待进入你机型的版本", "fixed, waiting for a build for this device"
    ),
    "report.moved": Text(
        "从 {was}的版本改到 {expected_on}的",
        "moved from the build of {was} to that of {expected_on}",
    ),
    "report.released": Text("已在 {build} 解决", "fixed in build {build}"),
    "report.shifted": Text("现在以 {build} 为准", "counted as fixed from build {build} on"),
    "report.recalled": Text(
        "{recalled} 已撤回（{why}），修复等下一个版本",
        "build {recalled} was withdrawn ({why}); the fix waits for another",
    ),
    "report.verified": Text("确认已解决", "confirmed the fix"),
    "report.unlinked": Text("从 {proposal} 移出", "taken out of {proposal}"),
    "report.asked": Text("请提交者补充信息", "asked for more information"),
    "report.answered": Text("补充了信息", "answered the question"),
    "report.question_withdrawn": Text("撤回了提问", "took the question back"),
    "report.replied": Text("回复了", "replied"),
    "report.retracted": Text("收回了说过的话", "took back what was said"),
    "report.noted": Text("写了内部备注", "left an internal note"),
    "report.closed": Text("关闭了反馈：{reason}", "closed it: {reason}"),
    "report.closing": Text(
        "建议关闭（{reason}），等第二位工程师确认",
        "proposed to close it ({reason}); a second engineer must confirm",
    ),
    "report.closing_withdrawn": Text("撤回了关闭建议", "took the proposal to close back"),
    "report.reopened": Text("重新打开了反馈", "reopened it"),
    "report.appealed": Text("提出了申诉", "appealed"),
    "report.affected": Text("也遇到了这个问题（{device}）", "has the same problem ({device})"),
    "report.unaffected": Text("不再受影响", "is no longer affected"),
    "report.checked": Text("在 {build} 上验证：{verdict}", "checked build {build}: {verdict}"),
    "report.credited": Text(
        "把 {person} 记在 {proposal} 的感谢里", "thanked {person} in {proposal}"
    ),
    "report.uncredited": Text(
        "不再在 {proposal} 里感谢 {person}", "no longer thanks {person} in {proposal}"
    ),
    "report.imported": Text("从 {source} 导入", "imported from {source}"),
    "report.snoozed": Text("暂缓到 {until}", "snoozed until {until}"),
    "report.woken": Text("放回队列", "back in the queue of the team"),
    "report.labelled": Text("加上标签 {label}", "labelled it {label}"),
    "report.unlabelled": Text("去掉标签 {label}", "took the label {label} off"),
    "report.routed": Text("规则 {rule} 交给了 {owner}", "rule {rule} gave it to {owner}"),
    "report.sorted": Text("规则 {rule} 加上标签 {label}", "rule {rule} labelled it {label}"),
    "report.advised": Text(
        "规则 {rule} 建议回复 {reply}", "rule {rule} suggests the reply {reply}"
    ),
    "report.owned": Text("由 {owner} 负责", "is now looked after by {owner}"),
}
"""What the timeline says; places in braces come from the event's data."""


def status_sentence(
    status: str,
    *,
    device: Text,
    build: str | None = None,
    expected: Text | None = None,
    missed: Text | None = None,
    late: Text | None = None,
    reason: str = "",
    others: int = 0,
    answer_time: Text | None = None,
    overdue: bool = False,
    answered: bool = False,
    waiting: bool = True,
    appealed: bool = False,
    named: bool = False,
) -> Text:
    """Where a report is, as LOOK's voice has it: who, what, when.

    Of a new one, `answer_time` is what a first answer takes in its module, `overdue`: this one takes
    longer. `answered`: the team has said something before, and since then a tester (`waiting`) or
    not; `appealed`: it was closed, and the reporter did not agree.

    `others` counts the further testers whose reports are gathered in the same proposal. Of a fix
    that waits, `missed` is the train it was to be on before, `late` why its build has not come.
    Of a fix that is confirmed, `named`: its changelog line carries the reporter's name.
    """
    match status:
        case Status.NEW if answered and not waiting:
            return Text(
                "工程师已回复，还在看。", "An engineer has answered, and is still looking at it."
            )
        case Status.NEW if appealed:
            return Text(
                "已重新打开，等工程师再看一次。", "Open again, for an engineer to look once more."
            )
        case Status.NEW if answered:
            return Text("已收到，工程师会接着看。", "We have it; an engineer will go on with it.")
        case Status.NEW if answer_time and overdue:
            return Text(
                f"已收到。通常在 {answer_time.zh}内回复，这次久了一些。",
                f"We have it. An answer usually takes {answer_time.en}; this one is taking longer.",
            )
        case Status.NEW if answer_time:
            return Text(
                f"已收到。通常在 {answer_time.zh}内回复。",
                f"We have it. An answer usually takes {answer_time.en}.",
            )
        case Status.NEW:
            return Text("已收到，工程师会来看。", "We have it; an engineer will look at it.")
        case Status.NEEDS_INFO:
            return Text(
                "工程师想请你补充一点信息，补充后马上继续。",
                "An engineer needs one thing from you to go on.",
            )
        case Status.ACCEPTED if others:
            return Text(
                f"已收录，和另外 {others} 位内测用户的反馈一起处理。",
                f"Recorded, together with reports from {others} other"
                f" tester{'s' if others != 1 else ''}.",
            )
        case Status.ACCEPTED:
            return Text("已收录，排队等待处理。", "Recorded, and waiting for its turn.")
        case Status.IN_PROGRESS:
            return Text("工程师正在修复。", "Being fixed now.")
        case Status.FIXED if expected and late:
            return Text(
                f"已修复。{expected.zh}的版本在你的{_beside(device.zh)} 上晚点：{late.zh}。",
                f"Fixed. The build of {expected.en} for your {device.en} is late: {late.en}.",
            )
        case Status.FIXED if expected and missed:
            return Text(
                f"已修复，从 {missed.zh}的版本改到 {expected.zh}的，到时到达你的{_beside(device.zh)}。",
                f"Fixed. Moved from the build of {missed.en} to that of {expected.en}"
                f" for your {device.en}.",
            )
        case Status.FIXED if expected:
            return Text(
                f"已修复，预计随 {expected.zh}的版本到达你的{_beside(device.zh)}。",
                f"Fixed. Expected in the build of {expected.en} for your {device.en}.",
            )
        case Status.FIXED:
            return Text("已修复，等待下一个版本。", "Fixed, and waiting for the next build.")
        case Status.RELEASED if build:
            return Text(
                f"已在 {build} 解决。更新后告诉我们：好了吗？",
                f"In build {build}. Once you have updated: is it fixed?",
            )
        case Status.RELEASED:
            return Text("已解决。更新后告诉我们：好了吗？", "In your build. Is it fixed?")
        case Status.VERIFIED if named:
            return Text(
                "你确认已解决，谢谢。这条更新里有你的名字。",
                "You confirmed it. Thank you; the entry carries your name.",
            )
        case Status.VERIFIED:
            return Text("你确认已解决，谢谢。", "You confirmed it. Thank you.")
        case _:
            return _closed(reason)


def sentence_for_others(
    status: str,
    *,
    device: Text,
    build: str | None = None,
    expected: Text | None = None,
    reason: str = "",
    answered: bool = False,
) -> Text:
    """The same for a reader who did not file it: nothing is asked of them, nothing called theirs."""
    match status:
        case Status.NEW if answered:
            return Text("工程师已回复，还在看。", "An engineer has answered, and is still looking.")
        case Status.NEW:
            return Text("已收到，等工程师来看。", "Received; an engineer will look at it.")
        case Status.NEEDS_INFO:
            return Text(
                "工程师在等提交者补充一点信息。",
                "An engineer is waiting for the reporter’s answer.",
            )
        case Status.ACCEPTED:
            return Text("已收录，排队等待处理。", "Recorded, and waiting for its turn.")
        case Status.IN_PROGRESS:
            return Text("工程师正在修复。", "Being fixed now.")
        case Status.FIXED if expected:
            return Text(
                f"已修复，预计随 {expected.zh}的版本到达{_beside(device.zh)}。",
                f"Fixed. Expected in the build of {expected.en} for {device.en}.",
            )
        case Status.FIXED:
            return Text("已修复，等待下一个版本。", "Fixed, and waiting for the next build.")
        case Status.RELEASED | Status.VERIFIED if build:
            who = "，提交者确认过" if status == Status.VERIFIED else ""
            confirmed = ", and confirmed by its reporter" if status == Status.VERIFIED else ""
            return Text(
                f"已在{_beside(device.zh)}的 {build} 解决{who}。",
                f"Fixed in build {build} for {device.en}{confirmed}.",
            )
        case Status.RELEASED | Status.VERIFIED:
            return Text("已解决。", "Fixed.")
        case _:
            return _closed(reason)


def _closed(reason: str) -> Text:
    known = REASONS.get(reason, Text("其他", "other"))
    return Text(f"已关闭：{known.zh}。", f"Closed: {known.en[0].lower()}{known.en[1:]}.")


def _beside(zh: str) -> str:
    """A space between Chinese and the Latin letters or digits that follow it."""
    return f" {zh}" if zh[:1].isascii() else zh


def next_step(status: str, *, appealed: bool = False, reason: str = "") -> Text:
    """What happens next, and who has to do it."""
    match status:
        case Status.NEW if appealed:
            return Text(
                "你的申诉已经送到，工程师会再看一次。",
                "Your appeal has arrived; an engineer will look again.",
            )
        case Status.NEW:
            return Text(
                "工程师会收录它，或者向你提问。",
                "An engineer will record it, or ask you something.",
            )
        case Status.NEEDS_INFO:
            return Text("请回答下面的问题。", "Please answer the question below.")
        case Status.ACCEPTED:
            return Text("开始处理时这里会更新。", "This page changes when work on it starts.")
        case Status.IN_PROGRESS:
            return Text("修好以后会进入周五的版本。", "Once fixed, it goes into a Friday build.")
        case Status.FIXED:
            return Text(
                "版本发布当天会通知你。", "You will be told on the day the build is published."
            )
        case Status.RELEASED:
            return Text(
                "更新到这个版本，然后告诉我们结果。",
                "Update to that build and tell us how it went.",
            )
        case Status.VERIFIED:
            return Text("不需要再做什么。", "There is nothing left to do.")
        case _ if reason == Reason.WITHDRAWN:
            return Text("你可以随时重新打开它。", "You can reopen it at any time.")
        case _ if appealed:
            return Text(
                "申诉已经处理过，这是最后的结论。",
                "The appeal has been heard; this is the last word.",
            )
        case _:
            return Text("如果不同意，你可以申诉一次。", "If you disagree, you may appeal once.")


def next_step_for_others(status: str) -> Text:
    """What happens next, for a reader who did not file it."""
    match status:
        case Status.NEW:
            return Text(
                "工程师会收录它，或者向提交者提问。",
                "An engineer will record it, or ask its reporter something.",
            )
        case Status.CLOSED:
            return Text(
                "你也遇到的话，提交一个你自己的反馈。",
                "If you have it too, file a report of your own.",
            )
        case Status.NEEDS_INFO:
            return Text("补充以后马上继续。", "It goes on as soon as they have answered.")
        case Status.RELEASED:
            return Text("等提交者更新后确认。", "Its reporter will say whether it helped.")
        case Status.VERIFIED:
            return Text("不需要再做什么。", "There is nothing left to do.")
        case Status.FIXED:
            return Text("版本发布当天会通知提交者。", "Its reporter is told when the build is out.")
        case _:
            return next_step(status)
