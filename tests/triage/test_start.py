"""How the command starts: fast, alone, and telling what it can do."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from cli.main import app

MODULES = (
    "account builds client friday friday_view main proposal_view reading report_view triage work"
)


def after(statements: str) -> str:
    """What a fresh interpreter prints after these statements."""
    return subprocess.run(
        [sys.executable, "-c", statements], check=True, capture_output=True, text=True, timeout=30
    ).stdout


def test_help_loads_none_of_the_slow_libraries() -> None:
    loaded = after("import sys, cli.main; print(*{name.split('.')[0] for name in sys.modules})")
    assert not {"httpx", "rich", "platformdirs", "ssl", "pydantic"} & set(loaded.split())


def test_it_knows_nothing_of_the_tracker() -> None:
    loaded = after(f"""
import importlib, sys
for name in {MODULES!r}.split():
    importlib.import_module(f"cli.{{name}}")
print(*{{name.split('.')[0] for name in sys.modules}})
""")
    assert "cli" in loaded.split()
    assert "tracker" not in loaded.split()


def test_http_is_loaded_without_its_own_command_line() -> None:
    loaded = after("""
import sys
from cli.client import Client
Client("http://tracker.test", "secret").close()
print(*sys.modules)
""").split()
    assert "httpx" in loaded
    assert not {"rich", "pygments", "httpx._main"} & set(loaded)


def commands() -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name, command in app.commands.items():
        if isinstance(command, click.Group):
            found += [(f"{name} {below}", one) for below, one in command.commands.items()]
        else:
            found.append((name, command))
    return found


@pytest.mark.parametrize(("name", "command"), commands(), ids=str)
def test_every_command_explains_itself(name: str, command: click.Command) -> None:
    ctx = click.Context(command, info_name=f"triage {name}")
    assert not command.get_short_help_str(60).endswith("...")
    assert all(option.help for option in command.params if isinstance(option, click.Option))
    options = {flag for option in command.params for flag in option.opts}
    if name != "completion":
        assert "--json" in options
    text = command.get_help(ctx)
    examples = text.partition("Examples:")[2].split("\n")[1:]
    assert all(len(line) <= 100 for line in text.split("\n"))
    assert all("triage" in line or line.startswith("      ") for line in examples)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_of_every_shell(shell: str) -> None:
    script = after(
        f"import sys; sys.argv = ['triage', 'completion', {shell!r}]; import cli.main as m; m.main()"
    )
    assert "_TRIAGE_COMPLETE" in script
