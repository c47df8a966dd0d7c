"""What an engineer does with reports."""

from __future__ import annotations

from collections.abc import Callable

import click

from cli import ids, written
from cli import saved as replies
from cli.command import BULK, Command, Desk, desk
from cli.exits import Thing
from cli.sentences import label, status, waiting

Act = Callable[[str], tuple[Thing, str]]
REASONS = ("unreproducible", "as_intended", "declined", "obsolete", "spam", "withdrawn")

many_reports = click.argument("names", metavar="R-12…", nargs=-1, required=True)
one_report = click.argument("name", metavar="R-12", callback=ids.REPORT)
a_text = click.argument("text", metavar="[TEXT]", required=False)


@click.command(
    "link",
    cls=Command,
    help=f"Gather reports into a proposal, which they follow.\n\n{BULK}",
    examples="""
        triage link R-12 R-15 P-3
        triage inbox --module camera --json | triage link - P-3
    """,
)
@many_reports
@click.argument("proposal", metavar="P-3")
@desk
def link(here: Desk, names: tuple[str, ...], proposal: str) -> None:
    target = _proposal(proposal)
    # Once, instead of being told so for each of the reports.
    here.server.get(f"proposals/{target}")

    def act(name: str) -> tuple[Thing, str]:
        report = here.server.put(f"reports/{name}/proposal", {"proposal": target})
        return report, f"{name}  linked to {target}, now {status(report)}"

    each(here, names, act)


@click.command(
    "unlink",
    cls=Command,
    help=f"Take reports out of their proposals again.\n\n{BULK}",
    examples="triage unlink R-12 R-15",
)
@many_reports
@desk
def unlink(here: Desk, names: tuple[str, ...]) -> None:
    def act(name: str) -> tuple[Thing, str]:
        report = here.server.delete(f"reports/{name}/proposal")
        return report, f"{name}  unlinked, now {status(report)}"

    each(here, names, act)


@click.command(
    "ask",
    cls=Command,
    examples="""
        triage ask R-12 "Which app was open when it restarted?"
        triage ask R-12
        triage ask R-12 - < question.md
        triage ask R-12 --saved need-log
    """,
)
@one_report
@a_text
@replies.saved
@desk
def ask(here: Desk, name: str, text: str | None, saved: str | None) -> None:
    """Ask the reporter; the report waits for the answer.

    Without TEXT your editor opens; - reads it from stdin.
    """
    text = _said(here, name, text, saved, kind="question", what="question")
    report = here.server.put(f"reports/{name}/question", {"text": text})
    here.say(report, f"{name}  asked, now {status(report)}")


@click.command(
    "reply",
    cls=Command,
    examples="""
        triage reply R-12 "Seen here too, thank you for the log."
        triage reply R-12 --internal "Same stack as P-3?"
        triage reply R-12 --saved thanks-for-log
    """,
)
@one_report
@a_text
@replies.saved
@click.option("--internal", is_flag=True, help="A note that testers never see.")
@desk
def reply(here: Desk, name: str, text: str | None, saved: str | None, internal: bool) -> None:
    """Write a message under a report. With --json, prints the message.

    Without TEXT your editor opens; - reads it from stdin.
    """
    what = "internal note" if internal else "reply"
    text = _said(here, name, text, saved, kind="reply", what=what)
    message = here.server.post(f"reports/{name}/messages", {"text": text, "internal": internal})
    here.say(message, f"{name}  {'noted, for the team alone' if internal else 'replied'}")


@click.command(
    "close",
    cls=Command,
    help="Close reports, with a reason the reporter reads.\n\n"
    "A report of a severe fault (brick, data loss, security) is only closed when a second "
    "engineer closes it too; until then it says who must confirm.\n\n" + BULK,
    examples="""
        triage close R-12 --reason as_intended --text "It stays on by design, until …"
        triage close R-12 R-15 --reason spam --text "Advertising."
        triage close R-12 R-15 --saved by-design
    """,
)
@many_reports
@click.option("--reason", type=click.Choice(REASONS), help="Why, in a word.")
@click.option("--text", help="What the reporter reads. Without it your editor opens; - is stdin.")
@replies.saved
@desk
def close(
    here: Desk, names: tuple[str, ...], reason: str | None, text: str | None, saved: str | None
) -> None:
    written.only_one_stdin(names, text)
    if saved is not None and text is not None:
        raise click.UsageError("give the reason with --text or --saved, not both")
    if saved is None and reason is None:
        raise click.UsageError("give the --reason, or a --saved reply that has one")
    wanted = here.gather(names, "R")
    words = ""
    if wanted and saved is None:
        context = _context(here, wanted[0], text) if len(wanted) == 1 else "\n".join(wanted)
        words = written.obtain(text, what="reason", context=context)

    def act(name: str) -> tuple[Thing, str]:
        closure = {"reason": reason, "text": words}
        if saved is not None:
            found = replies.said(here, name, saved, "closure")
            closure = {"reason": reason or found["reason"], "text": found["text"]}
        report = here.server.put(f"reports/{name}/closure", closure)
        return report, f"{name}  {waiting(report) or 'closed: ' + label(closure['reason'])}"

    each(here, tuple(wanted), act)


@click.command(
    "reopen",
    cls=Command,
    help=f"Open closed reports, or withdraw a waiting closure.\n\n{BULK}",
    examples="triage reopen R-12",
)
@many_reports
@desk
def reopen(here: Desk, names: tuple[str, ...]) -> None:
    def act(name: str) -> tuple[Thing, str]:
        report = here.server.delete(f"reports/{name}/closure")
        return report, f"{name}  open, now {status(report)}"

    each(here, names, act)


def each(here: Desk, names: tuple[str, ...], act: Act) -> None:
    """Do something to each of the reports that are named, those on stdin among them."""
    wanted = here.gather(names, "R")
    if not wanted:
        here.note("No reports were given: nothing to do.")
    here.each(wanted, act)


def _proposal(name: str) -> str:
    """The proposal to link to. Its letter is asked for: the last of many numbers, with the
    proposal forgotten, would else be taken for it."""
    if name[:1].upper() != "P":
        raise click.UsageError(f"the proposal comes last, such as P-3; {name!r} is none")
    try:
        return ids.number(name, "P")
    except ids.BadIdError as error:
        raise click.UsageError(str(error)) from error


def _said(
    here: Desk, name: str, text: str | None, saved: str | None, *, kind: str, what: str
) -> str:
    context = _context(here, name, text) if saved is None else ""
    return replies.text_or_saved(here, name, text, saved, kind=kind, what=what, context=context)


def _context(here: Desk, name: str, text: str | None) -> str:
    """The report as the editor shows it below the line; not fetched where no editor opens."""
    if text is not None:
        return ""
    report = here.server.get(f"reports/{name}")
    return f"{name}  {report.get('title')}\n\n{report.get('body') or ''}"
