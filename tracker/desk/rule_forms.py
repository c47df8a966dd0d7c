"""What goes in and out about routing rules."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from tracker.desk.forms import Name
from tracker.reports.forms import Label
from tracker.reports.tables import Severity
from tracker.web.forms import says

LONGEST_PERIOD = 31
"""Days that a rule is tried out over, at most."""

Phrases = Annotated[
    list[Annotated[str, msgspec.Meta(min_length=1, max_length=100)]],
    says(
        "最多 50 个词句，每个最多 100 字",
        "50 phrases at most, of 100 characters at most each",
        max_length=50,
    ),
]
Severities = Annotated[
    list[Severity], says("没有这种严重程度", "There is no such severity", max_length=6)
]
Labels = Annotated[
    list[Label],
    says(
        "最多 10 个标签，用小写字母开头，可以有数字和短横线，比如 overheating",
        "10 labels at most, of small letters, digits and hyphens, a letter first, such as overheating",
        max_length=10,
    ),
]
Position = Annotated[
    Annotated[int, msgspec.Meta(ge=1, le=100_000)] | None,
    says("顺序写一个 1 以上的数字", "A place is a number from 1 on"),
]
Days = Annotated[
    int,
    says(
        f"天数是 1 到 {LONGEST_PERIOD}",
        f"Between 1 and {LONGEST_PERIOD} days",
        ge=1,
        le=LONGEST_PERIOD,
    ),
]


class KeepRule(msgspec.Struct, frozen=True):
    """A routing rule. Of the conditions (`words`: any of these phrases in title or text; `module`,
    `device`, `severities`: any of these) those that are given must all hold, and one must be given;
    of what it does (`owner`, `labels`, `reply`: the saved reply to suggest) as well.

    `position` is its place in the order, from 1; null leaves it where it is, and puts a new one last.
    """

    words: Phrases = []
    module: str | None = None
    device: str | None = None
    severities: Severities = []
    owner: str | None = None
    labels: Labels = []
    reply: str | None = None
    enabled: bool = True
    position: Position = None


class NewRule(KeepRule, frozen=True, kw_only=True):
    """The same with its name, as the page sends it."""

    name: Name


class CheckRule(KeepRule, frozen=True):
    """A rule that is not saved, to be tried out: in the place of the one called `name`, or as a
    new one."""

    name: Name | None = None
    days: Days = 7


class CheckDays(msgspec.Struct, frozen=True):
    days: Days = 7


class RuleOut(msgspec.Struct, frozen=True):
    """`owner_left`: the owner is of the team no longer, so the rule gives reports to nobody."""

    name: str
    position: int
    enabled: bool
    words: list[str]
    module: str | None
    device: str | None
    severities: list[Severity]
    owner: str | None
    owner_left: bool
    labels: list[str]
    reply: str | None
    kept_by: str | None
    kept_at: datetime


class Match(msgspec.Struct, frozen=True):
    """A report that a rule matches: who has it, and who would. Null: the rule does not say, or a
    rule before it decides."""

    id: str
    url: str
    title: str
    module: str
    device: str
    severity: Severity
    filed_at: datetime
    owner: str | None
    new_owner: str | None
    labels: list[str]
    """Those that it would be given."""


class CheckOut(msgspec.Struct, frozen=True):
    """What a rule would have done with the reports filed on pages and by API since then.

    `owners_changed`: those that would have another owner than they have. `owners_elsewhere`: those
    that a rule before it gives to somebody. `labels_added`: reports by label. `replies_suggested`:
    those for which its reply would be the one suggested. `sample`: the latest matches.
    """

    since: datetime
    days: int
    filed: int
    matches: int
    owners_changed: int
    owners_elsewhere: int
    labels_added: dict[str, int]
    replies_suggested: int
    sample: list[Match]
