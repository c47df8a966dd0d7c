"""A web server that takes everything, after a tenth of a second, as a process of its own.

    python -m tests.deliveries.distant_receiver ADDRESS JOURNAL SENDERS

Prints two ports; ends when standard input does. On the second it answers nobody before so many
addresses have called, so that none of them comes late. What comes in is written to the journal:
when, from which address, and the id of the message.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import msgspec

LATENCY = 0.1


class Receipt(msgspec.Struct, frozen=True):
    at: float
    sender: str
    id: str


async def main(address: str, path: Path, senders: int) -> None:
    journal = path.open("ab", buffering=0)

    callers: set[str] = set()
    complete = asyncio.Event()

    async def gather(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        callers.add(writer.get_extra_info("peername")[0])
        if len(callers) >= senders:
            complete.set()
        await complete.wait()
        await serve(reader, writer)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender: str = writer.get_extra_info("peername")[0]
        try:
            while await reader.readline():
                headers: dict[str, str] = {}
                while (line := await reader.readline()).strip():
                    name, _, value = line.decode().partition(":")
                    headers[name.lower()] = value.strip()
                await reader.readexactly(int(headers["content-length"]))
                told = Receipt(time.time(), sender, headers["webhook-id"])
                journal.write(msgspec.json.encode(told) + b"\n")
                await asyncio.sleep(LATENCY)
                writer.write(b"HTTP/1.1 200 .\r\nContent-Length: 0\r\n\r\n")
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    servers = [await asyncio.start_server(each, address, 0) for each in (serve, gather)]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    sys.stdout.write("{} {}\n".format(*ports))
    sys.stdout.flush()
    await asyncio.to_thread(os.read, 0, 1)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
