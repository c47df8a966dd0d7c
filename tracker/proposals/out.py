"""A proposal as programs get it."""

from __future__ import annotations

from typing import Any

import msgspec

from tracker.devices.forms import Words
from tracker.people.tables import Person
from tracker.proposals import queries
from tracker.proposals.credits import SHOWN_CREDITS, credits_of
from tracker.proposals.forms import ProposalDetail, ProposalOut
from tracker.proposals.queries import Listed
from tracker.proposals.tables import ProposalKind, State


def proposal_out(proposal: Listed, *, base_url: str) -> ProposalOut:
    return ProposalOut(**_values(proposal, base_url=base_url))


async def proposal_detail(person: Person, number: int, *, base_url: str) -> ProposalDetail:
    """With its reports, fixes, builds and verdicts. Testers get the reports that they may see,
    and neither the change nor who made it."""
    listed = await queries.get_listed(person, number)
    fixes = await queries.fixes_of(number)
    if not person.is_staff:
        fixes = [msgspec.structs.replace(fix, change="", by=None) for fix in fixes]
    confirmed, verdicts = await queries.verdicts_of(number)
    owed = await credits_of(number)
    return ProposalDetail(
        report_ids=[f"R-{one}" for one in await queries.report_numbers(person, number)],
        fixes=fixes,
        shipments=await queries.shipments_of(number),
        verdicts=verdicts,
        confirmed=confirmed,
        credits=[one.name for one in owed if one.name],
        credited=owed[:SHOWN_CREDITS] if person.is_staff else [],
        **_values(listed, base_url=base_url),
    )


def _values(proposal: Listed, *, base_url: str) -> dict[str, Any]:
    return {
        "id": proposal.name,
        "url": f"{base_url}/proposals/{proposal.name}",
        "title": proposal.title,
        "module": proposal.module,
        "kind": ProposalKind(proposal.kind),
        "state": State(proposal.state),
        "owner": proposal.owner,
        "changelog": Words(proposal.changelog_zh, proposal.changelog_en),
        "declined_text": proposal.declined_text,
        "reports": proposal.reports,
        "testers": proposal.testers,
        "created_at": proposal.created_at,
        "updated_at": proposal.updated_at,
    }
