"""Saved replies: to say under reports, and to keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cli import output, stdin, written
from cli.client import segment
from cli.command import Command, Desk, Group, desk
from cli.exits import Exit, Thing, TriageError

if TYPE_CHECKING:
    from rich.console import RenderableType

KINDS = ("reply", "question", "closure")
REASONS = ("unreproducible", "as_intended", "declined", "obsolete", "spam")

saved = click.option(
    "--saved", metavar="NAME", help="Say this saved reply, filled in, in the reporter's language."
)


def said(here: Desk, report: str, name: str, kind: str) -> Thing:
    """The saved reply of this name as it is said under the report."""
    found: list[Thing] = here.server.get(f"reports/{report}/saved-replies")["items"]
    for one in found:
        if one["name"] == name:
            if one["kind"] != kind:
                raise TriageError(
                    Exit.REFUSED,
                    f"{name} is a {one['kind']}, not a {kind}: nothing was sent",
                )
            return one
    raise TriageError(Exit.NOT_FOUND, f"no saved reply {name}{meant(name, found, kind)}")


def meant(name: str, found: Sequence[Thing], kind: str) -> str:
    from difflib import get_close_matches

    names = [str(one["name"]) for one in found if one["kind"] == kind]
    close = get_close_matches(name, names, 1)
    if close:
        return f"; did you mean {close[0]}?"
    return f": there are {', '.join(sorted(names))}" if names else ": there are none yet"


def text_or_saved(
    here: Desk,
    report: str,
    text: str | None,
    name: str | None,
    *,
    kind: str,
    what: str,
    context: str,
) -> str:
    """What is to be said: typed, or the saved reply."""
    if name is None:
        return written.obtain(text, what=what, context=context)
    if text is not None:
        raise click.UsageError(f"give the {what} or --saved, not both")
    return str(said(here, report, name, kind)["text"])


@click.group(
    "replies",
    cls=Group,
    invoke_without_command=True,
    examples="""
        triage replies
        triage replies --for R-12
        triage reply R-12 --saved thanks-for-log
        triage replies keep need-log --kind question --zh "…" --en "…"
    """,
)
@click.option("--for", "report", metavar="R-12", help="As they would be said under this report.")
@click.option("--json", "as_json", is_flag=True, help="Print the API's objects, one a line.")
@click.pass_context
def replies(ctx: click.Context, report: str | None, as_json: bool) -> None:
    """Saved replies, in both languages. Captains keep them.

    {reporter} {report} {title} {device} {build} {module} in a text are filled in.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_replies, report=report, as_json=as_json)


@click.command("list", cls=Command, examples="triage replies list --for R-12")
@click.option("--for", "report", metavar="R-12", help="As they would be said under this report.")
@desk
def list_replies(here: Desk, report: str | None) -> None:
    """All saved replies.

    With --for those that a rule suggests come first, marked with an arrow."""
    from cli import ids

    if report is not None:
        try:
            report = ids.number(report, "R")
        except ids.BadIdError as error:
            raise click.UsageError(str(error)) from error
    path = f"reports/{report}/saved-replies" if report else "saved-replies"
    found = here.server.get(path)["items"]
    if here.as_json:
        for one in found:
            output.json_line(one)
        return
    if not found:
        here.note("No saved replies yet.")
        return
    output.picture(_picture(found))


def _picture(found: Sequence[Thing]) -> RenderableType:
    from rich.console import Group as Lines
    from rich.padding import Padding
    from rich.text import Text

    from cli.render import facts, label

    parts: list[RenderableType] = []
    for one in found:
        arrow = "→ " if one.get("suggested") else ""
        head = facts(
            Text(output.clean(arrow + one["name"]), style="bold cyan"),
            label(one["kind"]),
            label(one["reason"]) if one.get("reason") else "",
        )
        texts = [one[key] for key in ("text", "zh", "en") if one.get(key)]
        parts += [head, *(Padding(Text(output.clean(text)), (0, 0, 0, 2)) for text in texts)]
    return Lines(*parts)


@click.command(
    "keep",
    cls=Command,
    examples="""
        triage replies keep need-log --kind question \\
            --zh "请发 {device} 的日志" --en "A log, please"
        triage replies keep by-design --kind closure --reason as_intended \\
            --zh "有意如此" --en "It is meant to be so"
        triage replies keep thanks --zh "谢谢" --en - < thanks.txt
    """,
)
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), help="What it is sent as; a new one: reply.")
@click.option("--reason", type=click.Choice(REASONS), help="Of a closure.")
@click.option("--zh", help="In Chinese; - is stdin.")
@click.option("--en", help="In English; - is stdin.")
@desk
def keep(
    here: Desk, name: str, kind: str | None, reason: str | None, zh: str | None, en: str | None
) -> None:
    """Save a reply, or change one.

    What is not given stays as it is. Captains only."""
    written.only_one_stdin((), zh, en)
    try:
        was = here.server.get(f"saved-replies/{segment(name)}")
    except TriageError as failure:
        if failure.code != Exit.NOT_FOUND:
            raise
        was = {}
    kind = kind or str(was.get("kind") or "reply")
    body = {
        "kind": kind,
        "reason": (reason or was.get("reason")) if kind == "closure" else reason,
        "zh": _typed(zh, was.get("zh")),
        "en": _typed(en, was.get("en")),
    }
    missing = [f"--{key}" for key in ("zh", "en") if body[key] is None]
    if missing:
        raise click.UsageError(f"{name} is new: give {' and '.join(missing)} too")
    kept = here.server.put(f"saved-replies/{segment(name)}", body)
    here.say(kept, f"{name}  {'changed' if was else 'saved'}, a {kind}")


def _typed(text: str | None, was: object) -> object:
    if text is None:
        return was
    return stdin.text().strip() if text == "-" else text


@click.command("remove", cls=Command, examples="triage replies remove need-log")
@click.argument("name")
@desk
def remove(here: Desk, name: str) -> None:
    """Remove a saved reply. What was said with it stays said. Captains only."""
    here.server.delete(f"saved-replies/{segment(name)}")
    here.say({"name": name}, f"{name}  removed")


for _command in (list_replies, keep, remove):
    replies.add_command(_command)
