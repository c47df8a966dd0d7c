"""Web servers that go wrong in every way that is known, as a process of their own.

    python -m tests.deliveries.faulty_receivers SEED JOURNAL

Prints where each is, by what is wrong with it, as JSON. Each goes wrong in some stretches of two
seconds and not in others, by chance, until a line comes in on standard input: after that all are
well, but for those that never are. It ends with the input. What comes in is written to the journal,
a line each, with what was answered.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import socket
import struct
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

STRETCH = 2.0
BEFORE, AFTER = "reset before it was read", "reset after it was read"


class Receipt(msgspec.Struct, frozen=True):
    at: float
    host: str
    path: str
    worker: int
    id: str
    body: str
    """A digest."""
    answer: str
    """A status, or what happened instead."""
    answered: float


class Trouble:
    def __init__(self) -> None:
        self.over = False
        self._begun = time.monotonic()

    @property
    def stretch(self) -> int | None:
        """The number of the present one; None when it is over."""
        return None if self.over else int((time.monotonic() - self._begun) / STRETCH)


class Faulty:
    def __init__(self, kind: str, seed: str, trouble: Trouble, journal: Path) -> None:
        self._kind = kind
        self._seed = f"{seed}.{kind}"
        self._trouble = trouble
        self._chance = random.Random(self._seed)
        self._journal = journal.open("ab", buffering=0)
        self.address = ""
        self._wrongs: dict[str, Callable[[asyncio.StreamWriter, int], Awaitable[str]]] = {
            "error": self._error,
            "busy": self._busy,
            "hanging": self._hang,
            "reset": self._reset,
            "slow": self._slow,
        }

    async def listen(self) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    @property
    def _goes_wrong(self) -> bool:
        stretch = self._trouble.stretch
        if stretch is None or self._kind.startswith("well"):
            return False
        return random.Random(f"{self._seed}.{stretch}").random() < 0.6

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                if self._kind == "reset" and self._goes_wrong and self._chance.random() < 0.5:
                    _break_off(writer)
                    return
                path = line.decode().split(" ")[1]
                headers: dict[str, str] = {}
                while (line := await reader.readline()).strip():
                    name, _, value = line.decode().partition(":")
                    headers[name.lower()] = value.strip()
                body = await reader.readexactly(int(headers["content-length"]))
                came = time.time()
                answer = await self._answer(writer, path)
                number = headers.get("webhook-id") or json.loads(body)["sequence_id"]
                digest = hashlib.sha256(body).hexdigest()
                worker = int(headers["worker"])
                told = Receipt(came, self._kind, path, worker, number, digest, answer, time.time())
                self._journal.write(msgspec.json.encode(told) + b"\n")
                if answer.isdecimal():
                    await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, path: str) -> str:
        if self._kind == "refusing":
            return _say(writer, 400)
        well = 410 if path.startswith("/gone") else 200
        if self._goes_wrong:
            wrong = self._kind
            if self._kind.startswith("mixed"):
                wrong = self._chance.choice(list(self._wrongs))
            return await self._wrongs[wrong](writer, well)
        # As long as it takes to do something with it.
        await asyncio.sleep(self._chance.uniform(0, 0.05))
        return _say(writer, well)

    async def _error(self, writer: asyncio.StreamWriter, _: int) -> str:
        if self._chance.random() < 0.2:
            return _say(writer, 503, "Retry-After: 1\r\n")
        return _say(writer, 500)

    async def _busy(self, writer: asyncio.StreamWriter, well: int) -> str:
        if self._chance.random() < 0.3:
            return _say(writer, well)
        return _say(writer, 429, "Retry-After: 1\r\n")

    async def _hang(self, writer: asyncio.StreamWriter, _: int) -> str:
        await asyncio.sleep(4)
        return "hung"

    async def _reset(self, writer: asyncio.StreamWriter, _: int) -> str:
        _break_off(writer)
        return AFTER

    async def _slow(self, writer: asyncio.StreamWriter, well: int) -> str:
        """Byte by byte; now and then so slowly that nobody waits for the end."""
        pause = self._chance.choice([0.005, 0.005, 0.2])
        for byte in f"HTTP/1.1 {well} .\r\nContent-Length: 2\r\n\r\nok".encode():
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(pause)
        return str(well) if pause < 0.1 else "too slow"


def _say(writer: asyncio.StreamWriter, status: int, headers: str = "") -> str:
    writer.write(f"HTTP/1.1 {status} .\r\n{headers}Content-Length: 0\r\n\r\n".encode())
    return str(status)


def _break_off(writer: asyncio.StreamWriter) -> None:
    """RST, not FIN: what is on its way is thrown away."""
    inner: Any = writer.get_extra_info("socket")
    inner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


KINDS = ("well1 well2 error busy hanging reset slow mixed1 mixed2 mixed3 refusing").split()


async def main(seed: str, journal: Path) -> None:
    trouble = Trouble()
    servers = {kind: Faulty(kind, seed, trouble, journal) for kind in KINDS}
    for server in servers.values():
        await server.listen()
    # Bound, and not listening: it stays ours, and connections to it are refused.
    down = socket.socket()
    down.bind(("127.0.0.1", 0))
    where = {kind: server.address for kind, server in servers.items()}
    where["down"] = f"http://127.0.0.1:{down.getsockname()[1]}"
    sys.stdout.write(json.dumps(where) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(os.read, 0, 100)
    trouble.over = True
    await asyncio.to_thread(os.read, 0, 100)
    # Whoever hangs is not waited for.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
