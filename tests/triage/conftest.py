"""The live server, the real process and a real terminal, for the tests of this directory."""

from tests.live import filed, live_server, triage_of
from tests.terminal import terminal_of

__all__ = ["filed", "live_server", "terminal_of", "triage_of"]
