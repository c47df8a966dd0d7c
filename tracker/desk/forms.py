"""What goes in and out at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from tracker.desk.tables import ReplyKind
from tracker.reports.tables import Reason
from tracker.web.forms import says

Name = Annotated[
    str,
    says(
        "名字用小写字母、数字和短横线，最多 40 个字符，比如 need-log",
        "A name of small letters, digits and hyphens, 40 characters at most, such as need-log",
        pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z",
    ),
]
Words = Annotated[
    str,
    says(
        "还没有写内容（最多 4000 字）",
        "There is nothing written yet (4,000 characters at most)",
        min_length=1,
        max_length=4000,
        pattern=r"\S",
    ),
]


class KeepReply(msgspec.Struct, frozen=True):
    """A saved reply. `{reporter}`, `{device}` … in the texts are filled in for each report.
    `reason` is for closures, and only for them."""

    kind: Annotated[
        ReplyKind, says("选一下是回复、提问还是关闭", "Choose reply, question or closure")
    ]
    zh: Words
    en: Words
    reason: Annotated[Reason, says("选一个关闭原因", "Choose a reason")] | None = None


class NewReply(KeepReply, frozen=True, kw_only=True):
    """The same with its name, as the page sends it."""

    name: Name


class ReplyOut(msgspec.Struct, frozen=True):
    name: str
    kind: ReplyKind
    reason: Reason | None
    zh: str
    en: str
    kept_by: str | None
    kept_at: datetime


class FilledReply(msgspec.Struct, frozen=True):
    """A saved reply as it would be said under one report: in its reporter's language, filled in.
    `suggested`: the rule that takes the report suggests it."""

    name: str
    kind: ReplyKind
    reason: Reason | None
    text: str
    suggested: bool = False
