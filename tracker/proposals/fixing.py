"""Fixes and their reverts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from tracker import database
from tracker.devices import queries as devices
from tracker.devices.forms import Words
from tracker.devices.tables import DeviceModel
from tracker.errors import Conflict, Invalid
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals import access
from tracker.proposals.forms import PutFix, RevertFix
from tracker.proposals.queries import get_proposal
from tracker.proposals.settling import of_proposal, settle
from tracker.proposals.tables import Ending, Proposal, State

ALL_MODELS = "*"
"""How an event says: for all models."""


async def put_fix(
    engineer: Person, number: int, form: PutFix, *, now: datetime, train: date
) -> None:
    """Say that a proposal is done for these models, or for all. Again is the same as once."""
    access.require_can_triage(engineer)
    models = await _models(form.models)
    async with database.transaction():
        proposal = await get_proposal(engineer, number, lock=True)
        if proposal.state == State.DECLINED:
            raise Conflict(Text("它已经决定不采纳", "It has been declined"))
        rows = await database.fetch(
            "INSERT INTO fixes (proposal, model, change, by, at)"
            " SELECT $1, model, $3, $4, $5 FROM unnest($2::integer[]) AS model"
            " WHERE NOT EXISTS (SELECT 1 FROM fixes WHERE proposal = $1 AND fixes.model IS NULL)"
            " ON CONFLICT DO NOTHING RETURNING model",
            number,
            [model.id for model in models] if models is not None else [None],
            form.change,
            engineer.id,
            now,
        )
        if not rows:
            return
        data = {"models": form.models or [ALL_MODELS], "change": form.change}
        await record(engineer, "proposal.fixed", now=now, proposal=number, data=data)
        await settle(engineer, of_proposal(number), now=now, train=train, proposal=number)


async def _models(codenames: Sequence[str] | None) -> list[DeviceModel] | None:
    if codenames is None:
        return None
    if not codenames:
        raise Invalid(
            {"models": Text("列出机型，或者不写表示全部", "Name models, or leave it out for all")}
        )
    return [await devices.require_model(codename, field="models") for codename in codenames]


async def revert_fix(
    engineer: Person, number: int, form: RevertFix, *, now: datetime, train: date
) -> None:
    """Take a fix back, for these models or all of it.

    Its reports go back to "in progress". Lines that are not published yet are gone with it;
    published ones show the withdrawal, and those who were told "fixed" are told. Where there
    is no fix, nothing changes.
    """
    access.require_can_triage(engineer)
    models = await _models(form.models)
    async with database.transaction():
        proposal = await get_proposal(engineer, number, lock=True)
        ids = [model.id for model in models] if models is not None else None
        gone = await unfix(proposal, ids)
        given = form.reason
        reason = Words(given, given) if isinstance(given, str) else given
        listed = await end_shipments(number, ids, Ending.REVERTED, reason, now=now, shipped=False)
        ended = await end_shipments(number, ids, Ending.REVERTED, reason, now=now, shipped=True)
        if not (gone or listed or ended):
            return
        await back_to_work(proposal, now=now)
        data = {
            "models": form.models or [ALL_MODELS],
            "reason": {"zh": reason.zh, "en": reason.en},
            "shipments": ended,
        }
        await record(engineer, "proposal.reverted", now=now, proposal=number, data=data)
        await settle(engineer, of_proposal(number), now=now, train=train, proposal=number)


async def unfix(proposal: Proposal, models: list[int] | None) -> bool:
    """Remove fixes; one for all models becomes one for each of the others. True if any went."""
    if models is not None:
        # `fixes` is read as it was before this statement, so the two steps do not meet.
        await database.execute(
            "INSERT INTO fixes (proposal, model, change, by, at)"
            " SELECT f.proposal, d.id, f.change, f.by, f.at FROM fixes f, device_models d"
            " WHERE f.proposal = $1 AND f.model IS NULL ON CONFLICT DO NOTHING",
            proposal.id,
        )
        await database.execute(
            "DELETE FROM fixes WHERE proposal = $1 AND model IS NULL", proposal.id
        )
    rows = await database.fetch(
        "DELETE FROM fixes WHERE proposal = $1 AND ($2::integer[] IS NULL OR model = ANY ($2))"
        " RETURNING id",
        proposal.id,
        models,
    )
    return bool(rows)


async def end_shipments(
    number: int,
    models: list[int] | None,
    ending: Ending,
    reason: Words,
    *,
    now: datetime,
    shipped: bool,
) -> list[int]:
    """Those that are out, or those that are only listed in a build which waits for its train.

    What a withdrawn build had ends for good too, but is not returned: who had it knows.
    """
    rows = await database.fetch(
        "UPDATE shipments s SET ended_at = $3, ended = $4, reason_zh = $5, reason_en = $6"
        " FROM (SELECT id, ended_at IS NULL AS live FROM shipments"
        "  WHERE proposal = $1 AND ($2::integer[] IS NULL OR model = ANY ($2))"
        "  AND (shipped_at IS NOT NULL) = $7 AND (ended_at IS NULL OR ended = 'withdrawn')) was"
        " WHERE s.id = was.id RETURNING s.id, was.live",
        number,
        models,
        now,
        ending,
        reason.zh,
        reason.en,
        shipped,
    )
    return sorted(row["id"] for row in rows if row["live"])


async def back_to_work(proposal: Proposal, *, now: datetime) -> None:
    await database.execute(
        "UPDATE proposals SET state = 'in_progress', updated_at = $2 WHERE id = $1",
        proposal.id,
        now,
    )


__all__ = ["ALL_MODELS", "back_to_work", "end_shipments", "put_fix", "revert_fix", "unfix"]
