"""Fixtures for every test. The database's are told about in tests/databases.py."""

from __future__ import annotations

import os

import pytest

from tests.databases import _emptying, database, on_given_server, settings, tracker_environment

__all__ = ["_emptying", "database", "on_given_server", "settings", "tracker_environment"]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI nothing may be missing: a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
