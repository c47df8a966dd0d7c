"""The directory a server keeps its data in: making it, and running a server on it."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from tracker.embedded.postmaster import PORT, Postmaster, forget_dead, is_server
from tracker.embedded.programs import (
    ENVIRONMENT,
    StartError,
    execute,
    hand_over,
    let_through,
    owner_of,
    program,
)

DATABASE = "tracker"
USER = "tracker"

# Given on the command line, so that they follow this file and not what the data was made with.
OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    # Compiling a query takes longer than our queries take.
    "jit": "off",
    # A page must not wait for workers to be forked: one query, one core.
    "max_parallel_workers_per_gather": "0",
    # On an SSD, or in memory, an index read costs about what a table read costs.
    "random_page_cost": "1.1",
    # Nothing replicates from here, so the log need only be good enough to recover from.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}

_LOG_LIMIT = 10 * 1024 * 1024
_SOCKET_PATH_LIMIT = 103
"""Bytes: the shortest among the systems PostgreSQL runs on."""
_STARTING = 300.0
"""Seconds. Long, because recovery after a crash counts as starting."""


def make(data: Path, cluster: Path) -> None:
    """Make an empty cluster with our database in it, whole or not at all."""
    for leftover in data.glob("postgres.new-*"):
        shutil.rmtree(leftover)
    draft = data / f"postgres.new-{secrets.token_hex(4)}"
    draft.mkdir(mode=0o700)
    hand_over(draft)
    let_through(draft)
    let_through(program("postgres"))
    # The built-in C.UTF-8 sorts by code point and folds case the same on every machine, whatever
    # locales the system has: an index stays valid when the data moves.
    execute(
        [
            *(str(program("initdb")), "-D", str(draft), "-U", USER, "--auth=trust"),
            *("--encoding=UTF8", "--locale=C", "--no-instructions"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ],
        draft,
    )
    execute(
        [str(program("postgres")), "--single", "-D", str(draft), "template1"],
        draft,
        f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' "
        "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'\n",
    )
    draft.rename(cluster)


def run(data: Path, cluster: Path, options: Mapping[str, str]) -> Path:
    """Make sure that a server answers, and return the directory of its socket."""
    if os.geteuid() not in {0, cluster.stat().st_uid}:
        raise PermissionError(13, "belongs to another user", str(cluster))
    patience = time.monotonic() + _STARTING
    while time.monotonic() < patience:
        found = Postmaster.read(cluster)
        if found is not None and found.answers():
            return found.socket_directory
        if found is not None and (is_server(found.pid, cluster) or not forget_dead(cluster, found)):
            # Started by a process that was killed meanwhile, or on its way down.
            time.sleep(0.02)
            continue
        let_through(cluster)
        let_through(program("postgres"))
        directory = _spawn(data, cluster, options, patience)
        if directory is not None:
            return directory
        time.sleep(0.1)
    raise StartError(
        f"PostgreSQL did not get ready in {_STARTING:.0f} seconds. See {data / 'postgres.log'}."
    )


def _spawn(data: Path, cluster: Path, options: Mapping[str, str], patience: float) -> Path | None:
    """Start the server and wait for it. None: what a dead one left is in the way, try again."""
    directory = _socket_directory(cluster)
    quoted = str(directory).replace('"', '""')
    settings = {**options, "unix_socket_directories": f'"{quoted}"'}
    command = [str(program("postgres")), "-D", str(cluster)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    journal = data / "postgres.log"
    if journal.exists() and journal.stat().st_size > _LOG_LIMIT:
        journal.rename(data / "postgres.log.1")
    with journal.open("ab") as output:
        began = output.tell()
        # By way of a shell that ends at once, so the server is no child of ours to be waited for;
        # in a session of its own, so Ctrl-C in our terminal does not stop it under our feet.
        answer = subprocess.run(
            ["/bin/sh", "-c", '"$@" >&2 & echo $!', "sh", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            check=True,
            start_new_session=True,
            cwd=cluster,
            env=ENVIRONMENT,
            umask=0o077,
            **owner_of(cluster),
        )
    pid = int(answer.stdout)
    look = time.monotonic() + 0.5
    while time.monotonic() < patience:
        found = Postmaster.read(cluster)
        if found is not None and found.pid == pid and found.answers():
            return directory
        time.sleep(0.002)
        if time.monotonic() > look:
            if not is_server(pid, cluster):
                break
            look += 0.5
    with journal.open("rb") as output:
        output.seek(began)
        said = output.read().decode(errors="replace").strip()
    if "pre-existing shared memory block" in said:
        return None
    if "incompatible with server" in said:
        made_by = (cluster / "PG_VERSION").read_text().strip()
        raise StartError(
            f"The data in {cluster} was made by PostgreSQL {made_by}, and this is another one. "
            "Install the version of the tracker that made it and move the data with "
            "`tracker backup`."
        )
    raise StartError(f"PostgreSQL did not start:\n{said[-2000:]}\n(from {journal})")


def _socket_directory(cluster: Path) -> Path:
    """The cluster itself, or where its path is too long for a socket, a directory in /tmp."""
    if len(os.fsencode(cluster / f".s.PGSQL.{PORT}")) <= _SOCKET_PATH_LIMIT:
        return cluster
    owner = cluster.stat()
    name = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:16]
    directory = Path("/tmp", f"orange-friday-{owner.st_uid}-{name}")  # noqa: S108 (checked below)
    try:
        directory.mkdir(mode=0o700)
        os.chown(directory, owner.st_uid, owner.st_gid)
    except FileExistsError:
        there = directory.lstat()
        mine = stat.S_ISDIR(there.st_mode) and there.st_uid == owner.st_uid
        if not mine or there.st_mode & 0o077:
            raise StartError(
                f"{directory} belongs to somebody else. Remove it, or give the tracker a data "
                "directory with a shorter path (TRACKER_DATA)."
            ) from None
    return directory
