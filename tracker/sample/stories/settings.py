"""A switch that came for two models first, and labels that are cut off."""

from __future__ import annotations

from tracker.proposals.tables import ProposalKind, Verdict
from tracker.reports.tables import Frequency, Kind, Severity
from tracker.sample.script import Script


def tell(s: Script) -> None:
    wish = s.report(
        *("1 sat 21:00", "lantern", "fuxi", "settings", "希望标准版也能用防闪烁模式"),
        "晚上看久了眼睛酸。Pro 上有，标准版没有。",
        kind=Kind.SUGGESTION,
    )
    mode = s.proposes(
        *("1 mon 14:30", "erin", "防闪烁模式", (wish,)),
        kind=ProposalKind.NEW,
        line=(
            "防闪烁模式，前往「设置 → 显示 → 防闪烁模式」开启",
            "Anti-flicker mode, in Settings → Display",
        ),
    )
    s.starts("1 tue 10:00", "erin", mode)
    s.fixes("1 wed 18:00", "erin", mode, "fuxi", "houji", change="display I20f4")
    s.checks("2 sat 20:00", "lantern", wish, Verdict.FIXED, "眼睛舒服多了。")
    also = s.report(
        *("2 sun 20:00", "teapot", "mondrian", "settings", "K60 什么时候有防闪烁模式？"),
        kind=Kind.SUGGESTION,
        severity=Severity.MINOR,
    )
    s.links("2 mon 10:30", "erin", mode, also)
    s.says("2 mon 10:32", "erin", also, "在做。K60 的屏幕要单独调，预计两三周。")
    s.fixes("4 mon 17:00", "erin", mode, "mondrian", change="display I2311")

    cut = s.report(
        *("3 sun 21:30", "sparrow", "zizhan", "settings", "外屏设置里的文字显示不全"),
        "「屏幕刷新率」只显示「屏幕刷…」。",
        severity=Severity.MINOR,
        frequency=Frequency.ALWAYS,
    )
    labels = s.proposes(
        *("4 mon 16:00", "erin", "外屏设置项的文字显示", (cut,)),
        kind=ProposalKind.OPTIMIZATION,
        line=("外屏设置项的文字显示", "How settings read on the outer screen"),
    )
    s.fixes("4 tue 14:00", "erin", labels, "zizhan")
