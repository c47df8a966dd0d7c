"""A rule as it was sent, with what its words name: looked up once, for saving and for trying out."""

from __future__ import annotations

import msgspec

from tracker import database
from tracker.desk.rule_forms import KeepRule
from tracker.devices.choosing import model_called
from tracker.devices.queries import require_model, require_module
from tracker.errors import Invalid
from tracker.language import Text
from tracker.people.access import of_the_team
from tracker.reports import search


class Meant(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of a rule."""

    words: list[str]
    query: str | None
    module: int | None
    model: int | None
    severities: list[str]
    owner: int | None
    labels: list[str]
    reply: int | None


async def meant(form: KeepRule) -> Meant:
    """Raises Invalid with the field of everything that cannot be taken."""
    problems: dict[str, Text] = {}
    words = list(dict.fromkeys(one.strip() for one in form.words if one.strip()))
    module = model = owner = reply = None
    try:
        module = (await require_module(form.module)).id if form.module else None
    except Invalid as invalid:
        problems |= invalid.problems
    try:
        if form.device:
            model = (await require_model(await model_called(form.device, field="device"))).id
    except Invalid as invalid:
        problems |= invalid.problems
    if form.owner:
        row = await database.fetch_row(
            f"SELECT id FROM people p WHERE handle = $1 AND {of_the_team('p')}", form.owner
        )
        owner = row["id"] if row else None
        if owner is None:
            problems["owner"] = Text(
                f"团队里没有「{form.owner}」", f"Nobody on the team is called “{form.owner}”"
            )
    if form.reply:
        row = await database.fetch_row("SELECT id FROM saved_replies WHERE name = $1", form.reply)
        reply = row["id"] if row else None
        if reply is None:
            problems["reply"] = Text(
                f"没有「{form.reply}」这个常用回复", f"There is no saved reply “{form.reply}”"
            )
    silent = [one for one in words if not search.query_tokens(one)]
    if silent:
        problems["words"] = Text(
            f"「{silent[0]}」里没有可以找的字词", f"There is no word to look for in “{silent[0]}”"
        )
    if not (words or form.module or form.device or form.severities):
        problems["words"] = Text(
            "至少给一个条件：词句、模块、机型或严重程度",
            "Give one condition at least: words, a module, a model or a severity",
        )
    if not (form.owner or form.labels or form.reply):
        problems["owner"] = Text(
            "至少选一项：负责人、标签或推荐的回复",
            "Choose one thing that it does: an owner, a label or a reply to suggest",
        )
    if problems:
        raise Invalid(problems)
    return Meant(
        words=words,
        query=_any_of(words),
        module=module,
        model=model,
        severities=sorted({str(one) for one in form.severities}),
        owner=owner,
        labels=sorted({*form.labels}),
        reply=reply,
    )


def _any_of(phrases: list[str]) -> str | None:
    """A tsquery: all tokens of one of the phrases."""
    return " | ".join(f"({search.tsquery(search.query_tokens(one))})" for one in phrases) or None
