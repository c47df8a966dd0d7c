"""Notes and calendar: lost notes that came back within the week, and a wrong moon."""

from __future__ import annotations

from tracker.proposals.tables import ProposalKind, Verdict
from tracker.reports.tables import Frequency, Kind, Severity
from tracker.sample.script import Script, zh


def tell(s: Script) -> None:
    moon = s.report(
        *("1 mon 08:10", "yuzu", "cupid", "notes", "日历里的农历日期差一天"),
        "从上周六开始，每天都早一天。",
        frequency=Frequency.ALWAYS,
    )
    found = s.proposes(
        *("1 thu 10:00", "jonas", "农历日期差一天", (moon,)),
        line=("日历农历日期差一天的问题", "Dates of the Chinese calendar were a day early"),
    )
    s.fixes("2 mon 16:00", "jonas", found, change="calendar !77")

    gone = s.report(
        *("2 sat 15:40", "tofu", "pipa", "notes", "从备份恢复后便签全部消失"),
        zh(
            "1. 在「设置 → 备份与恢复」里恢复上周的备份\n2. 打开便签",
            "三百多条便签都在",
            "一条也没有，回收站也是空的",
        ),
        severity=Severity.DATA_LOSS,
        frequency=Frequency.ALWAYS,
    )
    restore = s.proposes(
        *("2 sat 18:00", "erin", "从备份恢复后便签丢失", (gone,)),
        line=("从备份恢复后便签不显示的问题", "Notes were missing after restoring a backup"),
    )
    s.starts("2 sat 18:05", "erin", restore)
    s.says(
        *("2 sun 09:10", "erin", gone),
        "先说好消息：便签没有丢，还在云端，只是恢复时没有重新下载。在修好之前请不要再备份一次，以免覆盖。",
    )
    s.says("2 sun 09:25", "tofu", gone, "好的，我先不动它。")
    s.fixes("2 wed 09:40", "erin", restore, change="backup !310")
    s.checks("3 sat 09:30", "tofu", gone, Verdict.FIXED, "全部回来了，一条不少。")
    s.says("3 sat 10:00", "erin", gone, "太好了。以后每次恢复，都会先核对条数再说完成。")

    table = s.report(
        *("3 sat 20:20", "tofu", "pipa", "notes", "便签里想要表格"),
        "记账、列清单都用得上，三列就够。",
        kind=Kind.SUGGESTION,
        severity=Severity.MINOR,
    )
    s.proposes(
        *("4 mon 15:30", "jonas", "便签支持表格", (table,)),
        kind=ProposalKind.NEW,
        line=("便签可以插入表格", "Notes can hold tables"),
    )
