"""Turning the words of other systems into ours."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from tracker.devices.tables import Ring
from tracker.importing.refusals import Refused
from tracker.reports.tables import Frequency, Kind, Reason, Severity, Status

Equivalents = dict[str, str]
"""Ours by theirs, spelt as `spelling` has it."""


def spelling(value: str) -> str:
    """One spelling for `Public Beta`, `public_beta` and `public-beta`."""
    return " ".join(value.casefold().replace("_", " ").replace("-", " ").split())


def _equivalents(**theirs: str) -> Equivalents:
    """Each of ours with theirs, separated by commas, and itself."""
    found = {spelling(ours): ours for ours in theirs}
    for ours, names in theirs.items():
        found |= {spelling(name): ours for name in names.split(",") if name}
    return found


# By who gets a build: a "stable beta" goes to a few invited pilots, a "public beta" to everybody
# who runs the developer version.
RINGS = _equivalents(
    **{
        Ring.CLOSED: "beta,closed beta,internal,internal beta,alpha,stable beta,内测",
        Ring.DEV: "developer,development,developer rom,weekly,public beta,开发版,公测",
        Ring.STABLE: "release,稳定版,正式版",
    }
)

KINDS = _equivalents(
    **{
        Kind.BUG: "defect,crash,regression,缺陷",
        Kind.SUGGESTION: "improvement,feature,new feature,feature request,enhancement,wish,建议",
    }
)

# Nothing of theirs becomes one of our severe ones, which call the captains, but by its own name.
SEVERITIES = _equivalents(
    **{
        Severity.BRICK: "",
        Severity.DATA_LOSS: "data loss",
        Severity.SECURITY: "",
        Severity.MAJOR: "blocker,critical,highest,high,urgent,p1",
        Severity.NORMAL: "medium,moderate,p2,p3",
        Severity.MINOR: "trivial,low,lowest,p4,p5",
    }
)

FREQUENCIES = _equivalents(
    **{
        Frequency.ALWAYS: "every time,each time,100%,每次",
        Frequency.OFTEN: "frequent,frequently,经常",
        Frequency.SOMETIMES: "occasionally,rarely,random,intermittent,偶尔",
        Frequency.ONCE: "only once,只有一次",
    }
)

# Where work on a report stands follows from our proposals and builds, of which another system
# knows nothing: what is open there starts as new here, and what is over is closed.
STATUSES = _equivalents(
    **{
        Status.NEW: "open,reopened,unconfirmed,confirmed,assigned,to do,todo,backlog,in progress,"
        "patch available,needs info,accepted",
        Status.CLOSED: "resolved,done,fixed,released,verified,complete,completed,duplicate,"
        "won't fix,wontfix,rejected,invalid,已关闭,已解决",
    }
)

REASONS = _equivalents(
    **{
        Reason.UNREPRODUCIBLE: "cannot reproduce,works for me,worksforme,incomplete",
        Reason.AS_INTENDED: "not a bug,not a problem,works as designed,by design,invalid",
        Reason.DECLINED: "won't fix,wontfix,won't do,rejected,later",
        Reason.WITHDRAWN: "",
        Reason.OBSOLETE: "fixed,done,duplicate,resolved,implemented,delivered,moved,auto closed,"
        "information provided,abandoned,unresolved",
        Reason.SPAM: "",
    }
)

YES_OR_NO = _equivalents(yes="true,1,y,on,是", no="false,0,n,off,否")

_DAYS = ("%Y/%m/%d", "%d/%b/%y", "%d/%b/%Y", "%d %b %Y", "%Y.%m.%d", "%Y年%m月%d日")
_TIMES = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%d/%b/%y %H:%M", "%d/%b/%y %I:%M %p")


def moment(text: str, zone: ZoneInfo) -> datetime:
    """UTC. A time without a zone is read in `zone`, a day as its first minute there."""
    at = _parsed(text)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def day(text: str) -> date:
    """The day as it was written, whatever its zone."""
    return _parsed(text).date()


def _parsed(text: str) -> datetime:
    if text.isdecimal() and len(text) in {10, 13}:
        # Seconds or milliseconds since 1970, from 2001 on.
        return datetime.fromtimestamp(int(text) / (1000 if len(text) == 13 else 1), UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for shape in _TIMES + _DAYS:
        try:
            return datetime.strptime(text, shape)  # noqa: DTZ007 (`moment` adds the zone)
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text)
    except (ValueError, IndexError):
        raise Refused(f"“{text[:40]}” is no date; write one like 2026-11-27 17:00") from None
