"""The home screen: one solved last Friday, one wish that is declined with its reason."""

from __future__ import annotations

from tracker.proposals.tables import ProposalKind
from tracker.reports.tables import Frequency, Kind, Severity
from tracker.sample.script import Script, zh


def tell(s: Script) -> None:
    shifted = s.report(
        *("2 mon 19:50", "alice", "fuxi", "home", "文件夹展开时图标错位"),
        zh("打开一个装满两页的文件夹", "图标整齐", "第二页的图标偏下半格，盖住了名字"),
        severity=Severity.MINOR,
    )
    overlap = s.report(
        *("2 tue 12:15", "kiwi", "houji", "home", "文件夹里第二页的图标叠在一起"),
        "大图标模式下才有。",
        severity=Severity.MINOR,
        frequency=Frequency.ALWAYS,
    )
    found = s.proposes(
        *("2 wed 10:00", "lin", "文件夹展开时图标错位", (shifted, overlap)),
        line=("文件夹展开时图标错位的问题", "Icons in the wrong place when a folder opens"),
    )
    s.starts("3 sat 10:00", "lin", found)
    s.fixes("3 tue 15:30", "lin", found, change="home !981")

    free = s.report(
        *("1 mon 13:00", "bamboo", "mondrian", "home", "桌面图标想要自由摆放"),
        "不想从左上角开始排，想把常用的几个放到右下角，单手够得着。",
        kind=Kind.SUGGESTION,
    )
    wish = s.proposes(
        *("1 wed 14:00", "lin", "桌面图标自由摆放", (free,)),
        kind=ProposalKind.NEW,
        line=("桌面图标可以自由摆放", "Icons can be placed freely"),
    )
    s.declines(
        *("2 wed 15:00", "lin", wish),
        "试做过两版：换主题、换手机恢复时布局都会乱，所以这次不做。"
        "如果想让图标靠近拇指，可以试试「设置 → 桌面 → 图标从下往上排列」。",
    )

    blank = s.report(
        *("3 wed 19:00", "panda", "cupid", "home", "最近任务里第一张卡片是空白的"),
        "刚退出的应用变成一张白卡片，点进去又正常。",
    )
    s.proposes(
        *("4 mon 10:20", "lin", "最近任务的空白卡片", (blank,)),
        line=("最近任务里出现空白卡片的问题", "Blank cards among recent apps"),
    )
    s.too("4 mon 12:30", "yuzu", blank, "cupid")

    s.report(
        *("4 sat 22:47", "lantern", "fuxi", "home", "返回桌面时壁纸闪一下"),
        "深色模式下比较明显，像是先白了一帧。",
        severity=Severity.MINOR,
        frequency=Frequency.SOMETIMES,
    )
