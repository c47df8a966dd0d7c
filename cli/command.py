"""What every command shares: how it is declared, and the desk that it works at."""

from __future__ import annotations

import functools
import os
import sys
import textwrap
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import click

from cli import ids, login, output, stdin
from cli.client import OVERTAKEN, Client
from cli.exits import Exit, Thing, TriageError
from cli.seen import Seen, revision_of

if TYPE_CHECKING:
    from rich.console import RenderableType

P = ParamSpec("P")


class Command(click.Command):
    """A command whose help ends with examples, set as they are typed."""

    def __init__(self, *args: Any, examples: str = "", **settings: Any) -> None:
        # click keeps the help option of the first context that asks for it: so not from the parent's.
        settings.setdefault("context_settings", {"help_option_names": ["-h", "--help"]})
        super().__init__(*args, **settings)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lines = textwrap.dedent(self.examples).strip().splitlines()
        if lines:
            with formatter.section("Examples"):
                for line in lines:
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


class Group(Command, click.Group):
    """Commands below one that does something by itself."""


class Desk:
    """The server at one end, the terminal or the script at the other."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    @cached_property
    def login(self) -> login.Login:
        return login.current(os.environ)

    @cached_property
    def server(self) -> Client:
        client = Client(self.login.url, self.login.token)
        click.get_current_context().call_on_close(client.close)
        client.seen = self.memory.revisions if self.memory else {}
        return client

    @cached_property
    def memory(self) -> Seen | None:
        """What the person at this terminal has seen. A script has none."""
        if self.as_json or not stdin.at_terminal():
            return None
        return Seen(self.login.url, os.environ)

    def saw(self, things: Iterable[Thing]) -> None:
        """These were shown in full, or in a list."""
        if self.memory is not None:
            for thing in things:
                if (revision := revision_of(thing)) is not None:
                    self.memory.revisions[str(thing["id"])] = revision

    def gather(self, names: Iterable[str], letter: str) -> list[str]:
        """All numbers of an argument list; of objects on stdin also what was seen of them."""
        piped: dict[str, int] = {}
        found = ids.gather(names, letter, seen=piped)
        if piped:
            self.server.seen.update(piped)
        return found

    def leave(self) -> None:
        """The end of a command, however it ended."""
        if "memory" in self.__dict__ and self.memory is not None:
            self.memory.save()

    def me(self) -> str:
        """The handle of the person whose token this is."""
        return str(self.server.get("me")["handle"])

    def say(self, thing: Thing, sentence: str) -> None:
        """A result: the object with `--json`, else a sentence."""
        if self.as_json:
            output.json_line(thing)
        else:
            output.line(sentence)

    def show(self, thing: Thing, picture: Callable[[], RenderableType]) -> None:
        """A result: the object with `--json`, else a picture of it, only then made."""
        if self.as_json:
            output.json_line(thing)
        else:
            output.picture(picture())
            self.saw([thing])

    def note(self, sentence: str) -> None:
        """Something on the side, on stderr; a script is not told."""
        if not self.as_json:
            click.echo(output.clean(sentence), err=True)

    def fail(self, failure: TriageError, about: str = "") -> None:
        output.failure(failure, about=about, as_json=self.as_json)
        if failure.problem.get("status") == OVERTAKEN and self.memory:
            self.note("The same command again does it all the same.")

    def each(self, ids: Iterable[str], act: Callable[[str], tuple[Thing, str]]) -> None:
        """Do something to each of many. One that is refused does not stop the others.

        Each is reported on a line of its own; the exit code is the highest that occurred.
        It stops early where no other id could fare better: no server, or an unknown token.
        """
        worst = Exit.DONE
        for name in ids:
            try:
                thing, sentence = act(name)
            except TriageError as failure:
                self.fail(failure, about=name)
                worst = max(worst, failure.code)
                if failure.final:
                    break
            else:
                self.say(thing, sentence)
        if worst:
            sys.exit(worst)


def desk(function: Callable[Concatenate[Desk, P], None]) -> Callable[P, None]:
    """Give a command its desk, and `--json`; what fails is said on stderr, with its exit code."""

    @click.option("--json", "as_json", is_flag=True, help="Print the API's objects, one a line.")
    @functools.wraps(function)
    def run(*args: P.args, **values: P.kwargs) -> None:
        here = Desk(as_json=bool(values.pop("as_json")))
        try:
            function(here, *args, **values)
        except TriageError as failure:
            here.fail(failure)
            sys.exit(failure.code)
        finally:
            here.leave()

    return run


BULK = """Every id is tried: one that is refused does not stop the others, and the exit code
is the highest that occurred. Ids may also come from stdin, with -: separated by white space,
or as JSON lines with an id."""
