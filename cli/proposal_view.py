"""Proposals as lists and in full."""

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
    age,
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
from cli.sentences import count

ENDED = {
    "reverted": "taken back",
    "broken": "seen again",
    "withdrawn": "build withdrawn",
}
"""Why a build no longer counts as one that has it."""


def table(proposals: Sequence[Thing], *, width: int, now: datetime) -> RenderableType:
    """A list of proposals: columns, or two lines each where the terminal is narrow."""
    if width < NARROW:
        return Group(*(part for proposal in proposals for part in _stacked(proposal)))
    found = columns("id", "state", "kind", "module", "owner", "reports", "age", "title")
    for proposal in proposals:
        found.add_row(
            Text(clean(proposal["id"]), style="cyan"),
            styled(proposal.get("state")),
            label(proposal.get("kind")),
            label(proposal.get("module")),
            label(proposal.get("owner")),
            clean(proposal.get("reports", 0)),
            age(proposal.get("created_at"), now),
            one_line(proposal.get("title")),
        )
    return found


def _gathered(proposal: Thing) -> str:
    reports = count(int(proposal.get("reports", 0)), "report")
    return f"{reports} of {count(int(proposal.get('testers', 0)), 'tester')}"


def _stacked(proposal: Thing) -> list[RenderableType]:
    first = facts(
        Text(clean(proposal["id"]), style="cyan"),
        styled(proposal.get("state")),
        label(proposal.get("kind")),
        label(proposal.get("module")),
        _gathered(proposal),
    )
    return [first, Padding(Text(clean(proposal.get("title"))), (0, 0, 0, 2))]


def full(proposal: Thing) -> RenderableType:
    """One proposal with everything that the API tells about it."""
    changelog = proposal.get("changelog") or {}
    parts: list[RenderableType] = [
        heading(proposal["id"], proposal.get("title")),
        facts(
            label(proposal.get("kind")),
            label(proposal.get("module")),
            styled(proposal.get("state")),
            f"owner {proposal['owner']}" if proposal.get("owner") else "no owner",
            _gathered(proposal),
            f"made {stamp(proposal.get('created_at'))}",
        ),
    ]
    if proposal.get("declined_text"):
        parts.append(Text(f"declined: {clean(proposal['declined_text'])}"))
    lines = [(language, changelog.get(language)) for language in ("zh", "en")]
    parts.append(
        section(
            "Changelog line",
            *(
                Text(f"{name}  {clean(line or 'none yet: the title serves')}")
                for name, line in lines
            ),
        )
    )
    if names := proposal.get("report_ids"):
        parts.append(section("Reports", Text(clean("  ".join(names)))))
    if fixes := proposal.get("fixes"):
        parts.append(section("Fixed", *(_fix(fix) for fix in fixes)))
    if verdicts := proposal.get("verdicts"):
        said = [_verdict(found) for found in verdicts]
        parts.append(section("Testers say", *_confirmed(proposal), *said))
    if credited := proposal.get("credited"):
        parts.append(section("Credited", *(_credit(one) for one in credited)))
    if shipments := proposal.get("shipments"):
        parts.append(section("In builds", *(_shipment(ship) for ship in shipments)))
    if url := proposal.get("url"):
        parts += [Text(), Text(clean(url), style="dim")]
    return Group(*parts)


def _fix(fix: Thing) -> Text:
    return facts(
        fix.get("model") or "all models", fix.get("change"), fix.get("by"), stamp(fix.get("at"))
    )


def _shipment(ship: Thing) -> Text:
    place = facts(f"{ship.get('model')} {ship.get('build')}", ship.get("ring"))
    if ship.get("ended_at"):
        why = ENDED.get(str(ship.get("ended")), "ended")
        return facts(
            place,
            Text(f"{why} {stamp(ship['ended_at'])}", style="red"),
            in_both(ship.get("reason")),
        )
    if ship.get("shipped_at"):
        return facts(place, f"shipped {stamp(ship['shipped_at'])}")
    return facts(place, f"waits for {ship['release']}" if ship.get("release") else "waits")


def _confirmed(proposal: Thing) -> list[Text]:
    found = proposal.get("confirmed") or {}
    if not found.get("testers"):
        return []
    testers, models = count(found["testers"], "tester"), count(found["models"], "model")
    return [Text(f"confirmed by {testers} on {models}", style="green")]


def _credit(one: Thing) -> Text:
    return facts(
        one.get("person"),
        one.get("report"),
        f"by {one['by']}" if one.get("by") else "",
        f"as {one['name']}" if one.get("name") else Text("has not agreed to be named", style="dim"),
    )


def _verdict(found: Thing) -> Text:
    answers = [f"{found[word]} {word}" for word in ("fixed", "broken", "unsure") if found.get(word)]
    return facts(found.get("model"), *answers)
