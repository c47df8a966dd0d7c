"""Independent implementations that tests talk to: programs of others, from npm.

    @pytest.mark.peers
    def test_…() -> None:
        told = json.loads(node("const { Webhook } = require('standardwebhooks'); …", stdin=body))

`requirements/peers.sh` installs them; in what versions is in `requirements/peers/`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

INSTALLED = Path(sys.prefix) / "peers"


def find_node() -> str:
    """The path of Node; where it or the peers are missing, the test is skipped."""
    program = shutil.which("node")
    if program is None or not any(INSTALLED.glob(".installed-*")):
        pytest.skip("no Node with the peers of the tests: neither apt-get nor npm could get them")
    return program


def environment() -> dict[str, str]:
    """In which `require` finds the peers."""
    return {**os.environ, "NODE_PATH": str(INSTALLED / "node_modules")}


def node(script: str, *words: str, stdin: bytes = b"") -> bytes:
    """Run a piece of JavaScript, `words` being its `process.argv.slice(1)`; what it prints. Fails
    with what it says on standard error."""
    ran = subprocess.run(
        [find_node(), "-e", script, "--", *words],
        input=stdin,
        capture_output=True,
        env=environment(),
        timeout=30,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout
