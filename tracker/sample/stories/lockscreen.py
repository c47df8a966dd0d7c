"""Lock screen, status bar, notifications: Erin's part."""

from __future__ import annotations

from tracker.devices.tables import Ring
from tracker.proposals.tables import ProposalKind, Verdict
from tracker.reports.tables import Frequency, Kind, Reason, Severity
from tracker.sample.script import Script, en, zh

MISSED = ("拖动亮度条时屏幕跳一下的问题", "Screen brightness jumped while its slider was moved")
"""A line that one model's build was made too early for (trains.py): there it comes a week later."""


def tell(script: Script) -> None:
    _clock(script)
    _black_screen(script)
    _closed_ones(script)
    _missed_its_train(script)
    _not_yet_looked_at(script)


def _clock(s: Script) -> None:
    overlaps = s.report(
        *("1 fri 21:40", "bob", "nuwa", "lockscreen", "Clock overlaps the first notification"),
        en("Let a message arrive on the lock screen", "Some space between them", "They touch"),
        severity=Severity.MINOR,
        frequency=Frequency.ALWAYS,
    )
    spacing = s.proposes(
        *("1 mon 11:00", "erin", "锁屏时钟与通知的间距", (overlaps,)),
        kind=ProposalKind.OPTIMIZATION,
        line=(
            "锁屏时钟与第一条通知的间距",
            "Spacing between the clock and the first notification",
        ),
    )
    s.fixes("1 tue 17:00", "erin", spacing, change="systemui I9c1e")
    s.checks("2 sat 10:12", "bob", overlaps, Verdict.FIXED, "Much better, thank you.")


def _black_screen(s: Script) -> None:
    black = s.report(
        *("3 sat 08:05", "alice", "fuxi", "lockscreen", "指纹解锁后黑屏两秒"),
        zh("熄屏状态下按指纹", "马上亮屏进桌面", "震动一下表示解锁了，但要黑两秒才亮"),
        severity=Severity.MAJOR,
        frequency=Frequency.ALWAYS,
    )
    waits = s.report(
        *("3 sat 12:40", "bamboo", "mondrian", "lockscreen", "解锁后要等一会儿才亮"),
        "指纹和密码都一样，早上第一次解锁最慢。",
    )
    stays = s.report(
        *("3 mon 22:18", "otter", "houji", "lockscreen"),
        "Screen stays black for two seconds after fingerprint unlock",
        "Only when the phone has been idle for a while. Worse without a network.",
        ring=Ring.DEV,
    )
    found = s.proposes(
        *("3 tue 10:30", "erin", "指纹解锁后黑屏", (black, waits, stays)),
        line=(
            "指纹解锁后屏幕延迟两秒亮起的问题",
            "Screen stayed black for two seconds after a fingerprint unlock",
        ),
    )
    s.starts("3 wed 10:00", "erin", found)
    s.too("3 wed 12:50", "teapot", waits, "mondrian", "一模一样，没网的时候更久。")
    first_touch = s.report(
        *("4 sun 13:30", "lantern", "fuxi", "lockscreen", "熄屏指纹第一次总是没有反应"),
        "要按第二次才有震动。擦过屏幕，也重新录过指纹。",
    )
    s.links("4 mon 09:20", "erin", found, first_touch)
    s.unlinks("4 mon 09:45", "erin", first_touch)
    s.says(
        *("4 mon 09:46", "erin", first_touch),
        "刚才并错了：你说的是第一下没有反应，和解锁后黑屏是两回事。已经拆出来，单独处理。",
    )
    s.says(
        *("4 mon 15:05", "erin", black),
        "原因是亮屏动画在等天气数据，网络慢的时候就黑着。改成不等了，跟下一班车走。",
    )
    s.fixes("4 mon 15:00", "erin", found, change="systemui I77ab")


def _closed_ones(s: Script) -> None:
    stuck = s.report(
        *("2 mon 07:50", "panda", "cupid", "lockscreen", "下拉通知栏后第一条通知点不动"),
        "点了没有反应，第二条就可以。",
        frequency=Frequency.SOMETIMES,
    )
    s.asks(
        *("2 mon 14:00", "erin", stuck),
        "点不动的时候，那条通知是刚来的，还是已经在那里一会儿了？",
    )
    s.says("2 tue 08:10", "panda", stuck, "好像都是刚来的，过几秒就能点了。这两天没再遇到。")
    s.closes(
        *("3 mon 16:20", "erin", stuck, Reason.UNREPRODUCIBLE),
        "用小米 12 的同一版本试了三天、四种主题，都没有遇到。"
        "如果再出现，录一段十秒的屏发上来，我马上重新打开。",
    )

    caller = s.report(
        *("2 wed 20:40", "panda", "cupid", "lockscreen", "来电时状态栏没有显示归属地"),
        kind=Kind.SUGGESTION,
        severity=Severity.MINOR,
        frequency=Frequency.ALWAYS,
    )
    s.closes(
        *("3 mon 09:00", "erin", caller, Reason.AS_INTENDED),
        "来电界面已经有归属地，状态栏的小条只放得下名字，再加就会被截断。",
    )
    s.appeals(
        *("3 tue 20:20", "panda", caller),
        "横屏看视频时来电，只有状态栏那一条，看不到归属地就没法决定接不接。能不能只在没有存名字的时候显示？",
    )


def _missed_its_train(s: Script) -> None:
    jumps = s.report(
        *("2 sun 22:15", "alice", "fuxi", "lockscreen", "拖亮度条时屏幕会跳一下"),
        "在控制中心慢慢往左拖，到三分之一的地方突然暗一下再亮回来。",
        frequency=Frequency.ALWAYS,
    )
    same = s.report(
        *("2 mon 21:40", "otter", "houji", "lockscreen", "Brightness jumps at about a third"),
        "Only while sliding down slowly, and only indoors.",
        frequency=Frequency.OFTEN,
        ring=Ring.DEV,
    )
    found = s.proposes(
        "2 tue 14:30", "erin", "亮度曲线在低亮度段不连续", (jumps, same), line=MISSED
    )
    s.starts("3 mon 10:40", "erin", found)
    s.fixes("3 wed 20:10", "erin", found, change="display I2290")
    s.says(
        *("4 sat 10:30", "erin", jumps),
        "抱歉，小米 13 的版本周三下午就开始构建了，没有赶上这个修复。它跟本周五的版本走。",
    )


def _not_yet_looked_at(s: Script) -> None:
    s.report(
        *("4 mon 08:20", "comet", "mondrian", "lockscreen"),
        "Let me send a notification away for an hour",
        "I often read one while walking and want it back when I sit down. Now I can only keep it"
        " or lose it.",
        kind=Kind.SUGGESTION,
        severity=Severity.MINOR,
    )
