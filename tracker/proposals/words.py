"""Everything a proposal may say about itself, in both languages."""

from __future__ import annotations

from tracker.language import Text
from tracker.proposals.tables import ProposalKind, State, Verdict

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

EVENTS: dict[str, Text] = {
    "proposal.opened": Text("建立了提案", "opened this proposal"),
    "proposal.changed": Text("修改了提案", "changed it"),
    "proposal.started": Text("开始处理", "started work"),
    "proposal.stopped": Text("放回待处理", "put it back"),
    "proposal.declined": Text("决定不采纳", "declined it"),
    "proposal.fixed": Text("标记为已修复：{models}", "marked it fixed: {models}"),
    "proposal.reverted": Text("回退了修复：{models}", "reverted the fix: {models}"),
    "proposal.reopened": Text(
        "{models} 在 {build} 上仍有问题，重新打开", "reopened for {models}: still there in {build}"
    ),
}
