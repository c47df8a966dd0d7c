"""What happened in the four weeks, by the parts of the system it happened to."""

from __future__ import annotations

from tracker.sample.script import Script
from tracker.sample.stories import (
    assistant,
    battery,
    camera,
    desk,
    discussion,
    gallery,
    home,
    lockscreen,
    network,
    notes,
    phone,
    settings,
    system,
    team,
)


def tell(script: Script) -> None:
    for part in (
        desk,
        system,
        lockscreen,
        home,
        camera,
        gallery,
        phone,
        network,
        battery,
        settings,
        assistant,
        notes,
        team,
        discussion,
    ):
        part.tell(script)
