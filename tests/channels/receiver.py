"""A web server on loopback that keeps what it is sent and answers as it is told."""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass(frozen=True)
class Sent:
    """One request. Names of headers are in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Always:
    """Answers everything alike."""

    given: Answer

    def __call__(self, _: Sent) -> Answer:
        return self.given


@dataclass
class Receiver:
    url: str = ""
    port: int = 0
    connections: int = 0
    got: list[Sent] = field(default_factory=list)
    answer: Callable[[Sent], Answer] = Always(Answer())
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open.add(writer)
        try:
            while line := await reader.readline():
                method, path, _ = line.decode().split(" ")
                headers: dict[str, str] = {}
                while (line := await reader.readline()).strip():
                    name, _, value = line.decode().partition(":")
                    headers[name.lower()] = value.strip()
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.got.append(Sent(method, path, headers, body))
                answer = self.answer(self.got[-1])
                told = {**answer.headers, "Content-Length": str(len(answer.body))}
                head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
                writer.write(f"HTTP/1.1 {answer.status} .\r\n{head}\r\n".encode() + answer.body)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open.discard(writer)
            writer.close()


@asynccontextmanager
async def receiving(host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    try:
        server = await asyncio.start_server(receiver.serve, host, port)
    except OSError as problem:
        if problem.errno == errno.EADDRNOTAVAIL and host.startswith("127."):
            pytest.skip(f"{host} is not on loopback here, as it is on Linux")
        raise
    receiver.port = server.sockets[0].getsockname()[1]
    receiver.url = f"http://{host}:{receiver.port}"
    try:
        yield receiver
    finally:
        server.close()
        for writer in receiver.open:
            writer.close()
