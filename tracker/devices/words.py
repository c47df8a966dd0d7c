"""The rings in both languages."""

from __future__ import annotations

from tracker.devices.tables import Ring
from tracker.language import Text

RINGS: dict[str, Text] = {
    Ring.CLOSED: Text("内测", "Closed beta"),
    Ring.DEV: Text("开发版", "Developer"),
    Ring.STABLE: Text("稳定版", "Stable"),
}
