"""Putting things back as an act found them. Inside the transaction of the undoing act.

Decisions are put back; what follows from them (standing, the build that solved it, the train it is
expected on) is worked out from the facts of today, which may have changed: a build may have left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from tracker import database
from tracker.history.actions import record, record_each
from tracker.people.tables import Person
from tracker.proposals.actions import STATE_EVENTS
from tracker.proposals.facts import DECIDED as OF_PROPOSAL
from tracker.proposals.facts import MADE
from tracker.proposals.settling import of_proposal, settle
from tracker.proposals.words import ALL_MODELS
from tracker.reports.facts import DECIDED as OF_REPORT
from tracker.reports.status import set_status
from tracker.undoing.examining import Reversal, ended_by

# The rest of a row is what it was made with.
_PROPOSAL_COLUMNS = (*OF_PROPOSAL, *MADE)
_INSERT_PROPOSAL = (
    f"INSERT INTO proposals (id, {', '.join(_PROPOSAL_COLUMNS)}, updated_at)"
    f" SELECT $1, {', '.join(_PROPOSAL_COLUMNS)}, $3"
    " FROM jsonb_populate_record(NULL::proposals, $2::jsonb)"
)
_UPDATE_PROPOSAL = (
    f"UPDATE proposals p SET {', '.join(f'{name} = was.{name}' for name in OF_PROPOSAL)},"
    " updated_at = $3 FROM jsonb_populate_record(NULL::proposals, $2::jsonb) was WHERE p.id = $1"
)
_ANSWERING = ("waiting_since", "answered_at")
_UPDATE_REPORTS = (
    f"UPDATE reports r SET {', '.join(f'{name} = was.{name}' for name in OF_REPORT + _ANSWERING)}"
    " FROM unnest($1::bigint[], $2::jsonb[]) AS given (number, facts)"
    " CROSS JOIN LATERAL jsonb_populate_record(NULL::reports, given.facts) was"
    " WHERE r.id = given.number"
)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def restore_proposal(engineer: Person, one: Reversal, undoes: str, *, now: datetime) -> None:
    """Put one proposal back, its fixes with it; `settle_proposals` comes after its reports."""
    if not one.before:
        await database.execute("DELETE FROM proposals WHERE id = $1", one.number)
    else:
        statement = _UPDATE_PROPOSAL if one.now else _INSERT_PROPOSAL
        await database.execute(statement, one.number, _json(one.restored), now)
        if "fixes" in one.keys:
            await _restore_fixes(one)
    for kind, data in await _events_of_proposal(one):
        data = {"undoes": undoes, **data}
        await record(engineer, kind, now=now, proposal=one.number, data=data)


async def _restore_fixes(one: Reversal) -> None:
    await database.execute("DELETE FROM fixes WHERE proposal = $1", one.number)
    await database.execute(
        "INSERT INTO fixes (proposal, model, change, by, at)"
        " SELECT proposal, model, change, by, at"
        " FROM jsonb_populate_recordset(NULL::fixes, $1::jsonb)",
        _json(one.before["fixes"]),
    )
    await database.execute(
        "UPDATE shipments SET ended_at = NULL, ended = NULL, reason_zh = '', reason_en = ''"
        " WHERE id = ANY ($1)",
        ended_by(one),
    )


async def _events_of_proposal(one: Reversal) -> list[tuple[str, dict[str, Any]]]:
    if not one.before:
        return [("proposal.removed", {})]
    if not one.now:
        return [("proposal.restored", {})]
    events: list[tuple[str, dict[str, Any]]] = []
    keys = set(one.keys)
    if "fixes" in keys:
        fixes = one.before["fixes"]
        more = len(fixes) > len(one.after["fixes"])
        data = {"models": await _codenames(fix["model"] for fix in fixes)}
        events.append(("proposal.fixed", data) if more else ("proposal.unfixed", {}))
    elif "state" in keys:
        events.append((STATE_EVENTS[one.before["state"]], {}))
    fields = sorted(keys - {"fixes", "state", "shipments", "declined_text"})
    if fields:
        events.append(("proposal.changed", {"fields": fields}))
    return events


async def _codenames(models: Iterable[int | None]) -> list[str]:
    numbers = list(models)
    if None in numbers:
        return [ALL_MODELS]
    rows = await database.fetch(
        "SELECT codename FROM device_models WHERE id = ANY ($1) ORDER BY codename", numbers
    )
    return [row["codename"] for row in rows]


async def settle_proposals(
    engineer: Person, reversals: Sequence[Reversal], *, now: datetime, train: date
) -> None:
    for one in reversals:
        if one.before:
            scope = of_proposal(one.number)
            await settle(engineer, scope, now=now, train=train, proposal=one.number)


async def restore_reports(
    engineer: Person,
    reversals: Sequence[Reversal],
    untouched: frozenset[int],
    undoes: str,
    *,
    now: datetime,
    train: date,
) -> None:
    """Put reports back, in six statements whatever their number.

    When somebody spoke last, and first, is put back as well where nothing was done to the report
    since (`untouched`).
    """
    if not reversals:
        return
    numbers = [one.number for one in reversals]
    facts = [_facts_of(one, untouched) for one in reversals]
    await database.execute(_UPDATE_REPORTS, numbers, [_json(one) for one in facts])
    known = await _known(reversals)
    firsts: list[Row] = []
    others: list[Row] = []
    internal: list[Row] = []
    for one in reversals:
        for place, (kind, data, hidden) in enumerate(_events_of_report(one, known)):
            row = (one, kind, {"undoes": undoes, **data})
            (internal if hidden else others if place else firsts).append(row)
    await set_status(engineer, _standings(firsts), now=now)
    for rows, hidden in ((others, False), (internal, True)):
        if rows:
            await record_each(engineer, _plain(rows), now=now, internal=hidden)
    linked = [one.number for one in reversals if "proposal" in one.keys]
    if linked:
        scope = QueryString(
            "reports.id = ANY({}::bigint[]) AND reports.proposal IS NOT NULL", linked
        )
        await settle(engineer, scope, now=now, train=train)


def _facts_of(one: Reversal, untouched: frozenset[int]) -> dict[str, object]:
    restored = one.restored
    if one.number in untouched:
        restored |= {name: one.before.get(name) for name in _ANSWERING}
    return restored


Row = tuple[Reversal, str, dict[str, Any]]


def _standings(rows: Sequence[Row]) -> QueryString:
    """Where these reports stood, if they move between proposals; else where they stand."""
    wanted = []
    for one, kind, data in rows:
        from_here = one.before if "proposal" in one.keys else one.now
        wanted.append(
            {
                "report": one.number,
                "standing": from_here["standing"],
                "released_in": from_here["released_in"],
                "expected_on": from_here["expected_on"],
                "kind": kind,
                "data": data,
            }
        )
    return QueryString(
        "SELECT report, standing, released_in, expected_on, kind, data, true AS always"
        " FROM jsonb_to_recordset({}::jsonb) AS w (report bigint, standing varchar,"
        " released_in integer, expected_on date, kind text, data jsonb)",
        _json(wanted),
    )


def _plain(rows: Sequence[Row]) -> QueryString:
    events = [{"report": one.number, "kind": kind, "data": data} for one, kind, data in rows]
    return QueryString(
        "SELECT report, kind, data FROM jsonb_to_recordset({}::jsonb)"
        " AS w (report bigint, kind text, data jsonb)",
        _json(events),
    )


@dataclass(frozen=True)
class _Known:
    """What the events of reports name: owners, and the events that told of this before."""

    owners: dict[int, str]
    told_by: dict[tuple[int, str], int]


async def _known(reversals: Sequence[Reversal]) -> _Known:
    owners = {one.before["owner"] for one in reversals if "owner" in one.keys} - {None}
    back = [one.number for one in reversals if {"question", "closed_at"} & {*one.keys}]
    names = await database.fetch(
        "SELECT id, display_name FROM people WHERE id = ANY ($1)", list(owners)
    )
    told = await database.fetch(
        "SELECT report, kind, max(coalesce((data->>'again_of')::bigint, id)) AS id FROM events"
        " WHERE report = ANY ($1) AND kind IN ('report.asked', 'report.closed')"
        " GROUP BY report, kind",
        back,
    )
    return _Known(
        {row["id"]: row["display_name"] for row in names},
        {(row["report"], row["kind"]): row["id"] for row in told},
    )


def _events_of_report(one: Reversal, known: _Known) -> list[tuple[str, dict[str, Any], bool]]:
    """Kind, data, and whether it is the team's own business. What is so again names the event
    that told of it: nobody is told a second time."""
    keys, before = set(one.keys), one.before

    def again(kind: str, **data: Any) -> tuple[str, dict[str, Any], bool]:
        return kind, {"again_of": known.told_by.get((one.number, kind)), **data}, False

    events: list[tuple[str, dict[str, Any], bool]] = []
    if "proposal" in keys:
        if before["proposal"] is None:
            gone = {"proposal": f"P-{one.after['proposal']}"}
            events.append(("report.unlinked", gone, False))
        else:
            events.append(("report.accepted", {"proposal": f"P-{before['proposal']}"}, False))
    if "question" in keys:
        if before["question"] is None:
            events.append(("report.question_withdrawn", {}, False))
        else:
            events.append(again("report.asked", message=before["question"]))
    if "closed_at" in keys:
        if before["closed_at"] is None:
            events.append(("report.reopened", {}, False))
        else:
            reason, text = before["closed_reason"], before["closed_text"]
            events.append(again("report.closed", reason=reason, text=text))
    elif "closing_by" in keys:
        if before["closing_by"] is None:
            events.append(("report.closing_withdrawn", {}, True))
        else:
            events.append(("report.closing", {"reason": before["closing_reason"]}, True))
    if not events and "snoozed_until" in keys:
        until = before["snoozed_until"]
        kind = "report.snoozed" if until else "report.woken"
        events.append((kind, {"until": until} if until else {}, True))
    if not events and "owner" in keys:
        name = known.owners.get(before["owner"], "—")
        events.append(("report.owned", {"owner": name}, True))
    if "labels" in keys:
        was, left = {*before["labels"]}, {*one.after["labels"]}
        events += [("report.labelled", {"label": each}, True) for each in sorted(was - left)]
        events += [("report.unlabelled", {"label": each}, True) for each in sorted(left - was)]
    return events
