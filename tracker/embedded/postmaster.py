"""What is known of a server from the file it leaves in its cluster, and from the kernel."""

from __future__ import annotations

import os
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

import structlog

PORT = 5432
"""Only names the socket: the server listens on no network address."""

_STOPPING = 60.0

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What `postmaster.pid` says: it is there from start to clean stop, and after a kill."""

    pid: int
    socket_directory: Path
    ready: bool

    @classmethod
    def read(cls, cluster: Path) -> Postmaster | None:
        try:
            lines = (cluster / "postmaster.pid").read_text().splitlines()
            pid = int(lines[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        directory = lines[4].strip() if len(lines) > 4 else ""
        status = lines[7].strip() if len(lines) > 7 else ""
        return cls(pid, Path(directory or cluster), status == "ready")

    def answers(self) -> bool:
        """Whether it takes connections. The file alone may be a dead server's."""
        if not self.ready:
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
            try:
                knock.connect(str(self.socket_directory / f".s.PGSQL.{PORT}"))
            except OSError:
                return False
        return True


def is_server(pid: int, cluster: Path) -> bool:
    """Whether this process works in this cluster: process numbers come round again."""
    # Costs 40 ms to import, and a start that goes well does without.
    import psutil

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return Path(process.cwd()) == cluster.resolve()
    except psutil.Error:
        return False


def forget_dead(cluster: Path, found: Postmaster) -> bool:
    """Remove the lock files of a killed server whose number is taken: by another program since
    then, or by the server itself, dead, where a container has nobody to bury it.

    PostgreSQL would think that the server runs, and refuse to start. False: some of the killed
    server's processes still work in the cluster. By its files PostgreSQL knows of those, so they
    stay.
    """
    import psutil

    if not psutil.pid_exists(found.pid):
        return True
    if any(is_server(pid, cluster) for pid in psutil.pids()):
        return False
    (found.socket_directory / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    return True


def stop(cluster: Path) -> None:
    """Fast shutdown: open transactions are rolled back, everything is written, then it ends."""
    found = Postmaster.read(cluster)
    if found is None or not is_server(found.pid, cluster):
        return
    os.kill(found.pid, signal.SIGINT)
    patience = time.monotonic() + _STOPPING
    while (left := Postmaster.read(cluster)) is not None and left.pid == found.pid:
        if time.monotonic() > patience:
            log.warning("the database is still stopping", pid=found.pid, waited=_STOPPING)
            return
        time.sleep(0.005)
