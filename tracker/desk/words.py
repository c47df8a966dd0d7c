"""What the team reads at the desk, in both languages."""

from __future__ import annotations

from tracker.desk.tables import ReplyKind
from tracker.language import Text

REPLY_KINDS: dict[str, Text] = {
    ReplyKind.REPLY: Text("回复", "Reply"),
    ReplyKind.QUESTION: Text("提问", "Question"),
    ReplyKind.CLOSURE: Text("关闭", "Closure"),
}

TOLD: dict[str, Text] = {
    "kept": Text("保存好了。", "Saved."),
    "removed": Text("已删除。", "Removed."),
}
"""What is told once after something was changed, by the word in the address."""
