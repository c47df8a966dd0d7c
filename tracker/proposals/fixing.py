"""Fixes and their reverts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from tracker import database
from tracker.devices import queries as devices
from tracker.devices.forms import Words
from tracker.devices.tables import DeviceModel
from tracker.errors import Conflict, Invalid
from tracker.history.acting import acting
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.proposals import access
from tracker.proposals.forms import PutFix, RevertFix
from tracker.proposals.queries import get_proposal
from tracker.proposals.settling import of_proposal, settle
from tracker.proposals.tables import Ending, Proposal, State
from tracker.proposals.words import ALL_MODELS


async def put_fix(
    engineer: Person, number: int, form: PutFix, *, now: datetime, train: date
) -> None:
    """Say that a proposal is done for these models, or for all. Again is the same as once."""
    access.require_can_triage(engineer)
    models = await _models(form.models)
    async with acting(engineer, now=now):
        proposal = await get_proposal(engineer, number, lock=True)
        await fix(engineer, proposal, models, form.change, now=now, train=train)


async def fix(
    actor: Person | None,
    proposal: Proposal,
    models: Sequence[DeviceModel] | None,
    change: str,
    *,
    now: datetime,
    train: date,
    repository: str | None = None,
) -> bool:
    """Mark a proposal whose row is held, for these models or all; False where it was already.

    `actor` is null for a commit: then `repository` is the name of where it was pushed.
    """
    if proposal.state == State.DECLINED:
        raise Conflict(Text("它已经决定不采纳", "It has been declined"))
    rows = await database.fetch(
        "INSERT INTO fixes (proposal, model, change, by, at)"
        " SELECT $1, model, $3, $4, $5 FROM unnest($2::integer[]) AS model"
        " WHERE NOT EXISTS (SELECT 1 FROM fixes WHERE proposal = $1 AND fixes.model IS NULL)"
        " ON CONFLICT DO NOTHING RETURNING model",
        proposal.id,
        [model.id for model in models] if models is not None else [None],
        change,
        actor.id if actor else None,
        now,
    )
    if not rows:
        return False
    data = {"models": _named(models), "change": change} | _pushed_to(repository)
    await record(actor, "proposal.fixed", now=now, proposal=proposal.id, data=data)
    await settle(actor, of_proposal(proposal.id), now=now, train=train, proposal=proposal.id)
    return True


def _named(models: Sequence[DeviceModel] | None) -> list[str]:
    return [ALL_MODELS] if models is None else [model.codename for model in models]


def _pushed_to(repository: str | None) -> dict[str, str]:
    return {} if repository is None else {"repository": repository}


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
    reason = Words(form.reason, form.reason) if isinstance(form.reason, str) else form.reason
    async with acting(engineer, now=now):
        proposal = await get_proposal(engineer, number, lock=True)
        await revert(engineer, proposal, models, reason, now=now, train=train)


async def revert(
    actor: Person | None,
    proposal: Proposal,
    models: Sequence[DeviceModel] | None,
    reason: Words,
    *,
    now: datetime,
    train: date,
    repository: str | None = None,
) -> bool:
    """The same for a proposal whose row is held; False where there was nothing to take back.

    `actor` is null for a commit: then `repository` is the name of where it was pushed.
    """
    number = proposal.id
    ids = [model.id for model in models] if models is not None else None
    gone = await unfix(proposal, ids)
    listed = await end_shipments(number, ids, Ending.REVERTED, reason, now=now, shipped=False)
    ended = await end_shipments(number, ids, Ending.REVERTED, reason, now=now, shipped=True)
    if not (gone or listed or ended):
        return False
    await back_to_work(proposal, now=now)
    data = {
        "models": _named(models),
        "reason": {"zh": reason.zh, "en": reason.en},
        "shipments": ended,
    } | _pushed_to(repository)
    await record(actor, "proposal.reverted", now=now, proposal=number, data=data)
    await settle(actor, of_proposal(number), now=now, train=train, proposal=number)
    return True


async def reword(proposal: Proposal, changelog: Words, *, now: datetime, repository: str) -> None:
    """Put the words of a commit into the changelog line of a proposal whose row is held; a
    language for which it has none stays as it is."""
    lines = (("changelog_zh", changelog.zh), ("changelog_en", changelog.en))
    fields = [name for name, words in lines if words and getattr(proposal, name) != words]
    if not fields:
        return
    await database.execute(
        "UPDATE proposals SET changelog_zh = coalesce(nullif($2, ''), changelog_zh),"
        " changelog_en = coalesce(nullif($3, ''), changelog_en), updated_at = $4 WHERE id = $1",
        proposal.id,
        changelog.zh,
        changelog.en,
        now,
    )
    data = {"fields": fields} | _pushed_to(repository)
    await record(None, "proposal.changed", now=now, proposal=proposal.id, data=data)


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
