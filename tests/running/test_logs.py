"""What the log says, and what it keeps to itself."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from tracker import logs


@pytest.fixture
def log() -> Iterator[None]:
    """The log as it was before, afterwards."""
    root = logging.getLogger()
    before = root.handlers, root.level
    yield
    root.handlers, root.level = before
    structlog.reset_defaults()


def fail(password: str) -> None:
    raise RuntimeError("no such person")


@pytest.mark.parametrize("style", ["console", "json"])
def test_a_traceback_names_no_variables(
    log: None, capsys: pytest.CaptureFixture[str], style: str
) -> None:
    logs.configure("json" if style == "json" else "console")
    try:
        fail("hunter" + "2")
    except RuntimeError:
        logging.getLogger("uvicorn.error").exception("failed")
    out, err = capsys.readouterr()
    assert "no such person" in err
    assert "hunter2" not in err
    assert out == ""


def test_for_machines_each_line_is_one_event(log: None, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("json")
    structlog.stdlib.get_logger("tracker").info("release published", date="2026-11-27", 版本=3)
    logging.getLogger("another").warning("from %s", "a library")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["event"], first["版本"], first["level"]) == ("release published", 3, "info")
    assert (second["event"], second["logger"]) == ("from a library", "another")


def test_what_libraries_say_of_their_own_work_stays_unsaid(
    log: None, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("console")
    logging.getLogger().setLevel(logging.DEBUG)
    for library in ("markdown_it.rules_block", "httpcore.http11", "asyncio"):
        logging.getLogger(library).debug("entering paragraph")
    logging.getLogger("tracker").debug("of ours")
    err = capsys.readouterr().err
    assert "of ours" in err
    assert "entering paragraph" not in err
