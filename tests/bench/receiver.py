"""A push service that takes everything: what is measured against it is the sender.

python -m tests.bench.receiver PORT
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

_TAKEN = b"HTTP/1.1 201 Created\r\nLocation: /message\r\nContent-Length: 0\r\n\r\n"


class _Taking(asyncio.Protocol):
    def __init__(self) -> None:
        self._sent = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is one without being declared so.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._sent += data
        while (head := self._sent.find(b"\r\n\r\n")) >= 0:
            if self._sent.startswith(b"GET"):
                length = 0
            else:
                fields = self._sent[:head].lower()
                length = int(fields.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            if len(self._sent) < head + 4 + length:
                return
            self._sent = self._sent[head + 4 + length :]
            self._transport.write(_TAKEN)


async def main(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Taking, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1])))
