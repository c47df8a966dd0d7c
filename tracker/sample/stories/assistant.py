"""Xiao AI: a wish come true last Friday, and something said aloud that should not have been."""

from __future__ import annotations

from tracker.proposals.tables import ProposalKind
from tracker.reports.tables import Frequency, Kind
from tracker.sample.script import Script


def tell(s: Script) -> None:
    torch = s.report(
        *("1 sun 20:00", "alice", "fuxi", "assistant", "想用语音调手电筒的亮度"),
        "手上拿着东西的时候，只能开和关，太亮了晃眼。",
        kind=Kind.SUGGESTION,
    )
    brighter = s.proposes(
        *("2 wed 16:00", "lin", "语音调节手电筒亮度", (torch,)),
        kind=ProposalKind.NEW,
        line=(
            "语音调节手电筒亮度，试试说「手电筒调亮一点」",
            "Set the torch’s brightness by voice: try “make the torch brighter”",
        ),
    )
    s.starts("3 sat 11:00", "lin", brighter)
    s.fixes("3 wed 10:00", "lin", brighter, "fuxi", "nuwa", "houji", "mondrian", "cupid")

    address = s.report(
        *("3 thu 08:10", "alice", "fuxi", "assistant", "锁屏时小爱把我家的地址读出来了"),
        "在公司问「还有多久到家」，它把小区和楼号都念了出来。",
        private=True,
        frequency=Frequency.ALWAYS,
    )
    quiet = s.proposes(
        *("4 sat 10:00", "lin", "锁屏时的语音回答不应包含私人信息", (address,)),
        line=(
            "锁屏时语音回答包含私人信息的问题",
            "Answers on the lock screen held private details",
        ),
    )
    s.starts("4 sat 10:02", "lin", quiet)
    s.says(
        *("4 sat 10:10", "lin", address),
        "谢谢你只发给我们看。改成锁屏时只说时间、不说地点，正在做。",
    )

    s.report(
        *("4 mon 12:15", "yuzu", "cupid", "assistant", "喊一声小爱同学，电视和手机一起答应"),
        frequency=Frequency.SOMETIMES,
        train=2,
    )
