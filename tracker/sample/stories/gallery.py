"""The gallery: faster since two weeks, a wrong date that waits for its turn, and an empty album that
keeps a model from updating."""

from __future__ import annotations

from tracker.proposals.tables import ProposalKind, Verdict
from tracker.reports.tables import Frequency, Severity
from tracker.sample.script import Script, zh


def tell(script: Script) -> None:
    _faster(script)
    _empty_album(script)


def _faster(s: Script) -> None:
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


def _empty_album(s: Script) -> None:
    """Bob has not updated yet, and is told to wait."""
    empty = s.report(
        *("4 sat 09:40", "lychee", "nuwa", "gallery", "更新后私密相册是空的"),
        zh(
            "1. 更新到最新版本\n2. 打开相册，下拉进入私密相册",
            "看到原来的 212 张照片",
            "一张都没有，存储空间也多出来 3 GB",
        ),
        severity=Severity.DATA_LOSS,
        frequency=Frequency.ALWAYS,
    )
    s.says(
        *("4 sat 09:58", "lin", empty),
        "先不要往私密相册里放新照片，也不要清理空间：照片多半还在手机里，只是索引没有了。我们在同型号上复现了。",
    )
    s.too("4 sat 11:15", "pepper", empty, "nuwa", "Mine is empty as well. I have a backup.")
    found = s.proposes(
        *("4 sat 10:20", "lin", "私密相册升级后索引丢失", (empty,)),
        line=(
            "小米 13 Pro 更新后私密相册显示为空的问题",
            "Private album was empty after an update on the Xiaomi 13 Pro",
        ),
    )
    s.starts("4 sat 10:21", "lin", found)
    s.fixes("4 tue 18:30", "lin", found, "nuwa", change="gallery !2291")
    s.says(
        *("4 tue 18:40", "lin", empty),
        "找到了，照片都在。更新到本周五的版本后，相册会自己把它们找回来，大约要十分钟。",
    )
