"""How the command starts: fast, alone, and telling what it can do."""

from __future__ import annotations

import subprocess
import sys

import pytest

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


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_of_every_shell(shell: str) -> None:
    script = after(
        f"import sys; sys.argv = ['triage', 'completion', {shell!r}]; import cli.main as m; m.main()"
    )
    assert "_TRIAGE_COMPLETE" in script
