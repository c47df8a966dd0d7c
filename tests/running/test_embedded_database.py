"""The tracker's own PostgreSQL: who starts it, who stops it, and what it survives."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import psutil
import pytest

from tests.databases import UNSAFE
from tracker import embedded
from tracker.embedded import Lease

ROOT = Path(__file__).parents[2]

# Uses the database until told to stop; says when it has it, and how it is encoded.
USER = """
import asyncio, sys
from pathlib import Path
import asyncpg
from tracker import embedded

lease = embedded.acquire(Path(sys.argv[1]), {"fsync": "off"})

async def ask():
    connection = await asyncpg.connect(**lease.connection())
    print(await connection.fetchval("SHOW server_encoding"), flush=True)
    await connection.close()

asyncio.run(ask())
sys.stdin.readline()
lease.release()
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """A data directory, its server stopped at the end whatever the test did to it."""
    with TemporaryDirectory(prefix="orange-friday-") as directory:
        top = Path(directory)
        top.chmod(0o711)
        yield top / "data"
        for cluster in top.glob("**/postgres"):
            pid = server(cluster.parent)
            if pid is not None:
                os.kill(pid, signal.SIGINT)
                gone(pid)


def server(data: Path) -> int | None:
    """The number of the running server's process."""
    file = data / "postgres" / "postmaster.pid"
    if not file.exists():
        return None
    pid = int(file.read_text().split("\n", 1)[0])
    if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
        return None
    return pid


def gone(pid: int) -> None:
    patience = time.monotonic() + 20
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < patience, f"process {pid} goes on"
        time.sleep(0.01)


def begin(data: Path, **environment: str) -> subprocess.Popen[str]:
    """Another process that wants the database."""
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | environment,
        start_new_session=True,
    )


def has_it(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate("leave\n", timeout=30)
    assert process.returncode == 0


async def ask(lease: Lease, question: str) -> object:
    connection = await asyncpg.connect(**lease.connection())
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def test_the_last_to_leave_stops_it(data: Path) -> None:
    one, two = begin(data), begin(data)
    assert (has_it(one), has_it(two)) == ("UTF8", "UTF8")
    pid = server(data)
    assert pid is not None
    leave(one)
    assert server(data) == pid
    leave(two)
    assert server(data) is None


def test_eight_starting_at_once_share_one(data: Path) -> None:
    everybody = [begin(data) for _ in range(8)]
    assert [has_it(each) for each in everybody] == ["UTF8"] * 8
    assert (data / "postgres.log").read_text().count("database system is ready") == 1
    for each in everybody:
        each.stdin and each.stdin.write("leave\n")
    for each in everybody:
        each.communicate(timeout=30)
        assert each.returncode == 0
    assert server(data) is None


def test_a_killed_user_counts_no_more(data: Path) -> None:
    killed, other = begin(data), begin(data)
    has_it(killed), has_it(other)
    killed.kill()
    killed.communicate()
    leave(other)
    assert server(data) is None


def test_killed_to_the_last_it_runs_on_and_is_found_again(data: Path) -> None:
    killed = begin(data)
    has_it(killed)
    pid = server(data)
    killed.kill()
    killed.communicate()
    assert server(data) == pid
    lease = embedded.acquire(data)
    assert server(data) == pid
    lease.release()
    assert server(data) is None


def test_ctrl_c_in_the_terminal_does_not_reach_it(data: Path) -> None:
    process = begin(data)
    has_it(process)
    pid = server(data)
    assert pid is not None
    assert os.getsid(pid) != os.getsid(process.pid)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    assert server(data) == pid
    embedded.acquire(data).release()
    assert server(data) is None


async def test_what_was_committed_outlives_a_killed_server(data: Path) -> None:
    lease = embedded.acquire(data)
    await ask(lease, "CREATE TABLE kept AS SELECT 橙 FROM generate_series(1, 1000) AS 橙")
    pid = server(data)
    assert pid is not None
    # At work in the background, so that there is somebody for the next server to wait for.
    busy = asyncio.create_task(ask(lease, "SELECT pg_sleep(20)"))
    await asyncio.sleep(0.2)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises((asyncpg.PostgresError, OSError)):
        await busy
    again = await asyncio.to_thread(embedded.acquire, data)
    assert server(data) != pid
    assert await ask(again, "SELECT count(*) FROM kept") == 1000
    lease.release()
    again.release()
    assert server(data) is None


def test_a_process_number_that_came_round_again_is_not_taken_for_the_server(data: Path) -> None:
    embedded.acquire(data, UNSAFE).release()
    # A machine that lost power leaves this behind; after the next start the number is ours.
    stale = [str(os.getpid()), str(data / "postgres"), "1", "5432", str(data / "postgres")]
    file = data / "postgres" / "postmaster.pid"
    file.write_text("\n".join([*stale, "", "  1  1", "ready   "]) + "\n")
    lease = embedded.acquire(data, UNSAFE)
    assert server(data) not in {None, os.getpid()}
    lease.release()
    assert server(data) is None


def test_half_a_cluster_is_no_cluster(data: Path) -> None:
    half = data / "postgres.new-dead"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    embedded.acquire(data, UNSAFE).release()
    assert not half.exists()
    assert (data / "postgres" / "PG_VERSION").exists()


@pytest.mark.parametrize(
    "shell",
    [
        {"LC_ALL": "C", "LANG": ""},
        {"LC_ALL": "zh_CN.GBK", "LANG": "zh_CN.GBK"},
        {"LC_ALL": "tr_TR.ISO-8859-9", "PGDATA": "/nowhere", "PGPORT": "1", "PGHOST": "nowhere"},
    ],
    ids=["C", "GBK", "turkish"],
)
async def test_the_shell_does_not_matter(data: Path, shell: dict[str, str]) -> None:
    process = begin(data, **shell)
    assert has_it(process) == "UTF8"
    lease = embedded.acquire(data)
    assert await ask(lease, "SELECT 'ÉI' ILIKE 'éi' AND 'I' ILIKE 'i'") is True
    assert await ask(
        lease, "SELECT string_agg(x, '' ORDER BY x) FROM unnest('{é,b,B}'::text[]) x"
    ) == ("Bbé")
    lease.release()
    leave(process)


@pytest.mark.parametrize(
    "name",
    ["with a space", "quo'te\"s, a comma; $HOME `id` \\", "中文", "long/" + "n" * 120],
    ids=["space", "punctuation", "chinese", "too long for a socket"],
)
async def test_where_the_data_is_does_not_matter(data: Path, name: str) -> None:
    lease = embedded.acquire(data / name, UNSAFE)
    assert await ask(lease, "SELECT 1") == 1
    lease.release()
    assert server(data / name) is None
    if lease.socket_directory != data / name / "postgres":
        assert lease.socket_directory.stat().st_mode & 0o777 == 0o700
        lease.socket_directory.rmdir()


def test_others_on_the_machine_cannot_get_in(data: Path) -> None:
    lease = embedded.acquire(data, UNSAFE)
    assert (data / "postgres").stat().st_mode & 0o077 == 0
    assert (data / "postgres" / ".s.PGSQL.5432").stat().st_mode & 0o077 == 0
    lease.release()


def test_another_versions_data_is_refused_with_the_way_out(data: Path) -> None:
    embedded.acquire(data, UNSAFE).release()
    (data / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(embedded.StartError, match=r"made by PostgreSQL 14.*tracker backup"):
        embedded.acquire(data, UNSAFE)


async def test_it_is_durable_unless_told_otherwise(data: Path) -> None:
    lease = embedded.acquire(data)
    assert await ask(lease, "SHOW fsync") == "on"
    assert await ask(lease, "SHOW synchronous_commit") == "on"
    assert await ask(lease, "SHOW full_page_writes") == "on"
    lease.release()


def test_it_starts_fast(data: Path) -> None:
    embedded.acquire(data).release()
    took = []
    for _ in range(3):
        began = time.perf_counter()
        lease = embedded.acquire(data)
        took.append(time.perf_counter() - began)
        lease.release()
    # Measured: 30 ms. The margin is for a machine with other things to do.
    assert min(took) < 0.4
