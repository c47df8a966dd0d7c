"""A list of reports and its address: what is asked for, what it is called, where its links go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

import msgspec
from litestar.datastructures import MultiDict

from tracker.language import Text
from tracker.reports.filters import Filters
from tracker.reports.queries import Summary
from tracker.reports.tables import SEVERE, Status
from tracker.reports.words import KINDS, SEVERITIES, STATUSES

PATH = "/reports"

LONGEST = 200
"""Characters of a field that are looked at."""

NAMES = tuple(field.name for field in msgspec.structs.fields(Filters) if field.type is not bool)

TABS: tuple[tuple[str, Text], ...] = (
    ("", Text("全部", "All")),
    ("open", Text("进行中", "Open")),
    (Status.NEEDS_INFO, Text("请补充", "Needs an answer")),
    (f"{Status.RELEASED},{Status.VERIFIED}", Text("已解决", "Fixed")),
    (Status.CLOSED, Text("已关闭", "Closed")),
)

SORTS: tuple[tuple[str, Text], ...] = (
    ("new", Text("最新提交", "Newest first")),
    ("old", Text("最早提交", "Oldest first")),
    ("updated", Text("最近有进展", "Latest news first")),
)

SORTS_OF_STAFF = (
    *SORTS,
    ("score", Text("最要紧的在前", "Most pressing first")),
    ("waiting", Text("等得最久", "Longest wait first")),
)

_LABELS = {
    "device": Text("机型", "Model"),
    "module": Text("模块", "Module"),
    "build": Text("版本", "Build"),
    "owner": Text("负责", "Owner"),
    "reporter": Text("提交者", "Reporter"),
    "severity": Text("严重程度", "Severity"),
    "kind": Text("类型", "Kind"),
    "proposal": Text("提案", "Proposal"),
    "label": Text("标签", "Label"),
    "q": Text("关键词", "Words"),
    "sort": Text("排序", "Sorted by"),
}

_CODENAME = re.compile(r"[A-Za-z0-9_.+-]+", re.ASCII)
_REPORT = re.compile(r"[Rr]-?([1-9][0-9]{0,17})", re.ASCII)


def filters_of(query: MultiDict[str]) -> Filters:
    """What an address asks for. A field that is there several times (status) counts as a list."""
    asked = {
        name: ",".join(filter(None, query.getall(name, []))).replace("\0", "").strip()[:LONGEST]
        for name in NAMES
    }
    for name in ("owner", "reporter"):
        asked[name] = asked[name].removeprefix("@").lower()
    asked["sort"] = asked["sort"] or "new"
    return Filters(
        **asked,
        waiting=query.get("waiting") == "true",
        snoozed=query.get("snoozed") == "true",
    )


def narrowing(filters: Filters) -> dict[str, str]:
    """Only what narrows a list or changes its order, as an address says it."""
    asked = msgspec.structs.asdict(filters) | {
        "waiting": "true" if filters.waiting else "",
        "snoozed": "true" if filters.snoozed else "",
    }
    return {
        name: value for name, value in asked.items() if value and (name, value) != ("sort", "new")
    }


def address(filters: Filters, *, after: str = "", path: str = PATH, **other: str) -> str:
    """The one address of a list; `other` values replace theirs."""
    query = {name: value for name, value in (narrowing(filters) | other).items() if value}
    if after:
        query["after"] = after
    return f"{path}?{urlencode(query, safe=',')}" if query else path


def is_untidy(query: MultiDict[str]) -> bool:
    """Whether it came from a form, with empty fields and repeated ones."""
    return any(not value for value in query.values()) or any(
        len(query.getall(name)) > 1 for name in query
    )


def is_codename(device: str) -> bool:
    return _CODENAME.fullmatch(device) is not None


def named_report(words: str) -> str | None:
    """`R-12` for a search that is a report's number."""
    found = _REPORT.fullmatch(words.strip())
    return f"R-{found[1]}" if found else None


class Tag(msgspec.Struct, frozen=True):
    """A narrowing that is set, and the address of the list without it."""

    label: Text
    value: str | Text
    without: str


def tags(filters: Filters, rows: Sequence[Summary]) -> list[Tag]:
    """What narrows the list, in words. Names come from the first row: all rows share them."""
    first = rows[0] if rows else None
    words: dict[str, str | Text | None] = {
        "device": first.device if first else None,
        "module": first.module_name if first else None,
        "build": filters.build,
        "owner": first.owner_name if first else None,
        "reporter": first.reporter_name if first else None,
        "severity": SEVERITIES.get(filters.severity),
        "kind": KINDS.get(filters.kind),
        "proposal": filters.proposal,
        "label": filters.label,
        "q": filters.q,
    }
    found = []
    for name, known in words.items():
        asked: str = getattr(filters, name)
        if asked:
            found.append(Tag(_LABELS[name], known or asked, address(filters, **{name: ""})))
    if filters.status and filters.status not in dict(TABS):
        found.insert(0, _status_tag(filters))
    if filters.waiting:
        label = Text("等团队回复", "Waiting for the team")
        found.append(Tag(label, "", address(filters, waiting="")))
    if filters.sort != "new" and (order := dict(SORTS_OF_STAFF).get(filters.sort)):
        found.append(Tag(_LABELS["sort"], order, address(filters, sort="")))
    return found


def _status_tag(filters: Filters) -> Tag:
    known = [STATUSES.get(one, Text(one, one)) for one in filters.status.split(",")]
    names = Text("、".join(one.zh for one in known), ", ".join(one.en for one in known))
    return Tag(Text("状态", "Status"), names, address(filters, status=""))


class Row(msgspec.Struct, frozen=True):
    """A report as the list's picture takes it. No dict: templates read fields faster."""

    id: str
    url: str
    title: str
    status: str
    model: Text | None
    build: str | None
    module: Text
    affected: int
    at: datetime
    severe: bool
    private: bool
    fresh: bool = False
    labels: Sequence[str] = ()


def row(
    report: Summary, *, by_news: bool = False, on_board: bool = False, team: bool = False
) -> Row:
    """`by_news` shows the time of its latest news; on its model's board the model goes unsaid. The
    `team` sees labels."""
    return Row(
        id=report.name,
        url=f"{PATH}/{report.name}",
        title=report.title,
        status=report.status,
        model=None if on_board else report.device,
        build=report.build,
        module=report.module_name,
        affected=report.affected,
        at=report.updated_at if by_news else report.filed_at,
        severe=report.severity in SEVERE,
        private=report.private,
        labels=report.labels if team else (),
    )
