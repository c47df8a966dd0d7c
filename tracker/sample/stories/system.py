"""The system itself, and security: slow starts, a phone that would not start, an advertisement."""

from __future__ import annotations

from tracker.devices.tables import Ring
from tracker.people.actions import disable
from tracker.proposals.tables import ProposalKind, Verdict
from tracker.reports.tables import Frequency, Kind, Reason, Severity
from tracker.sample.script import Script, zh


def tell(script: Script) -> None:
    _slow_start(script)
    _would_not_start(script)
    _floating_windows(script)
    _closed_ones(script)
    _cleaner(script)
    _late_alarm(script)


def _slow_start(s: Script) -> None:
    slow = s.report(
        *("1 sat 10:00", "comet", "mondrian", "system"),
        "First start after an update takes six minutes",
        "Measured twice: six minutes and ten seconds, then five and a half.",
        frequency=Frequency.ALWAYS,
    )
    found = s.proposes(
        *("1 mon 16:00", "erin", "系统更新后首次开机过慢", (slow,)),
        line=(
            "系统更新后首次开机时间过长的问题",
            "First start after an update took several minutes",
        ),
    )
    s.fixes("1 wed 11:00", "erin", found, change="dexopt I51c0")
    s.checks("2 sat 13:00", "comet", slow, Verdict.FIXED, "Fifty seconds now.")


def _would_not_start(s: Script) -> None:
    dead = s.report(
        *("3 sun 09:12", "noodle", "fuxi", "system", "升级后无法开机，停在开机画面"),
        "昨晚升级，今天早上关机重启后就停在开机画面，长按电源键也没用。",
        severity=Severity.BRICK,
        frequency=Frequency.ONCE,
        ring=Ring.DEV,
    )
    s.says(
        *("3 sun 09:30", "erin", dead),
        "先不要清除数据。插上充电器等二十分钟，再同时按住音量上和电源键进恢复模式，告诉我屏幕上显示什么。我一直在线。",
    )
    s.says("3 sun 10:02", "noodle", dead, "充了半小时，自己开机了。之前应该是没电了，电量显示 3%。")
    s.says(
        *("3 sun 10:15", "erin", dead),
        "好，先正常用，重要的照片今天就备份。我们用同型号的手机多升级几遍，有结论就写在这里。",
    )
    s.says(
        *("3 sun 10:20", "cai", dead),
        "同机型这一批开机失败 0 例，发车不受影响。等 Erin 的结论。",
        internal=True,
    )
    s.closes(
        *("4 mon 11:30", "erin", dead, Reason.UNREPRODUCIBLE),
        "三台同型号的手机各升级二十次，都能正常开机；日志显示当时电量为 0，充电后恢复。"
        "如果再出现，请马上在这里说一声，我们立刻重新打开。",
    )


def _floating_windows(s: Script) -> None:
    wish = s.report(
        *("1 tue 21:15", "tofu", "pipa", "system", "小窗能不能记住上次的位置和大小"),
        "每次都要重新拖一遍。",
        kind=Kind.SUGGESTION,
    )
    windows = s.proposes(
        *("2 mon 10:00", "erin", "小窗记住位置和大小", (wish,)),
        kind=ProposalKind.NEW,
        line=(
            "小窗可以记住上次的位置和大小",
            "Floating windows remember their place and size",
        ),
    )
    corner = s.report(
        *("2 thu 12:30", "sparrow", "zizhan", "system", "展开后小窗总是回到左上角"),
        severity=Severity.MINOR,
        frequency=Frequency.ALWAYS,
    )
    s.links("3 mon 11:00", "erin", windows, corner)
    s.starts("3 mon 11:05", "erin", windows)
    s.fixes("4 tue 10:00", "erin", windows, "pipa", "zizhan", change="wm I8e02")


def _closed_ones(s: Script) -> None:
    split = s.report(
        *(
            "1 sun 18:00",
            "maple",
            "pipa",
            "system",
            "Split screen opens the wrong app after rotation",
        ),
        "Two apps side by side, turn the tablet: the left one is suddenly the clock.",
        frequency=Frequency.SOMETIMES,
    )
    s.closes(
        *("3 thu 10:00", "erin", split, Reason.OBSOLETE),
        "The split screen of then is gone with the build of this Friday; its successor has been"
        " written anew. If you meet anything like it there, please file it again and I will look"
        " at it first.",
    )
    spam = s.report(
        *("2 tue 03:33", "luckystar", "cupid", "system", "加群领内测资格，先到先得"),
        "加群领取，限前一百名。",
        kind=Kind.SUGGESTION,
    )
    s.closes(
        "2 tue 08:50",
        *("erin", spam, Reason.SPAM),
        "这是广告，不是反馈。内测资格只通过 F 码发放，不收费，也不用加群。",
    )
    s.at("2 tue 08:55", lambda at: disable(s.people["luckystar"], now=at))


def _cleaner(s: Script) -> None:
    zero = s.report(
        *("2 sun 10:00", "panda", "cupid", "security", "清理完还提示有 0 B 垃圾"),
        severity=Severity.MINOR,
        frequency=Frequency.ALWAYS,
    )
    quiet = s.proposes(
        *("2 wed 09:00", "erin", "清理完成后的 0 B 提示", (zero,)),
        kind=ProposalKind.OPTIMIZATION,
        line=("清理完成后不再提示「0 B 垃圾」", "No more “0 B to clean” after cleaning"),
    )
    s.fixes("3 mon 12:00", "erin", quiet, change="securitycenter !640")
    s.checks("4 sat 10:30", "panda", zero, Verdict.FIXED)


def _late_alarm(s: Script) -> None:
    late = s.report(
        *("4 tue 07:40", "panda", "cupid", "system", "息屏过夜后闹钟晚响三分钟"),
        zh("设早上 7:00 的闹钟，手机放一晚不充电", "7:00 响", "7:03 才响，连续两天"),
        severity=Severity.MAJOR,
        frequency=Frequency.ALWAYS,
    )
    s.too("4 tue 08:30", "kiwi", late, "houji", "我晚了一分多钟。")
