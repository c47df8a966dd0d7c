"""A list with --json is printed as it comes: its first line does not wait for the last page."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.forks import Forks

LONGEST = 20.0
"""Seconds for a line that is there already, on a busy machine."""


class Slow(ThreadingHTTPServer):
    """Gives the first page at once, and the second when it is let."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Pages)
        self.let = threading.Event()
        self.asked = threading.Event()


class Pages(BaseHTTPRequestHandler):
    server: Slow

    def do_GET(self) -> None:
        page: dict[str, object]
        if "after=" in self.path:
            self.server.asked.set()
            self.server.let.wait(LONGEST)
            page = {"items": [{"id": "R-2"}], "next": None}
        else:
            page = {"items": [{"id": "R-1"}], "next": "more"}
        body = json.dumps(page).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def slow() -> Iterator[Slow]:
    server = Slow()
    serving = threading.Thread(target=server.serve_forever, daemon=True, args=(0.01,))
    serving.start()
    try:
        yield server
    finally:
        server.let.set()
        server.shutdown()
        server.server_close()
        serving.join()


@pytest.mark.parametrize("command", ["inbox", "proposals", "log", "deliveries", "export"])
async def test_the_first_line_is_out_before_the_last_page(
    slow: Slow, forks: Forks, command: str
) -> None:
    environment = {
        "TRIAGE_URL": f"http://127.0.0.1:{slow.server_address[1]}",
        "TRIAGE_TOKEN": "x",
        "HOME": "/nowhere",
    }
    process = await forks.start((command, "-n", "0", "--json"), environment)
    async with asyncio.timeout(LONGEST):
        assert await process.stdout.readline() == b'{"id":"R-1"}\n'
        assert not slow.let.is_set()
        await asyncio.to_thread(slow.asked.wait, LONGEST)
        slow.let.set()
        assert await process.stdout.read() == b'{"id":"R-2"}\n'
        assert await process.stderr.read() == b""
        assert await process.wait() == 0
        assert process.stdin is not None
        process.stdin.close()
