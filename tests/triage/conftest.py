"""The live server and the real process, for the tests of this directory."""

from tests.live import filed, live_server, triage_of

__all__ = ["filed", "live_server", "triage_of"]
