"""The real `tracker` command, each time on a data directory of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from tests.forks import run_tracker

ROOT = Path(__file__).parents[2]
LONGEST = 60.0
"""Seconds that anything here may take on a busy machine."""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@dataclass
class Serving:
    """A server that answers; stop it, and see how it went."""

    address: str
    said: str
    process: subprocess.Popen[str]

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, timeout=LONGEST)

    def stop(self, signal_number: int = signal.SIGTERM) -> int:
        self.process.send_signal(signal_number)
        code = self.process.wait(LONGEST)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@dataclass
class Tracker:
    """The command with an environment; nothing of ours leaks in from the shell's."""

    data: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def _environment(self) -> dict[str, str]:
        ours = {name: text for name, text in os.environ.items() if not name.startswith("TRACKER_")}
        return ours | {"TRACKER_DATA": str(self.data)} | dict(self.settings)

    def __call__(self, *arguments: str, stdin: str = "") -> Ran:
        return Ran(*run_tracker(arguments, self._environment, stdin, longest=LONGEST))

    def serve(self, *options: str) -> Serving:
        """Start a server on a free port, and wait until it says where it is."""
        beside = self.data.parent
        with (beside / "log").open("a") as log, (beside / "said").open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "tracker", "serve", "--port", "0", *options],
                stdout=out,
                stderr=log,
                text=True,
                env=self._environment,
                cwd=ROOT,
            )
        patience = time.monotonic() + LONGEST
        while True:
            said = (beside / "said").read_text()
            if found := re.search(r"Orange Friday +(http\S+)", said):
                return Serving(found[1], said, process)
            assert process.poll() is None, self.log
            assert time.monotonic() < patience, self.log
            time.sleep(0.01)

    @property
    def log(self) -> str:
        return (self.data.parent / "log").read_text()

    def database(self) -> psutil.Process | None:
        """The embedded server's process, if it runs."""
        try:
            lines = (self.data / "postgres" / "postmaster.pid").read_text().split()
            process = psutil.Process(int(lines[0]))
        except (FileNotFoundError, psutil.NoSuchProcess):
            return None
        return None if process.status() == psutil.STATUS_ZOMBIE else process


def sign_in(client: httpx.Client, handle: str, password: str) -> httpx.Response:
    client.get("/signin")
    return client.post(
        "/signin",
        data={"handle": handle, "password": password, "_csrf_token": client.cookies["csrf"]},
    )
