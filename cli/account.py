"""Signing in and out, and who is signed in."""

from __future__ import annotations

import os

import click

from cli import login, stdin
from cli.client import Client
from cli.command import Command, Desk, desk
from cli.exits import Exit, TriageError


@click.command(
    "login",
    cls=Command,
    examples="""
        triage login https://tracker.example.com
        tracker token erin | triage login http://127.0.0.1:8000
        TRIAGE_TOKEN=… triage login https://tracker.example.com
    """,
)
@click.argument("url")
@click.option(
    "--token",
    envvar="TRIAGE_TOKEN",
    help="An API token, from Settings → Tokens. Other users of this machine may see it on the "
    "command line: better the prompt, stdin or TRIAGE_TOKEN.",
)
@desk
def sign_in(here: Desk, url: str, token: str | None) -> None:
    """Sign in at a server, and remember it.

    The token is asked for without showing it, or read from stdin where that is no terminal.
    It is tried on the server first, then saved where only you can read it. TRIAGE_URL and
    TRIAGE_TOKEN win over what is saved; TRIAGE_CONFIG_DIR says where that is.
    """
    address = login.address(url)
    if login.travels_open(address):
        here.note(f"warning: {address} is not encrypted; the token can be read on the way")
    if token is None:
        token = (
            click.prompt("Token", hide_input=True, err=True)
            if stdin.at_terminal()
            else stdin.text()
        )
    secret = login.token(str(token))
    server = Client(address, secret)
    click.get_current_context().call_on_close(server.close)
    me = server.get("me")
    if "handle" not in me:
        raise TriageError(Exit.OUT_OF_REACH, f"there is no Orange Friday at {address}")
    try:
        path = login.save(login.Login(address, secret, str(me["handle"])), os.environ)
    except OSError as error:
        raise TriageError(Exit.REFUSED, f"the login could not be saved: {error}") from error
    here.say(me, f"Signed in at {address} as {me['handle']} ({me.get('role')})")
    here.note(f"Saved in {path}")


@click.command("logout", cls=Command, examples="triage logout")
@desk
def sign_out(here: Desk) -> None:
    """Forget the saved server and token.

    The token itself stays good until it is withdrawn under Settings → Tokens.
    """
    if login.forget(os.environ):
        here.say({"signed_in": False}, "Signed out here.")
        here.note("The token itself still works, until it is withdrawn under Settings → Tokens.")
    else:
        here.say({"signed_in": False}, "Nobody was signed in")


@click.command(
    "whoami",
    cls=Command,
    examples="""
        triage whoami
        triage whoami --json | jq -r .role
    """,
)
@desk
def whoami(here: Desk) -> None:
    """Who the token belongs to, and at which server."""
    me = here.server.get("me")
    here.say(me, f"{me['handle']} · {me.get('display_name')} · {me.get('role')} · {here.login.url}")


@click.command(
    "completion",
    cls=Command,
    examples="""
        triage completion bash > ~/.local/share/bash-completion/completions/triage
        triage completion zsh > ~/.zfunc/_triage
        triage completion fish > ~/.config/fish/completions/triage.fish
    """,
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the completion script of a shell."""
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None, "the three shells are click's own"
    click.echo(made(ctx.find_root().command, {}, "triage", "_TRIAGE_COMPLETE").source())
