"""The gallery: faster since two weeks, and a wrong date that waits for its turn."""

from __future__ import annotations

from tracker.proposals.tables import ProposalKind, Verdict
from tracker.reports.tables import Frequency
from tracker.sample.script import Script, zh


def tell(s: Script) -> None:
    slow = s.report(
        *("1 wed 20:10", "maple", "pipa", "gallery", "Recent album takes ten seconds to appear"),
        "Some 14,000 pictures. The list is white for ten seconds, each time I come back to it.",
        frequency=Frequency.ALWAYS,
    )
    faster = s.proposes(
        *("2 sat 15:30", "lin", "最近相册的加载速度", (slow,)),
        kind=ProposalKind.OPTIMIZATION,
        line=("照片很多时，最近相册的打开速度", "The Recent album opens faster with many pictures"),
    )
    s.starts("2 mon 09:40", "lin", faster)
    s.fixes("2 tue 11:30", "lin", faster, change="gallery !2204")
    s.checks("3 sat 16:00", "maple", slow, Verdict.FIXED, "Under a second. Lovely.")

    today = s.report(
        *("3 sun 14:00", "tofu", "pipa", "gallery", "从回收站恢复的照片，时间变成今天"),
        zh(
            "1. 删除一张去年的照片\n2. 在回收站里恢复它",
            "回到原来的日期",
            "排在今天，详情里也是今天",
        ),
        frequency=Frequency.ALWAYS,
    )
    first = s.report(
        *("3 mon 13:00", "alice", "fuxi", "gallery", "恢复的照片都排到了最前面"),
        "从回收站恢复了三十多张旅行的照片，全部堆在今天，要一张一张改回去。",
    )
    s.proposes(
        *("3 wed 11:10", "lin", "恢复的照片时间不对", (today, first)),
        line=("从回收站恢复的照片日期不对的问题", "Restored pictures had today’s date"),
    )
    s.too("4 sun 09:15", "kiwi", first, "houji")
    s.says(
        *("4 mon 10:00", "lin", first),
        "先别一张一张改：原来的拍摄时间还在照片里，修好以后会自动排回去。",
    )

    s.report(
        *("4 mon 19:30", "maple", "pipa", "gallery", "Shared album shows the same picture twice"),
        "After somebody else adds pictures, each is there twice on my tablet, once on my phone.",
        frequency=Frequency.SOMETIMES,
    )
