"""A fix that was told too early and taken back, and what else goes wrong without wires."""

from __future__ import annotations

from tracker.devices.forms import Words
from tracker.proposals.tables import Verdict
from tracker.reports.tables import Frequency, Reason, Severity
from tracker.sample.script import Script, en, zh

WITHDRAWN = Words(
    "连着耳机时 Wi-Fi 网速掉到一半", "Wi-Fi ran at half speed while a headset was connected"
)


def tell(script: Script) -> None:
    _headsets(script)
    _underground(script)
    _questions(script)


def _headsets(s: Script) -> None:
    bob = s.report(
        *("1 sun 09:05", "bob", "nuwa", "network", "Bluetooth headset drops every ten minutes"),
        en(
            "Listen to music for half an hour, phone on the desk",
            "No gaps",
            "Every ten minutes or so it disconnects and comes back by itself after a few seconds",
        ),
        severity=Severity.MAJOR,
    )
    s.says(
        *("1 sun 11:40", "jonas", bob),
        "Thank you. I hear it too, with two of our headsets; the phone mistakes its own Wi-Fi for"
        " noise and changes the channel. More on this here as soon as there is more.",
    )
    pepper = s.report(
        *("1 mon 18:40", "pepper", "fuxi", "network"),
        "Music stutters when the phone is in my pocket",
        "Two different headsets. Fine on the phone I had before.",
    )
    bamboo = s.report(
        *("1 tue 23:00", "bamboo", "mondrian", "network", "蓝牙耳机隔一会儿就断"),
        "三副耳机都这样，断了几秒又自己连上。开着 Wi-Fi 时更频繁。",
        severity=Severity.MAJOR,
    )
    s.says(
        "1 wed 09:40",
        "jonas",
        bamboo,
        "谢谢，三副耳机这个信息很有用。和另外两份反馈是同一个原因，已经在查。",
    )
    s.too("1 wed 09:00", "comet", bob, "mondrian", "Same on a K60, with two headsets.")
    s.too("2 sat 09:30", "alice", pepper, "fuxi", "我也有，走路的时候特别明显。")
    found = s.proposes(
        *("1 wed 17:30", "jonas", "蓝牙耳机断连", (bob, pepper, bamboo)),
        line=("蓝牙耳机隔一会儿断开的问题", "Bluetooth headsets dropped out now and then"),
    )
    s.starts("2 sat 10:00", "jonas", found)
    s.fixes("2 tue 18:00", "jonas", found, change="bt-stack 41d09")
    s.checks("3 fri 21:00", "bob", bob, Verdict.FIXED, "Two hours without a gap.")
    s.reverts("3 mon 17:00", "jonas", found, WITHDRAWN)
    s.says(
        *("3 mon 17:10", "jonas", bob),
        "I have taken this one back: with it, Wi-Fi ran at half speed while a headset was"
        " connected. Your report is being worked on again. I am sorry that we told you too early.",
    )
    s.says(
        *("3 mon 17:15", "jonas", bamboo),
        "这个修复我撤回了：连着耳机时 Wi-Fi 会慢一半。你的反馈重新回到处理中，抱歉让你白高兴一场。",
    )
    s.says("3 mon 19:20", "bamboo", bamboo, "没事，难怪这两天刷视频卡。说清楚就好。")
    s.says(
        *("4 mon 11:40", "jonas", bamboo),
        "天线分时的参数周一晚上在 K60 和 13 上各跑一夜，没问题就合入。",
        internal=True,
    )
    s.fixes("4 tue 16:20", "jonas", found, change="bt-stack 41e77")
    s.says(
        *("4 tue 16:30", "jonas", bamboo),
        "重新修好了，两种手机各跑了一夜，Wi-Fi 也没有变慢。更新以后麻烦你再试一次。",
    )


def _underground(s: Script) -> None:
    underground = s.report(
        *("3 mon 08:30", "teapot", "mondrian", "network", "地铁里 5G 切到 4G 后没有网"),
        zh(
            "坐地铁经过两站之间的隧道",
            "切到 4G 后继续上网",
            "信号满格，但什么都打不开，要等一两分钟或者开关一次飞行模式",
        ),
        severity=Severity.MAJOR,
    )
    found = s.proposes(
        *("3 mon 14:00", "jonas", "5G 切换到 4G 后无网络", (underground,)),
        line=("从 5G 切换到 4G 后短时间无网络的问题", "No network for a while after 5G fell to 4G"),
    )
    s.starts("3 wed 09:00", "jonas", found)
    s.says(
        *("3 wed 09:10", "jonas", underground),
        "已经在 10 号线上录到了：切换时旧的连接没有断干净。正在改，下周会先给内测试。",
    )
    lift = s.report(
        *("3 thu 08:45", "yuzu", "cupid", "network", "出电梯后要开关一次飞行模式才有网"),
        frequency=Frequency.ALWAYS,
    )
    s.links("4 sat 11:00", "jonas", found, lift)
    s.says("4 sat 11:02", "jonas", lift, "和地铁里断网是同一个原因，已经放到一起处理。")

    low = s.report(
        *("2 thu 12:00", "kiwi", "houji", "network", "电量低于 10% 时 5G 自动关闭"),
        "没有任何提示，以为是信号不好。",
        frequency=Frequency.ALWAYS,
    )
    s.closes(
        *("3 sat 14:00", "jonas", low, Reason.AS_INTENDED),
        "这是省电策略：低于 10% 时关掉 5G，大约能多用 40 分钟。"
        "想一直开着，可以在「设置 → 省电与电池 → 低电量时」里关掉这一项。没有提示这一点你说得对，另外记下了。",
    )


def _questions(s: Script) -> None:
    car = s.report(
        *("4 sat 11:30", "alice", "fuxi", "network", "连着车载蓝牙时导航没有声音"),
        "音乐有声音，导航播报没有。断开蓝牙就从手机里播出来。",
        frequency=Frequency.SOMETIMES,
    )
    s.asks(
        *("4 sun 12:20", "jonas", car),
        "是哪款导航软件？另外请看一下「设置 → 蓝牙 → 车机右边的 ⓘ」，「媒体音频」是不是开着的。",
    )
    hotspot = s.report(
        *("4 sun 10:10", "comet", "mondrian", "network"),
        "Hotspot turns itself off although a tablet is connected",
        "After about ten minutes. The tablet is streaming all the time.",
    )
    s.asks(
        *("4 sun 12:05", "jonas", hotspot),
        "Thank you. I can see it here as well, but only with the battery saver on. Is yours on?",
    )
