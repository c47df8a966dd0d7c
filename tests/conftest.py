"""Fixtures for every test.

The database's are told about in tests/databases.py; people, their browsers, their tokens and the
clock in tests/cast.py.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cast import _clients, _clock, api_of, app, browser_of, cast, clock
from tests.databases import _emptying, database, on_given_server, settings, tracker_environment
from tests.forks import forks
from tests.programme import data_with_programme, moved_in, place
from tests.world import world

__all__ = [
    "_clients",
    "_clock",
    "_emptying",
    "api_of",
    "app",
    "browser_of",
    "cast",
    "clock",
    "data_with_programme",
    "database",
    "forks",
    "moved_in",
    "on_given_server",
    "place",
    "settings",
    "tracker_environment",
    "world",
]


LONGEST_FIRST = (
    "browser/test_layout.py",
    "simulation/test_programme.py",
    "running/test_serving.py",
    "running/test_embedded_database.py",
    "running/test_stopping.py",
    "running/test_backup.py",
    "browser/test_the_whole_loop.py",
    "browser/test_a_friday.py",
    "browser/test_push.py",
    "crash/test_killed_while_publishing.py",
    "audit/test_who_may.py",
)
"""Files of a quarter of a minute and more: one that begins last is waited for."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the tests, the long ones come first: the short fill the end."""
    if not hasattr(config, "workerinput"):
        return
    here = Path(__file__).parent
    places = {here / name: place for place, name in enumerate(LONGEST_FIRST)}
    long = {item.path for item in items if {"browser", "slow"} & item.keywords.keys()}
    items.sort(
        key=lambda item: places.get(item.path, len(places) + (item.path not in long)),
    )


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI neither a browser nor the peers may be missing. A second PostgreSQL server is not
    everywhere."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter is not None else []
    if os.environ.get("CI") and any(
        {"browser", "peers"} & report.keywords.keys() for report in skipped
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
