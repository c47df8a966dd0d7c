"""Messages as the worker makes them, for channels to send."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.cast import START
from tracker.channels.base import Address, Channel, Line, Outcome, Outgoing

FRIDAY = Outgoing(
    key="n7-3",
    kind="friday",
    title="你的 2 个反馈解决了",
    text="打开相机后闪退，等 2 项，已在小米 13 的 26.11.27 版本解决。",
    url="https://beta.example.com/releases/2026-11-27",
    language="zh",
    at=START,
    address={},
    lines=(
        Line(
            "R-1",
            "打开相机后闪退",
            "已在 26.11.27 解决",
            "https://beta.example.com/reports/R-1",
            "https://beta.example.com/v/the-link-of-alice",
        ),
        Line("R-2", "夜景发绿", "已在 26.11.27 解决", "https://beta.example.com/reports/R-2"),
    ),
)


async def send(channel: Channel, address: Address, **changed: Any) -> Outcome:
    """Try once to send FRIDAY, `changed`, there."""
    out = msgspec.structs.replace(FRIDAY, address=address, **changed)
    [outcome] = await channel.send([out])
    return outcome
