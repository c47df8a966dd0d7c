"""`tracker serve`: how it starts, what it survives, and who is let in."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from tests.running.commands import Serving, Tracker, sign_in
from tracker.sample import CAST, PASSWORD

pytestmark = pytest.mark.slow


def test_one_command_from_nothing_to_signed_in(tracker: Tracker) -> None:
    serving = tracker.serve()
    try:
        assert PASSWORD in serving.said
        for player in CAST:
            assert player.handle in serving.said
            with serving.client() as client:
                assert sign_in(client, player.handle, PASSWORD).status_code == 303
                assert player.display_name in client.get("/settings").text
        assert "ok        keys: vapid\n" in tracker("doctor").out, "browsers can subscribe to it"
    finally:
        assert serving.stop() == 0, tracker.log


def test_a_port_that_is_taken(served: tuple[Tracker, Serving]) -> None:
    tracker, serving = served
    port = serving.address.rsplit(":", 1)[1]
    ran = tracker("serve", "--port", port)
    assert (ran.code, ran.out) == (1, "")
    assert f"Cannot listen on 127.0.0.1 port {port}" in ran.err
    assert "Traceback" not in ran.err


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


def test_a_worker_that_dies_is_replaced(moved_in: Tracker) -> None:
    serving = moved_in.serve("--workers", "2")
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
        assert serving.stop() == 0, moved_in.log


def test_when_the_database_is_away_it_says_so_and_comes_back(moved_in: Tracker) -> None:
    serving = moved_in.serve("--no-schedule")
    try:
        with serving.client() as client:
            assert sign_in(client, "alice", PASSWORD).status_code == 303
            database = moved_in.database()
            assert database is not None
            for process in [database, *database.children()]:
                process.kill()
            assert client.get("/healthz").status_code == 200
            assert client.get("/readyz").status_code == 503
            page = client.get("/settings")
            assert page.status_code == 500
            assert "已经记录下来" in client.get("/settings", headers={"Accept-Language": "zh"}).text
            assert client.get("/nowhere").status_code in (404, 500)

            assert moved_in("migrate").code == 0, "any command starts it again"
            assert client.get("/readyz").status_code == 200
            assert client.get("/settings").status_code == 200
    finally:
        assert serving.stop() == 0, moved_in.log
