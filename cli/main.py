"""The `triage` command: what there is, in the order in which the work goes."""

from __future__ import annotations

import sys

import click

from cli import (
    account,
    acts,
    builds,
    deliveries,
    friday,
    labels,
    output,
    owning,
    plans,
    queue,
    reading,
    rules,
    saved,
    similar,
    standing,
    times,
    triage,
    work,
)
from cli.next.command import next_report

_EPILOG = """
\b
Exit codes:  0 done                3 not signed in, or not allowed
             1 refused             4 not found
             2 wrong usage         5 server out of reach

With --json results are the API's objects: a list, or a command given several ids, prints one
object a line (JSON Lines); a single thing is one such line. What failed is a problem document
on stderr. Ids are R-12, P-3 and A-7; R-12 may be written 12, and - reads ids from stdin.

\b
Examples:
  triage login https://tracker.example.com
  triage inbox --module camera
  triage propose R-12 R-15 --title "Camera closes right after it opens"
  triage fix P-3 --zh "修复相机打开后闪退" --en "Camera closed when opened"
  triage friday preview
"""


class _Triage(click.Group):
    """Commands stay in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from cli.client import version

        click.echo(f"triage {version()}")
        ctx.exit()


@click.group(
    cls=_Triage,
    invoke_without_command=True,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Print it.",
)
@click.option("--json", "as_json", is_flag=True, help="Where you stand, as the API's object.")
@click.pass_context
def app(ctx: click.Context, as_json: bool) -> None:
    """Work on beta testers' reports, from the terminal.

    Without a command it says where you stand: what waits for you, and what is in Friday's way.
    """
    ctx.color = output.colour()
    if ctx.invoked_subcommand is None:
        ctx.invoke(standing.standing, as_json=as_json)
    elif as_json:
        raise click.UsageError("--json goes behind the command")


for command in (
    account.sign_in,
    account.sign_out,
    account.whoami,
    reading.inbox,
    next_report,
    reading.show,
    similar.similar,
    triage.ask,
    triage.reply,
    triage.close,
    triage.reopen,
    owning.assign,
    owning.modules,
    saved.replies,
    labels.label,
    rules.rules,
    queue.snooze,
    queue.why,
    queue.questions,
    times.times,
    work.propose,
    triage.link,
    triage.unlink,
    plans.export,
    plans.apply,
    acts.undo,
    acts.log,
    reading.proposals,
    reading.proposal,
    work.start,
    work.fix,
    work.revert,
    work.credit,
    work.uncredit,
    builds.build,
    friday.friday,
    deliveries.deliveries,
    account.completion,
):
    app.add_command(command)


def main() -> None:
    """Run the command line of this process."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal without Chinese shows escapes instead of ending in an error.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    app(prog_name="triage")
