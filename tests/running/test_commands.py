"""Whoever runs the server does it with the `tracker` command. Here it is the real one."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import httpx
import psutil
import pytest

from tests.running.commands import Serving, Tracker
from tracker import __version__
from tracker.sample import CAST, PASSWORD


@pytest.fixture
def place() -> Iterator[Path]:
    with TemporaryDirectory(prefix="orange-friday-") as directory:
        top = Path(directory)
        # As root, the database runs as another user, who has to get through to its data.
        top.chmod(0o711)
        yield top


@pytest.fixture
def tracker(place: Path) -> Tracker:
    """On an empty data directory, which does not exist yet."""
    return Tracker(place / "data")


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Tracker, Serving]]:
    """A server with the sample programme, for tests that change little."""
    with TemporaryDirectory(prefix="orange-friday-") as directory:
        top = Path(directory)
        top.chmod(0o711)
        tracker = Tracker(top / "data")
        serving = tracker.serve()
        try:
            yield tracker, serving
        finally:
            assert serving.stop() == 0, tracker.log


def sign_in(client: httpx.Client, handle: str, password: str) -> httpx.Response:
    client.get("/signin")
    return client.post(
        "/signin",
        data={"handle": handle, "password": password, "_csrf_token": client.cookies["csrf"]},
    )


def test_one_command_from_nothing_to_signed_in(served: tuple[Tracker, Serving]) -> None:
    _, serving = served
    assert PASSWORD in serving.said
    for player in CAST:
        assert player.handle in serving.said
        with serving.client() as client:
            assert sign_in(client, player.handle, PASSWORD).status_code == 303
            assert player.display_name in client.get("/settings").text


def test_a_token_is_all_that_is_printed_and_works(served: tuple[Tracker, Serving]) -> None:
    tracker, serving = served
    ran = tracker("token", "Erin", "--name", "a script")
    assert ran.code == 0
    assert re.fullmatch(r"oft_[\w-]{43}\n", ran.out)
    with serving.client() as client:
        answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {ran.out.strip()}"})
        assert answer.json()["handle"] == "erin"
        sign_in(client, "erin", PASSWORD)
        assert "a script" in client.get("/settings/tokens").text

    ran = tracker("token", "nobody-at-all")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines()[-1] == "There is nobody called nobody-at-all."


def test_people_are_added_shut_out_and_let_in(served: tuple[Tracker, Serving]) -> None:
    tracker, serving = served
    ran = tracker(
        *("person", "add", "Frida", "--role", "engineer", "--name", "弗里达"),
        *("--language", "en", "--password-stdin"),
        stdin="words-for-frida\n",
    )
    assert (ran.code, ran.out) == (0, ""), ran.err
    assert "words-for-frida" not in ran.err
    assert re.search(r"frida +engineer +en +弗里达\n", tracker("person", "list").out)
    with serving.client() as client:
        assert sign_in(client, "frida", "words-for-frida").status_code == 303
        assert tracker("person", "disable", "frida").code == 0
        assert client.get("/settings").status_code == 303
        assert "(shut out)" in tracker("person", "list").out
        assert sign_in(client, "frida", "words-for-frida").status_code == 422
        assert tracker("person", "enable", "frida").code == 0
        assert tracker("person", "password", "frida", stdin="other words now\n").code == 0
        assert sign_in(client, "frida", "words-for-frida").status_code == 422
        assert sign_in(client, "frida", "other words now").status_code == 303


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "told"),
    [
        (["person", "add", "alice", "--role", "fan"], "", 1, "“alice” is taken"),
        (["person", "add", "a b", "--role", "fan"], "", 1, "A handle is made of"),
        (["person", "add", "gina", "--role", "emperor"], "", 2, "--role"),
        (
            ["person", "add", "gina", "--role", "fan", "--password-stdin"],
            "short",
            1,
            "at least 8 characters",
        ),
        (["person", "password", "alice"], "12345678", 1, "first to be guessed"),
        (["person", "disable", "nobody-at-all"], "", 1, "nobody called"),
        (["invite", "--model", "no-such-model"], "", 1, "no device model"),
        (["sample"], "", 1, "goes into an empty database"),
        (["tick", "--now", "yesterday"], "", 2, "2026-11-27T17:00:00+08:00"),
        (["tick", "--now", "2026-11-27T17:00:00"], "", 2, "with its zone"),
        (["serve", "--port", "70000"], "", 2, "65535"),
        (["restore", "/no/such/file"], "", 1, "There is no file"),
        (["backup", "/no/such/directory/file"], "", 1, "cannot be written"),
    ],
)
def test_what_is_refused_says_why_in_a_sentence(
    served: tuple[Tracker, Serving], arguments: list[str], stdin: str, code: int, told: str
) -> None:
    ran = served[0](*arguments, stdin=stdin)
    assert (ran.code, ran.out) == (code, "")
    assert told in re.sub(r"[│\s]+", " ", ran.err)
    assert "Traceback" not in ran.err


def test_an_invitation_lets_somebody_in(served: tuple[Tracker, Serving]) -> None:
    tracker, serving = served
    ran = tracker("invite", "--role", "tester", "--uses", "2", "--days", "3", "--note", "a friend")
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/join/[\w-]{14}\n", ran.out)
    path = ran.out.strip().removeprefix("http://127.0.0.1:8000")
    with serving.client() as client:
        assert "成为内测用户" in client.get(path, headers={"Accept-Language": "zh"}).text
        answer = client.post(
            path,
            data={
                "handle": "hana",
                "display_name": "Hana",
                "password": "words-for-hana",
                "_csrf_token": client.cookies["csrf"],
            },
        )
        assert answer.headers["location"] == "/settings/devices?welcome=1"


def test_the_clocks_work_by_hand(served: tuple[Tracker, Serving]) -> None:
    ran = served[0]("tick", "--now", "2026-11-27T17:00:00+08:00")
    assert (ran.code, ran.out) == (0, ""), ran.err


def test_a_port_that_is_taken(served: tuple[Tracker, Serving]) -> None:
    tracker, serving = served
    port = serving.address.rsplit(":", 1)[1]
    ran = tracker("serve", "--port", port)
    assert (ran.code, ran.out) == (1, "")
    assert f"Cannot listen on 127.0.0.1 port {port}" in ran.err
    assert "Traceback" not in ran.err


def test_the_doctor(served: tuple[Tracker, Serving], place: Path) -> None:
    well = served[0]("doctor")
    assert well.code == 0, well.out
    for what in ("settings", "files", "data directory", "signing key", "database", "tables"):
        assert f"ok        {what}: " in well.out

    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql://me:hunter2@127.0.0.1:{nobody.getsockname()[1]}/tracker"
        ill = Tracker(place / "data", {"TRACKER_DATABASE_URL": url})("doctor")
    assert ill.code == 1
    assert "NOT WELL  database: The database at 127.0.0.1/tracker cannot be reached" in ill.out
    assert "hunter2" not in ill.out + ill.err


def test_a_setting_that_cannot_be_used(place: Path) -> None:
    for command in (["serve"], ["doctor"], ["token", "alice"], ["migrate"]):
        ran = Tracker(place / "data", {"TRACKER_FREEZE": "sometimes"})(*command)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.count("\n") == 1
        assert ran.err.startswith("TRACKER_FREEZE is 'sometimes', but it must be")
    assert not (place / "data").exists()


def test_the_tables_are_brought_up_to_date_once(tracker: Tracker) -> None:
    first, second = tracker("migrate"), tracker("migrate")
    assert (first.code, second.code) == (0, 0)
    assert "2026-11-22T12:00:00:000000" in first.out
    assert second.out == "The tables are up to date.\n"
    assert tracker.database() is None, "and the database it started for that is stopped"


def test_the_version_and_the_help(tracker: Tracker) -> None:
    assert tracker("--version").out.strip() == __version__
    told = tracker("--help").out
    for command in ("serve", "migrate", "sample", "person", "token", "invite", "tick", "backup"):
        assert command in told
    assert not tracker.data.exists()


def test_saying_little_takes_little() -> None:
    """Neither the web framework nor the database's libraries are loaded for the help."""
    script = (
        "import sys, tracker.commands\n"
        "print(sorted({'litestar', 'piccolo', 'asyncpg', 'structlog', 'uvicorn'} & set(sys.modules)))\n"
        "import tracker.people.actions\n"
        "print('litestar' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\nFalse\n"


def test_the_sample_stays_away_from_where_others_get_in(place: Path) -> None:
    tracker = Tracker(place / "data", {"TRACKER_BASE_URL": "https://beta.example.com"})
    serving = tracker.serve()
    try:
        assert "Nobody has an account yet" in serving.said
        assert PASSWORD not in serving.said
        assert tracker("person", "list").out == ""
        ran = tracker("person", "add", "ines", "--role", "admin")
        assert ran.code == 0
        assert "tracker person password ines" in ran.err
    finally:
        assert serving.stop() == 0, tracker.log


@pytest.mark.parametrize("options", [[], ["--workers", "2"]])
@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_when_told_to_stop_it_finishes_what_it_does(
    tracker: Tracker, options: list[str], signal_number: int
) -> None:
    """A request waits in the database while the server is told to stop, and is answered still."""
    serving = tracker.serve("--no-schedule", *options)
    with serving.client() as client:
        assert client.get("/readyz").status_code == 200
    answers: list[int] = []

    def ask() -> None:
        with serving.client() as client:
            client.cookies.set("session", "somebody")
            answers.append(client.get("/settings").status_code)

    async def hold_up() -> None:
        place: dict[str, Any] = {
            "host": [str(tracker.data / "postgres")],
            "user": "tracker",
            "database": "tracker",
            "ssl": False,
        }
        holding, watching = await asyncpg.connect(**place), await asyncpg.connect(**place)
        async with holding.transaction():
            await holding.execute("LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE")
            asking = threading.Thread(target=ask)
            asking.start()
            # On a connection of its own: within a transaction the activity is looked at once.
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            async with asyncio.timeout(30):
                while not await watching.fetchval(waiting):  # noqa: ASYNC110 (it is far away)
                    await asyncio.sleep(0.02)
            serving.process.send_signal(signal_number)
            await asyncio.sleep(1)
            assert serving.process.poll() is None
            assert answers == []
        await holding.close()
        await watching.close()
        await asyncio.to_thread(asking.join)

    try:
        asyncio.run(hold_up())
        assert serving.process.wait(60) == 0, tracker.log
    finally:
        serving.process.kill()
    assert answers == [303]
    assert tracker.database() is None, "the last one out stops the database"


def test_a_worker_that_dies_is_replaced(tracker: Tracker) -> None:
    serving = tracker.serve("--workers", "2")
    try:
        with serving.client() as client:
            client.get("/healthz")
            workers = [
                child
                for child in psutil.Process(serving.process.pid).children()
                if "spawn_main" in " ".join(child.cmdline())
            ]
            assert len(workers) == 2
            workers[0].kill()
            patience = time.monotonic() + 30
            while time.monotonic() < patience:
                now = psutil.Process(serving.process.pid).children()
                alive = [
                    child
                    for child in now
                    if child.status() != psutil.STATUS_ZOMBIE
                    and "spawn_main" in " ".join(child.cmdline())
                ]
                if len(alive) == 2 and workers[0] not in alive:
                    break
                time.sleep(0.1)
            else:
                pytest.fail("it was not replaced")
            assert client.get("/readyz").status_code == 200
    finally:
        assert serving.stop() == 0, tracker.log


def test_when_the_database_is_away_it_says_so_and_comes_back(tracker: Tracker) -> None:
    serving = tracker.serve("--no-schedule")
    try:
        with serving.client() as client:
            assert sign_in(client, "alice", PASSWORD).status_code == 303
            database = tracker.database()
            assert database is not None
            for process in [database, *database.children()]:
                process.kill()
            assert client.get("/healthz").status_code == 200
            assert client.get("/readyz").status_code == 503
            page = client.get("/settings")
            assert page.status_code == 500
            assert "已经记录下来" in client.get("/settings", headers={"Accept-Language": "zh"}).text
            assert client.get("/nowhere").status_code in (404, 500)

            assert tracker("migrate").code == 0, "any command starts it again"
            assert client.get("/readyz").status_code == 200
            assert client.get("/settings").status_code == 200
    finally:
        assert serving.stop() == 0, tracker.log
