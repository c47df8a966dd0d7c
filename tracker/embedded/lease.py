"""Who uses the server, and when it stops.

Whoever uses it holds a shared lock on `postgres.lock`, which the kernel frees however the process
ends. Whoever can take it alone when leaving is the last, and stops the server. If the last one is
killed, the server runs on, and the next start finds and uses it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tracker.embedded import cluster, postmaster
from tracker.embedded.programs import StartError

_TAKING_TURNS = 330.0
"""Seconds; longer than a start may take."""


class Lease:
    """The use of a running server. It runs at least until `release`."""

    def __init__(self, data: Path, lock: int, socket_directory: Path) -> None:
        self.data = data
        self.socket_directory = socket_directory
        # A bare descriptor: unlike a file object, nothing closes it behind our back.
        self._lock: int | None = lock

    def connection(self) -> dict[str, Any]:
        """Arguments for `asyncpg.connect`. The host is a list: a path may contain a comma."""
        return {
            "host": [str(self.socket_directory)],
            "port": postmaster.PORT,
            "user": cluster.USER,
            "database": cluster.DATABASE,
            # Given, so that neither PGPASSWORD nor a password file is looked for.
            "password": "",
            "ssl": False,
        }

    def release(self) -> None:
        """Stop the server unless another process uses it. A second call does nothing."""
        if self._lock is None:
            return
        lock, self._lock = self._lock, None
        try:
            with _turn(self.data):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                postmaster.stop(self.data / "postgres")
        except BlockingIOError:
            # Somebody else uses it.
            pass
        finally:
            os.close(lock)


def acquire(data: Path, options: Mapping[str, str] | None = None) -> Lease:
    """Use the server in `data`, making and starting it where needed.

    Takes some 40 ms when it has to be started, half a second the very first time; waits while
    another process does the same. `options` are more settings of PostgreSQL, and go unheard
    where the server already runs. Raises StartError.
    """
    data = data.absolute()
    try:
        data.mkdir(parents=True, exist_ok=True)
        with _turn(data), contextlib.ExitStack() as undo:
            lock = os.open(data / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            undo.callback(os.close, lock)
            fcntl.flock(lock, fcntl.LOCK_SH)
            directory = data / "postgres"
            if not directory.exists():
                cluster.make(data, directory)
            socket = cluster.run(data, directory, {**cluster.OPTIONS, **(options or {})})
            undo.pop_all()
            return Lease(data, lock, socket)
    except PermissionError as problem:
        raise StartError(
            f"{problem.filename or data} may not be used by the user this runs as. Run the "
            "tracker as the owner of its data directory, or set TRACKER_DATA to another one."
        ) from problem
    except OSError as problem:
        raise StartError(f"The data directory {data} cannot be used: {problem}") from problem


@contextlib.contextmanager
def _turn(data: Path) -> Iterator[None]:
    """One process at a time starts or stops the server of `data`."""
    with (data / "postgres.turn").open("ab") as file:
        patience = time.monotonic() + _TAKING_TURNS
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > patience:
                    raise StartError(
                        f"Another process has been starting or stopping the database in {data} "
                        f"for {_TAKING_TURNS:.0f} seconds. See {data / 'postgres.log'}."
                    ) from None
                time.sleep(0.01)
        yield
