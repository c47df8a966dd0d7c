"""Reports as lists and in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from cli.exits import Thing
from cli.output import clean
from cli.render import (
    NARROW,
    after,
    age,
    both,
    build_name,
    columns,
    facts,
    heading,
    in_both,
    label,
    one_line,
    section,
    stamp,
    styled,
)
from cli.sentences import waiting


def table(reports: Sequence[Thing], *, width: int, now: datetime) -> RenderableType:
    """A list of reports: columns, or two lines each where the terminal is narrow."""
    if width < NARROW:
        return Group(*(part for report in reports for part in _stacked(report, now)))
    roomy = width >= 110
    labelled = roomy and any(report.get("labels") for report in reports)
    headers = ["id", "severity", "status", "module", "build", *(["owner"] if roomy else [])]
    headers += ["labels"] if labelled else []
    found = columns(*headers, "age", "title")
    for report in reports:
        found.add_row(
            Text(clean(report["id"]), style="cyan"),
            styled(report.get("severity")),
            _status(report, in_list=True),
            label(report.get("module")),
            build_name(report),
            *([label(report.get("owner"))] if roomy else []),
            *([_labels(report)] if labelled else []),
            age(report.get("filed_at"), now),
            one_line(report.get("title")),
        )
    return found


def _stacked(report: Thing, now: datetime) -> list[RenderableType]:
    first = facts(
        Text(clean(report["id"]), style="cyan"),
        styled(report.get("severity")),
        _status(report, in_list=True),
        label(report.get("module")),
        build_name(report),
        age(report.get("filed_at"), now),
        _labels(report),
    )
    return [first, Padding(Text(clean(report.get("title"))), (0, 0, 0, 2))]


def _status(report: Thing, *, in_list: bool = False) -> Text:
    """In lists also that a tester has written since it was filed, which waits for somebody."""
    if report.get("pending_closure"):
        return Text("closing?", style="yellow")
    spoke = report.get("waiting_since")
    if in_list and spoke and spoke != report.get("filed_at"):
        return Text("answered", style="bold yellow")
    return styled(report.get("status"))


def _labels(report: Thing) -> Text:
    return Text(clean(", ".join(report.get("labels") or ())), style="magenta")


def full(report: Thing, *, suggested: Thing | None = None) -> RenderableType:
    """One report with everything that the API tells about it, and the saved reply that a rule
    suggests, filled in."""
    parts: list[RenderableType] = [
        heading(report["id"], report.get("title")),
        facts(
            label(report.get("kind")),
            styled(report.get("severity")),
            label(report.get("frequency")),
            label(report.get("module")),
            build_name(report),
            f"ring {report['ring']}" if report.get("ring") else "",
            Text("private", style="yellow") if report.get("private") else "",
        ),
        facts(
            f"filed by {report.get('reporter')} {stamp(report.get('filed_at'))}",
            f"owner {report['owner']}" if report.get("owner") else "no owner",
            report.get("proposal") or "no proposal",
            f"{report['affected']} more affected" if report.get("affected") else "",
            f"in {report['released_in']}" if report.get("released_in") else "",
            f"expected {report['expected_on']}" if report.get("expected_on") else "",
            _labels(report),
        ),
        Text(),
        Text.assemble(_status(report), "  ", in_both(report.get("status_text"))),
    ]
    parts += [Text(f"→ {words}") for words in both(report.get("next_step"))]
    if suggested:
        parts.append(Text(f"suggested: {clean(suggested['name'])} ({_saying(report, suggested)})"))
    return Group(*parts, *content(report))


def content(report: Thing) -> list[RenderableType]:
    """What is in its way, what was written and said, and what happened."""
    parts: list[RenderableType] = []
    if words := waiting(report):
        parts.append(Text(clean(words), style="yellow"))
    if closure := report.get("closure"):
        appealed = f", appealed {stamp(closure['appealed_at'])}" if closure["appealed_at"] else ""
        took = ", ".join(("", words)) if (words := after(closure.get("answered_after"))) else ""
        parts.append(
            Text(
                f"closed as {label(closure.get('reason'))} by {clean(closure.get('by'))} "
                f"{stamp(closure.get('at'))}{took}{appealed}: {clean(closure.get('text'))}"
            )
        )
    if question := report.get("question"):
        parts.append(
            Text(
                f"asked by {clean(question.get('by'))} {stamp(question.get('at'))}: "
                f"{clean(question.get('text'))}"
            )
        )
    if body := clean(report.get("body") or "").strip():
        parts.append(section("Report", Text(body)))
    if messages := report.get("messages"):
        parts.append(section("Conversation", *(_message(message) for message in messages)))
    if timeline := report.get("timeline"):
        parts.append(section("Timeline", *(_happened(event) for event in timeline)))
    if url := report.get("url"):
        parts += [Text(), Text(clean(url), style="dim")]
    return parts


def _saying(report: Thing, saved: Thing) -> str:
    """The command that says a saved reply under the report."""
    verb = {"question": "ask", "closure": "close"}.get(saved["kind"], "reply")
    return clean(f"triage {verb} {report['id']} --saved {saved['name']}")


def _message(message: Thing) -> RenderableType:
    head = facts(
        Text(clean(message.get("author")), style="bold"),
        Text("internal note", style="yellow") if message.get("internal") else _part(message),
        Text(stamp(message.get("at")), style="dim"),
        after(message.get("answered_after")),
    )
    return Group(head, Padding(Text(clean(message.get("text"))), (0, 0, 0, 2)))


def _part(message: Thing) -> str:
    """What a message is in the conversation: a question, an answer, the team's word."""
    if message.get("kind") not in (None, "message"):
        return label(message["kind"])
    return "the team" if message.get("official") else ""


def _happened(event: Thing) -> RenderableType:
    return Text.assemble(
        (stamp(event.get("at")), "dim"), f"  {clean(event.get('actor') or '')}".rstrip(), "  ",
        in_both(event.get("text")) or label(event.get("kind")),
    )  # fmt: skip
