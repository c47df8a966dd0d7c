"""What goes in and out about reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import msgspec

from tracker.devices.forms import Words
from tracker.devices.tables import Ring
from tracker.reports.tables import Frequency, Kind, MessageKind, Reason, Severity, Status
from tracker.web.forms import says

Title = Annotated[
    str,
    says(
        "标题还空着，写一句话就行（最多 200 字）",
        "The title is empty: one sentence will do (200 characters at most)",
        min_length=1,
        max_length=200,
    ),
]
Body = Annotated[
    str, says("描述太长了，最多 20000 字", "Too long: 20,000 characters at most", max_length=20000)
]
Said = Annotated[
    str,
    says(
        "还没有写内容（最多 20000 字）",
        "There is nothing written yet (20,000 characters at most)",
        min_length=1,
        max_length=20000,
    ),
]


class FileReport(msgspec.Struct, frozen=True):
    """A new report. `device` is a codename or alias, `build` a version of it, `module` a slug."""

    device: Annotated[str, says("选一下是哪台手机", "Choose the phone", min_length=1)]
    module: Annotated[str, says("选一下是哪里的问题", "Choose where the problem is", min_length=1)]
    title: Title
    body: Body = ""
    build: str | None = None
    kind: Annotated[Kind, says("选一下是缺陷还是建议", "Choose bug or suggestion")] = Kind.BUG
    severity: Annotated[Severity, says("选一下有多严重", "Choose how bad it is")] = Severity.NORMAL
    frequency: Annotated[Frequency, says("选一下多久一次", "Choose how often it happens")] = (
        Frequency.SOMETIMES
    )
    private: bool = False


class Post(msgspec.Struct, frozen=True):
    """A message. `internal` ones are for the team alone, and only the team writes them."""

    text: Said
    internal: bool = False


class Ask(msgspec.Struct, frozen=True):
    text: Said


class Close(msgspec.Struct, frozen=True):
    """Why, as a reason and in a sentence of the closer's own (optional when withdrawing)."""

    reason: Annotated[Reason, says("选一个关闭原因", "Choose a reason")]
    text: Body = ""


class MeToo(msgspec.Struct, frozen=True):
    device: Annotated[str, says("选一下是哪台手机", "Choose the phone", min_length=1)]
    build: str | None = None
    text: Body = ""


class Owned(msgspec.Struct, frozen=True):
    """Who looks after a report, by handle; null: whoever its module falls to."""

    owner: str | None


Label = Annotated[
    str,
    says(
        "标签用小写字母开头，可以有数字和短横线，最多 40 个字符，比如 overheating",
        "A label of small letters, digits and hyphens, a letter first, 40 characters at most, such as overheating",
        pattern=r"^[a-z][a-z0-9-]{0,39}\Z",
    ),
]


class Labelled(msgspec.Struct, frozen=True):
    label: Label


class OwnedModule(msgspec.Struct, frozen=True):
    """Who is responsible for a module, by handle; null: nobody, and its reports fall to a captain.
    `reports`: what was the former one's of its open reports goes along."""

    owner: str | None
    reports: bool = False


Until = Annotated[
    datetime,
    says(
        "写一个带时区的时间，比如 2026-11-30T09:00:00+08:00",
        "A time with its zone, such as 2026-11-30T09:00:00+08:00",
        tz=True,
    ),
]


class Snooze(msgspec.Struct, frozen=True):
    """Out of the queue until then, or until a tester speaks."""

    until: Until


class QuestionOut(msgspec.Struct, frozen=True):
    text: str
    by: str
    at: datetime


class ClosureOut(msgspec.Struct, frozen=True):
    """`answered_after`: the seconds that a tester had waited for it; null where nobody waited."""

    reason: Reason
    text: str
    by: str | None
    at: datetime
    appealed_at: datetime | None
    answered_after: int | None = None


class PendingClosureOut(msgspec.Struct, frozen=True):
    reason: Reason
    text: str
    by: str


class MessageOut(msgspec.Struct, frozen=True):
    """`answered_after`: of an official answer, the seconds that a tester had waited for it; null
    where nobody waited."""

    id: int
    author: str
    author_name: str
    official: bool
    kind: MessageKind
    text: str
    internal: bool
    at: datetime
    retracted_at: datetime | None = None
    answered_after: int | None = None


class EventOut(msgspec.Struct, frozen=True):
    """A line of the timeline. `actor` is a display name; null: the clock. `undone`: taken back.
    `revision` is the report's from then on: those above one that was read came after it."""

    revision: int
    at: datetime
    actor: str | None
    kind: str
    text: Words
    undone: bool = False


class ReportOut(msgspec.Struct, frozen=True, kw_only=True):
    """A report as lists show it. `waiting_since`: a tester spoke last, then; null: the team.
    `labels` and `suggested_reply`, the saved reply that a rule suggests while nobody has answered,
    are for the team alone: none and null for everybody else.

    `revision` goes into `If-Match` of a change, which is then refused where somebody else did
    anything to it since.
    """

    id: str
    url: str
    title: str
    kind: Kind
    severity: Severity
    frequency: Frequency
    private: bool
    status: Status
    status_text: Words
    next_step: Words
    device: str
    ring: Ring
    build: str | None
    module: str
    reporter: str
    owner: str | None
    proposal: str | None
    affected: int
    expected_on: date | None
    missed_on: date | None
    released_in: str | None
    filed_at: datetime
    updated_at: datetime
    waiting_since: datetime | None
    snoozed_until: datetime | None
    labels: list[str]
    suggested_reply: str | None
    body: str
    question: QuestionOut | None
    closure: ClosureOut | None
    pending_closure: PendingClosureOut | None
    revision: int


class ReportDetail(ReportOut, frozen=True, kw_only=True):
    """A report with all that was said and done about it."""

    messages: list[MessageOut]
    timeline: list[EventOut]


_HEADINGS = (
    ("steps", "操作步骤", "Steps"),
    ("expected", "预期结果", "Expected"),
    ("actual", "实际结果", "What happened"),
)


def compose_body(parts: dict[str, str], language: str) -> str:
    """One Markdown text from the page's three boxes, with the field words testers know."""
    return "\n\n".join(
        f"**{en if language == 'en' else zh}**\n\n{parts[name].strip()}"
        for name, zh, en in _HEADINGS
        if parts.get(name, "").strip()
    )
