"""What `pip install` gives somebody: the whole thing, without the checkout."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil
import pytest

from tracker import __version__

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed() -> Iterator[Path]:
    """A fresh environment with our wheel in it, in a directory that is not the checkout.

    The libraries are those of the environment that runs the tests, so no network is needed; the
    checkout is not on their path, as a `.pth` file within a `.pth` directory is not read.
    """
    with TemporaryDirectory(prefix="orange-friday-") as directory:
        place = Path(directory)
        place.chmod(0o711)
        run(
            [*(sys.executable, "-m", "build", "--wheel", "--no-isolation"), "--outdir", directory],
            ROOT,
        )
        (wheel,) = place.glob("*.whl")
        run([sys.executable, "-m", "venv", "--without-pip", str(place / "venv")], place)
        python = place / "venv" / "bin" / "python"
        run(
            [
                *(sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"),
                *("--no-deps", "--no-index", str(wheel)),
            ],
            place,
        )
        packages = run(
            [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], place
        )
        libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        Path(packages.strip(), "libraries.pth").write_text("\n".join(libraries) + "\n")
        yield place


def run(command: list[str], directory: Path) -> str:
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def test_nothing_comes_from_the_checkout(installed: Path) -> None:
    where = run(
        [
            str(installed / "venv/bin/python"),
            "-c",
            "import tracker, cli, piccolo_conf\n"
            "print(tracker.__file__, cli.__file__, piccolo_conf.__file__)",
        ],
        installed,
    )
    assert where.count(str(installed)) == 3


@pytest.mark.parametrize(("command", "said"), [("tracker", __version__), ("triage", "triage {}")])
def test_both_commands_are_there(installed: Path, command: str, said: str) -> None:
    program = str(installed / "venv/bin" / command)
    assert run([program, "--version"], installed).strip() == said.format(__version__)
    assert "Usage" in run([program, "--help"], installed)


def test_it_serves_pages_from_an_empty_data_directory(installed: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    data = installed / "data"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("TRACKER_")
    }
    with (installed / "output").open("wb") as output:
        server = subprocess.Popen(
            [
                *(str(installed / "venv/bin/tracker"), "serve"),
                *("--host", "127.0.0.1", "--port", address.rsplit(":", 1)[1]),
            ],
            cwd=installed,
            env=environment | {"TRACKER_DATA": str(data), "TRACKER_BASE_URL": address},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        with httpx.Client(base_url=address, timeout=30) as browser:
            answer_within(60, browser, server, installed / "output")
            assert browser.get("/readyz").status_code == 200
            home = browser.get("/", headers={"Accept-Language": "zh-CN"})
            assert home.status_code == 200
            assert "橙色星期五" in home.text
            assert browser.get("/signin").status_code == 200
            assert browser.get("/releases").status_code == 200
            kinds = {}
            for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', home.text):
                answer = browser.get(path)
                assert answer.status_code == 200, path
                kinds[answer.headers["content-type"].partition(";")[0]] = path
            assert {"text/css", "text/javascript", "image/svg+xml"} <= kinds.keys()
            assert browser.get("/schema/openapi.json").json()["paths"]
        said = (installed / "output").read_text()
        assert address in said
        assert "alice" in said
        database = psutil.Process(
            int((data / "postgres" / "postmaster.pid").read_text().split()[0])
        )
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    assert server.returncode == 0, (installed / "output").read_text()[-3000:]
    assert not database.is_running() or database.status() == psutil.STATUS_ZOMBIE


def answer_within(
    seconds: float, browser: httpx.Client, server: subprocess.Popen[bytes], output: Path
) -> None:
    patience = time.monotonic() + seconds
    while True:
        try:
            if browser.get("/healthz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert server.poll() is None, output.read_text()[-3000:]
        assert time.monotonic() < patience, output.read_text()[-3000:]
        time.sleep(0.05)
