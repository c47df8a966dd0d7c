"""A data directory with the sample programme in it, for tests that do not ask how it came there.

Starting on an empty directory takes four seconds of a processor, a copy a tenth of one. That it
starts on an empty one too is told in tests/running/test_wheel.py and test_serving.py.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.running.commands import Tracker


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty directory that the database can get through to."""
    with TemporaryDirectory(prefix="orange-friday-") as directory:
        top = Path(directory)
        # As root, the database runs as another user, who has to get through to its data.
        top.chmod(0o711)
        yield top


@pytest.fixture(scope="session")
def data_with_programme() -> Iterator[Path]:
    """Nobody uses it: copy it with `copy_data`."""
    with TemporaryDirectory(prefix="orange-friday-") as directory:
        top = Path(directory)
        top.chmod(0o711)
        tracker = Tracker(top / "data")
        ran = tracker("sample")
        assert ran.code == 0, ran.err
        assert tracker.database() is None
        yield tracker.data


def copy_data(data: Path, to: Path) -> None:
    """Owners and modes with it: as root, the database's files belong to its own user."""
    subprocess.run(["cp", "-a", str(data), str(to)], check=True)


@pytest.fixture
def moved_in(place: Path, data_with_programme: Path) -> Tracker:
    """The command on a copy with the sample programme in it, where nothing runs yet."""
    tracker = Tracker(place / "data")
    copy_data(data_with_programme, tracker.data)
    return tracker
