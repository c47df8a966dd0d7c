"""What became of commits, for maintainers and for the hosts' lists of deliveries."""

from __future__ import annotations

from tracker.language import Text
from tracker.repositories.tables import HostKind

HOSTS: dict[str, Text] = {
    HostKind.GITHUB: Text("GitHub", "GitHub"),
    HostKind.GITLAB: Text("GitLab", "GitLab"),
    HostKind.GERRIT: Text("Gerrit", "Gerrit"),
}

DONE = ("fixed", "reverted")

OUTCOMES: dict[str, Text] = {
    "fixed": Text("标记为已修复", "Marked as fixed"),
    "reverted": Text("撤回了修复", "The fix was taken back"),
    "already_fixed": Text("之前已经标记过了", "It was marked as fixed before"),
    "nothing_to_revert": Text("没有修复可撤回", "There was no fix to take back"),
    "seen": Text("这个提交之前已经处理过", "This commit was dealt with before"),
    "unknown_proposal": Text("没有这个提案", "There is no such proposal"),
    "declined": Text(
        "提案已经决定不采纳；要修的话先重新打开它",
        "The proposal has been declined; open it again first if it is to be fixed after all",
    ),
    "unknown_model": Text("没有 {about} 这个机型", "There is no device model {about}"),
    "unknown_commit": Text(
        "没有由提交 {about} 标记的修复；请写提案编号",
        "No fix was marked by commit {about}: give the proposal’s number",
    ),
    "unreadable": Text(
        "「{about}」不是提案编号，应写成 P-3", "“{about}” is no proposal’s number, such as P-3"
    ),
    "misplaced": Text(
        "Proposal: 或 Reverts: 不在提交说明的最后一段，git 不认它是 trailer",
        "Proposal: or Reverts: does not stand in the last paragraph, so git takes it for no trailer",
    ),
    "reapplied": Text(
        "它又恢复了一个撤回过的修复；要重新标记，请加上 Proposal: P-3",
        "It brings back a fix that was reverted: with Proposal: P-3 it would be marked again",
    ),
}

IGNORED: dict[str, Text] = {
    "ping": Text("连接正常", "The connection works"),
    "event": Text("不处理这类事件", "Events of this kind are not looked at"),
    "branch": Text("不是要看的分支", "Another branch than the one that counts"),
    "deleted": Text("分支被删除了", "The branch was deleted"),
}

TOLD: dict[str, Text] = {
    "removed": Text("已移除，它的提交不再算数", "Removed: its commits no longer count"),
}

NOTHING = Text("提交里没有提到提案", "No commit names a proposal")
AGAIN = Text("这次推送之前已经处理过，没有再做什么", "It was here before: nothing was done again")
LOOKED = Text("看完了", "Looked at")


def text_of(outcome: str, about: str = "") -> Text:
    """An outcome of an earlier version is called by its own name."""
    words = OUTCOMES.get(outcome, Text(outcome, outcome))
    return words.filled(about=about)
