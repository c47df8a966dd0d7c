"""Keeping the desk: what captains write down once for everybody."""

from __future__ import annotations

from datetime import datetime

from tracker import database
from tracker.desk.access import require_can_keep_desk
from tracker.desk.filling import FIELDS, unknown_fields
from tracker.desk.forms import KeepReply
from tracker.desk.queries import get_reply
from tracker.desk.tables import ReplyKind
from tracker.errors import Conflict, Invalid
from tracker.history.acting import acting
from tracker.history.actions import record
from tracker.language import Text
from tracker.people.tables import Person
from tracker.reports.tables import Reason

MOST_REPLIES = 300


async def keep_reply(captain: Person, name: str, form: KeepReply, *, now: datetime) -> None:
    """Save a reply under this name, over one that has it."""
    require_can_keep_desk(captain)
    _check(form)
    async with acting(captain, now=now):
        count = await database.fetch_row("SELECT count(*) AS n FROM saved_replies")
        assert count is not None
        row = await database.fetch_row(
            "INSERT INTO saved_replies (name, kind, reason, zh, en, kept_by, kept_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (name) DO UPDATE SET kind = $2,"
            " reason = $3, zh = $4, en = $5, kept_by = $6, kept_at = $7 RETURNING xmax = 0 AS added",
            name,
            form.kind,
            form.reason or "",
            form.zh,
            form.en,
            captain.id,
            now,
        )
        assert row is not None
        if row["added"] and count["n"] >= MOST_REPLIES:
            raise Conflict(
                Text(
                    f"最多 {MOST_REPLIES} 个常用回复，请先删掉一个",
                    f"There are {MOST_REPLIES} saved replies already: remove one first",
                )
            )
        data = {"name": name, "kind": form.kind, "zh": form.zh, "en": form.en}
        await record(captain, "saved_reply.kept", now=now, internal=True, data=data)


def _check(form: KeepReply) -> None:
    problems: dict[str, Text] = {}
    for field in ("zh", "en"):
        unknown = unknown_fields(getattr(form, field))
        if unknown:
            known = " ".join(f"{{{name}}}" for name in FIELDS)
            problems[field] = Text(
                f"没有 {unknown[0]} 这个字段，可以用：{known}",
                f"There is no field {unknown[0]}; there are {known}",
            )
    if form.kind == ReplyKind.CLOSURE and form.reason in (None, Reason.WITHDRAWN):
        problems["reason"] = Text("选一个关闭原因", "Choose a reason")
    if form.kind != ReplyKind.CLOSURE and form.reason is not None:
        problems["reason"] = Text("只有关闭才有原因", "Only a closure has a reason")
    if problems:
        raise Invalid(problems)


async def remove_reply(captain: Person, name: str, *, now: datetime) -> None:
    """What was said with it stays said; nobody is advised to say it any more. Raises Conflict while
    a rule suggests it."""
    require_can_keep_desk(captain)
    gone = await get_reply(captain, name)
    async with acting(captain, now=now):
        rules = await database.fetch(
            "SELECT rule.name FROM saved_replies reply JOIN routing_rules rule"
            " ON rule.reply = reply.id WHERE reply.name = $1 ORDER BY rule.position FOR UPDATE",
            name,
        )
        if rules:
            named = ", ".join(row["name"] for row in rules)
            raise Conflict(
                Text(
                    f"分派规则 {named} 还在推荐它，请先改规则",
                    f"It is suggested by the routing rule {named}: change that first",
                )
            )
        row = await database.fetch_row(
            "DELETE FROM saved_replies WHERE name = $1 RETURNING id", name
        )
        if row is not None:
            # Held in the order of their numbers, as everybody does.
            await database.execute(
                "UPDATE reports SET suggested_reply = '' WHERE id IN (SELECT id FROM reports"
                " WHERE suggested_reply = $1 AND suggested_reply <> '' ORDER BY id FOR UPDATE)",
                name,
            )
            data = {"name": name, "kind": gone.kind, "zh": gone.zh, "en": gone.en}
            await record(captain, "saved_reply.removed", now=now, internal=True, data=data)
