"""The real command: on an empty place, on one with the sample programme, beside a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.programme import copy_data
from tests.running.commands import Serving, Tracker


@pytest.fixture
def tracker(place: Path) -> Tracker:
    """On an empty data directory, which does not exist yet."""
    return Tracker(place / "data")


@pytest.fixture(scope="module")
def served(data_with_programme: Path) -> Iterator[tuple[Tracker, Serving]]:
    """A server with the sample programme, for tests that change little."""
    with TemporaryDirectory(prefix="orange-friday-") as directory:
        top = Path(directory)
        top.chmod(0o711)
        tracker = Tracker(top / "data")
        copy_data(data_with_programme, tracker.data)
        serving = tracker.serve()
        try:
            yield tracker, serving
        finally:
            assert serving.stop() == 0, tracker.log
