"""The help of every command, as it was agreed on: one file a command, in help/.

python -m tests.triage.helps        # writes them anew; read the difference before you commit it
"""

from __future__ import annotations

from pathlib import Path

from tests.triage.commands import every, run_here

HELP = Path(__file__).with_name("help")


def pinned(name: str) -> Path:
    return HELP / f"{'-'.join(['triage', *name.split()])}.txt"


def help_of(name: str) -> str:
    """What `triage NAME --help` prints at a terminal of 80 columns."""
    ran = run_here(*name.split(), "--help")
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def main() -> None:
    HELP.mkdir(exist_ok=True)
    kept = {pinned(name): help_of(name) for name, _ in every()}
    for path in set(HELP.iterdir()) - set(kept):
        path.unlink()
    for path, text in kept.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
