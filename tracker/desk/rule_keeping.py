"""Keeping the routing rules: their words, their order, switching them on and off."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tracker import database
from tracker.desk.access import require_can_keep_desk
from tracker.desk.rule_forms import KeepRule
from tracker.desk.rule_queries import get_rule
from tracker.desk.rule_reading import Meant, meant
from tracker.errors import Conflict
from tracker.history.acting import acting
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person

MOST_RULES = 300

# One captain at a time: places have no gaps. Who routes or looks is not kept waiting.
_ALONE = "LOCK TABLE routing_rules IN SHARE ROW EXCLUSIVE MODE"
_COLUMNS = Meant.__struct_fields__
_VALUES = ", ".join(f"${n}" for n, _ in enumerate(_COLUMNS, start=6))
_KEEP = f"""
INSERT INTO routing_rules (name, position, enabled, kept_by, kept_at, {", ".join(_COLUMNS)})
VALUES ($1, $2, $3, $4, $5, {_VALUES})
ON CONFLICT (name) DO UPDATE SET enabled = $3, kept_by = $4, kept_at = $5,
    {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}
"""
_RENUMBER = (
    "UPDATE routing_rules SET position = ordered.place FROM unnest($1::text[])"
    " WITH ORDINALITY AS ordered (name, place)"
    " WHERE routing_rules.name = ordered.name AND position <> ordered.place"
)


async def keep_rule(captain: Person, name: str, form: KeepRule, *, now: datetime) -> None:
    """Save a rule under this name, over one that has it. It holds for what is filed from now on."""
    require_can_keep_desk(captain)
    columns = await meant(form)
    async with acting(captain, now=now):
        order = await _order()
        added = name not in order
        if added and len(order) >= MOST_RULES:
            raise Conflict(
                Text(
                    f"最多 {MOST_RULES} 条规则，请先删掉一条",
                    f"There are {MOST_RULES} rules already: remove one first",
                )
            )
        await database.execute(
            _KEEP,
            name,
            len(order) + 1,
            form.enabled,
            captain.id,
            now,
            *msgspec.structs.astuple(columns),
        )
        if form.position is not None or added:
            await _place(order, name, form.position or len(order) + 1)
        kind = "rule.added" if added else "rule.changed"
        data = {"name": name, **msgspec.to_builtins(form)}
        await record(captain, kind, now=now, internal=True, data=data)


async def switch_rule(captain: Person, name: str, *, on: bool, now: datetime) -> None:
    """On or off; so again, nothing changes."""
    require_can_keep_desk(captain)
    async with acting(captain, now=now):
        await database.execute(_ALONE)
        found = await get_rule(captain, name)
        if found.enabled == on:
            return
        await database.execute(
            "UPDATE routing_rules SET enabled = $2, kept_by = $3, kept_at = $4 WHERE name = $1",
            name,
            on,
            captain.id,
            now,
        )
        data = {"name": name, "enabled": on}
        await record(captain, "rule.changed", now=now, internal=True, data=data)


async def move_rule(captain: Person, name: str, position: int, *, now: datetime) -> None:
    """To this place, from 1; beyond the end is the end."""
    require_can_keep_desk(captain)
    async with acting(captain, now=now):
        order = await _order()
        # Says so where there is none.
        await get_rule(captain, name)
        if await _place(order, name, position):
            data = {"name": name, "position": position}
            await record(captain, "rule.moved", now=now, internal=True, data=data)


async def remove_rule(captain: Person, name: str, *, now: datetime) -> None:
    """What it did stays done."""
    require_can_keep_desk(captain)
    gone = await get_rule(captain, name)
    async with acting(captain, now=now):
        order = await _order()
        row = await database.fetch_row(
            "DELETE FROM routing_rules WHERE name = $1 RETURNING id", name
        )
        if row is not None:
            await database.execute(_RENUMBER, [one for one in order if one != name])
            data = msgspec.to_builtins(gone)
            await record(captain, "rule.removed", now=now, internal=True, data=data)


async def _order() -> list[str]:
    """The rules' names in their order, which nobody else changes until the end."""
    await database.execute(_ALONE)
    rows = await database.fetch("SELECT name FROM routing_rules ORDER BY position")
    return [row["name"] for row in rows]


async def _place(order: list[str], name: str, position: int) -> bool:
    """Put it there among the others; whether that changed anything."""
    others = [one for one in order if one != name]
    others.insert(max(position, 1) - 1, name)
    if others == order:
        return False
    await database.execute(_RENUMBER, others)
    return True
