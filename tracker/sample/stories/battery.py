"""Heat that one model keeps, a report that its tester takes back, and two in the queue."""

from __future__ import annotations

from tracker.devices.tables import Ring
from tracker.proposals.tables import Verdict
from tracker.reports.tables import Frequency, Reason, Severity
from tracker.sample.script import Script, zh


def tell(s: Script) -> None:
    hot = s.report(
        *("1 thu 12:30", "teapot", "mondrian", "battery", "充电到 80% 以后机身很烫"),
        zh("用原装 67 W 充电器从 20% 充起", "温热", "过了 80% 背面烫手，测温 46 度"),
        severity=Severity.MAJOR,
        frequency=Frequency.ALWAYS,
    )
    warm = s.report(
        *("2 sat 14:20", "comet", "mondrian", "battery"),
        "Back gets hot while charging above 80 percent",
        "46 °C with the charger from the box. Below 80 percent it stays at 38.",
    )
    cupid = s.report(
        *("2 sun 11:00", "panda", "cupid", "battery", "充电快满的时候发热"),
        "和天气没关系，开空调也一样。",
    )
    found = s.proposes(
        *("2 sun 15:00", "jonas", "充电末段发热", (hot, warm, cupid)),
        line=("充电超过 80% 后机身发热的问题", "Heat while charging above 80 percent"),
    )
    s.starts("2 mon 09:30", "jonas", found)
    s.fixes("2 wed 14:00", "jonas", found, change="thermal-conf 7c2")
    s.checks("3 sat 18:00", "panda", cupid, Verdict.FIXED, "现在最高 38 度。")
    s.checks("3 sun 08:40", "teapot", hot, Verdict.BROKEN, "更新后还是 45 度，时间短了一点。")
    s.says(
        *("3 mon 10:30", "jonas", hot),
        "收到。K60 的充电芯片和另外几款不一样，这次的参数对它不起作用，是我们漏了。其他机型不受影响，K60 重新改。",
    )

    drain = s.report(
        *("2 fri 23:30", "noodle", "fuxi", "battery", "待机一晚掉电 20%"),
        "睡前 90%，早上 70%，什么都没开。",
        ring=Ring.DEV,
    )
    s.closes(
        *("2 tue 09:10", "noodle", drain, Reason.WITHDRAWN),
        "是我自己装的一个天气软件一直在定位，卸载以后就好了。",
    )

    jumps = s.report(
        *("3 tue 06:55", "pepper", "fuxi", "battery", "Battery jumps from 15 to 5 percent"),
        "Twice this week, both times outside in the cold.",
        frequency=Frequency.SOMETIMES,
    )
    s.proposes(
        *("4 mon 14:00", "jonas", "低温下电量跳变", (jumps,)),
        line=("低温下电量显示跳变的问题", "The battery level jumped in the cold"),
    )
    s.too("4 mon 20:10", "lantern", jumps, "fuxi", "冬天骑车回家，从 18% 直接到 6%。")

    morning = s.report(
        *("4 tue 09:05", "bob", "nuwa", "battery", "Phone is warm in the morning after charging"),
        "It is at 100 percent since midnight and still warm at seven.",
        train=2,
    )
    s.says(
        *("4 tue 16:40", "jonas", morning),
        "Thank you. Last week's build has a change for exactly this; could you update and tell me"
        " whether tomorrow morning is any cooler?",
    )
