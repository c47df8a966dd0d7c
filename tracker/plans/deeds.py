"""What the lines of a plan do: each deed is the act that `triage` has for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from tracker.errors import Invalid, NotFound
from tracker.language import Text
from tracker.people.tables import Person
from tracker.plans.forms import PlannedLine, PlanProblem
from tracker.proposals import actions as proposals
from tracker.proposals.queries import named_proposal
from tracker.reports import actions, closing, labelling, owning, snoozing
from tracker.reports.forms import Ask, Close, Labelled, Post
from tracker.reports.tables import Reason
from tracker.web.forms import read_form


@dataclass
class Work:
    engineer: Person
    now: datetime
    train: date
    opened: dict[str, int] = field(default_factory=dict)
    problems: list[PlanProblem] = field(default_factory=list)


async def do(work: Work, line: PlannedLine, number: int) -> None:
    """The deed of one line. Raises what the act raises where it is refused."""
    engineer, now = work.engineer, work.now
    if not number:
        raise NotFound(Text(f"没有 {line.report} 这个反馈", f"There is no report {line.report}"))
    match line.do:
        case "link":
            target = await _target(work, line.proposal)
            await proposals.link_reports(engineer, [number], target, now=now, train=work.train)
        case "unlink":
            await proposals.unlink_report(engineer, number, now=now)
        case "ask":
            await actions.ask(engineer, number, Ask(_said(line)), now=now)
        case "reply" | "note":
            post = Post(_said(line), internal=line.do == "note")
            await actions.post_message(engineer, number, post, now=now)
        case "close":
            reason = line.reason
            if reason is None or reason == Reason.WITHDRAWN:
                raise Invalid({"reason": Text("选一个关闭原因", "Choose a reason")})
            await closing.close(engineer, number, Close(reason, line.text), now=now)
        case "reopen":
            await closing.reopen(engineer, number, now=now)
        case "own":
            await owning.set_owner(engineer, number, line.owner, now=now)
        case "snooze" if line.until is not None:
            await snoozing.snooze(engineer, number, line.until, now=now)
        case "snooze":
            await snoozing.wake(engineer, number, now=now)
        case "label":
            form = read_form(Labelled, {"label": line.label})
            await labelling.put_label(engineer, number, form.label, now=now)
        case "unlabel":
            await labelling.remove_label(engineer, number, line.label, now=now)


async def _target(work: Work, name: str) -> int:
    if not name.startswith("="):
        return await named_proposal(work.engineer, name)
    if name not in work.opened:
        raise Invalid(
            {"proposal": Text(f"计划里没有 {name}", f"The plan opens no proposal {name}")}
        )
    return work.opened[name]


def _said(line: PlannedLine) -> str:
    if not line.text.strip():
        raise Invalid({"text": Text("还没有写内容", "There is nothing written yet")})
    return line.text
