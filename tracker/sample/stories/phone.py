"""Calls and messages: solved last Friday for all but a late model; and codes anybody can read."""

from __future__ import annotations

from tracker.reports.tables import Frequency, Severity
from tracker.sample.script import Script, en, zh


def tell(s: Script) -> None:
    bob = s.report(
        *("2 mon 21:00", "bob", "nuwa", "phone", "Screen stays on during calls"),
        en(
            "Make a call, hold the phone to the ear", "Screen off", "It stays on, my cheek hangs up"
        ),
        severity=Severity.MAJOR,
        frequency=Frequency.ALWAYS,
    )
    sparrow = s.report(
        *("2 tue 10:20", "sparrow", "zizhan", "phone", "通话时外屏不熄灭，脸会碰到挂断"),
        "折叠状态下用外屏打电话，每次都这样。",
        severity=Severity.MAJOR,
        frequency=Frequency.ALWAYS,
    )
    found = s.proposes(
        *("2 wed 11:30", "jonas", "通话时屏幕不熄灭", (bob, sparrow)),
        line=("通话时屏幕不熄灭的问题", "Screen stayed on during calls"),
    )
    s.starts("3 sat 12:00", "jonas", found)
    s.fixes("3 tue 17:40", "jonas", found, change="telecomm 3aa1")
    s.says(
        *("4 sat 10:05", "jonas", sparrow),
        "修复已经做好，但 MIX Fold 2 的版本这周晚点：展开后内屏边缘偶尔点不动，要先处理它。出来当天会通知你。",
    )

    codes = s.report(
        *("4 sun 09:20", "bamboo", "mondrian", "phone", "验证码短信不能一键复制了"),
        zh("收到带验证码的短信", "通知上有「复制验证码」", "只有「标为已读」"),
        frequency=Frequency.ALWAYS,
    )
    s.too("4 sun 18:22", "teapot", codes, "mondrian")

    readable = s.report(
        *(
            "4 fri 22:15",
            "pepper",
            "fuxi",
            "phone",
            "One-time codes can be read on the locked screen",
        ),
        "Notifications are set to hide their content while locked. Messages with a code show it"
        " all the same, in the small line at the top.",
        severity=Severity.SECURITY,
        frequency=Frequency.ALWAYS,
    )
    hidden = s.proposes(
        *("4 sat 09:00", "erin", "锁屏状态下的通知内容", (readable,)),
        module="lockscreen",
        line=(
            "锁屏时部分通知内容未隐藏的问题",
            "Some notifications showed their content while locked",
        ),
    )
    s.starts("4 sat 09:10", "erin", hidden)
    s.says(
        *("4 sat 09:20", "erin", readable),
        "Thank you for writing this one to us alone. Reproduced; I am on it, and it has a line of"
        " its own so that it goes out with the next train at the latest.",
    )
