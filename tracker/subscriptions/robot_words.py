"""What a team's robots post, and what is said to whoever keeps them."""

from __future__ import annotations

from tracker.channels.base import Outcome, Verdict
from tracker.language import Text

POSTS: dict[str, Text] = {
    "changelog": Text("每周五的更新日志", "The changelog of each Friday"),
    "severe": Text("严重问题的反馈", "Severe reports"),
    "blocked": Text("发车前一小时还不能发的车", "Trains that cannot leave, an hour before"),
}
"""By kind of notice, in the order in which they are offered."""

TOLD: dict[str, Text] = {
    "added": Text("已添加，发一条测试看看", "Added. Send a test to see it"),
    "removed": Text("已移除，不会再往那里发", "Removed: nothing goes there any more"),
}

TEST_TEXT = Text(
    "橙色星期五的机器人在这里了，这是一条测试。",
    "The robot of Orange Friday is here: this is a test.",
)


def told_of_test(outcome: Outcome) -> Text:
    """With the vendor's number, by which their help pages go: its address is one of the vendor's,
    and the words beside the number are ours."""
    if outcome.verdict == Verdict.SENT:
        return Text("测试已发出，去群里看看", "The test is sent: look into the chat")
    detail = outcome.detail
    if outcome.verdict == Verdict.GONE:
        return Text(
            f"对方说没有这个机器人了，所以把它移除了（{detail}）",
            f"The far side says that there is no such robot, so it was removed ({detail})",
        )
    if outcome.verdict == Verdict.REFUSED:
        return Text(
            f"对方不收：检查签名密钥、关键词和 IP 白名单（{detail}）",
            f"It is not taken: check the secret, the keywords and the list of addresses ({detail})",
        )
    return Text(
        f"现在送不到，过一会儿再试（{detail}）",
        f"It cannot be delivered now: try again in a while ({detail})",
    )
