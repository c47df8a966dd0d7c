"""What the team does of its own accord: lines that no report asked for."""

from __future__ import annotations

from tracker.proposals.tables import ProposalKind
from tracker.sample.script import Script

# When it was written down and when it was done, by whom, which module, its tag and its line.
_NEW, _BETTER, _FIX = ProposalKind.NEW, ProposalKind.OPTIMIZATION, ProposalKind.FIX
_WORK = (
    ("1 sat 16:00", "1 wed 15:00", "erin", "system", _FIX, "安全补丁更新", "Security patches"),
    (
        *("1 mon 09:30", "1 tue 16:10", "lin", "gallery", _NEW),
        "长按照片中的文字即可复制",
        "Copy text from a picture by pressing it",
    ),
    (
        *("1 mon 17:20", "1 wed 17:45", "jonas", "phone", _BETTER),
        "骚扰电话的识别速度",
        "Nuisance calls are recognised sooner",
    ),
    (
        *("2 sat 14:00", "2 tue 18:30", "lin", "home", _BETTER),
        "切换桌面时的流畅度",
        "Smoother swiping between home screens",
    ),
    (
        *("2 mon 11:30", "2 wed 12:00", "erin", "lockscreen", _NEW),
        "锁屏上可以直接查看快递的取件码",
        "Parcel codes can be seen on the lock screen",
    ),
    (
        *("2 mon 15:00", "2 wed 17:10", "jonas", "network", _FIX),
        "个别路由器下 Wi-Fi 反复重连的问题",
        "Wi-Fi kept reconnecting with some routers",
    ),
    (
        *("3 sat 15:00", "3 tue 11:00", "lin", "camera", _BETTER),
        "文档模式的边缘识别",
        "Edges of documents are found more reliably",
    ),
    (
        *("3 mon 09:20", "3 wed 16:00", "erin", "settings", _NEW),
        "应用的通知权限可以按时间段关闭，前往「设置 → 通知管理」",
        "Notifications of an app can be off at set hours, in Settings → Notifications",
    ),
    (
        *("3 mon 18:00", "3 wed 17:30", "jonas", "battery", _FIX),
        "省电模式下闹钟音量变小的问题",
        "Alarms were quieter while saving power",
    ),
    (
        *("3 tue 10:00", "3 wed 18:00", "erin", "system", _FIX),
        "切换输入法后键盘高度改变的问题",
        "The keyboard changed its height with the input method",
    ),
    (
        *("4 sat 15:30", "4 mon 18:10", "lin", "gallery", _BETTER),
        "相册搜索支持「去年冬天」这样的说法",
        "Searching pictures understands “last winter”",
    ),
    (
        *("4 mon 10:10", "4 tue 17:50", "jonas", "notes", _NEW),
        "日历可以订阅农历节气",
        "The calendar can show the solar terms",
    ),
)


def tell(script: Script) -> None:
    for written, done, who, module, kind, zh, en in _WORK:
        work = script.proposes(written, who, zh, (), module=module, kind=kind, line=(zh, en))
        script.fixes(done, who, work)
