"""What this person has seen of each report, so that nothing is decided past what others did.

At a terminal, the revision of every report that is shown is kept beside the login, and goes along
as `If-Match` with what is done to the report later: where somebody else was there in between,
nothing is done and the difference is shown. A script has no memory: what it read goes along where
it pipes the objects in, which have their revision in them.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from cli import login
from cli.exits import Thing

KEPT = 2000
"""Reports, the latest that were shown; 40 KB."""


def revision_of(thing: Thing) -> int | None:
    """That of a report; other things have none."""
    name, revision = thing.get("id"), thing.get("revision")
    if isinstance(name, str) and name.startswith("R-") and isinstance(revision, int):
        return revision
    return None


class Seen:
    """The revisions of reports at one server. It is a courtesy: a file that cannot be read or
    written is none."""

    def __init__(self, url: str, environ: Mapping[str, str]) -> None:
        self._url = url
        self._path: Path = login.directory(environ) / "seen.json"
        kept = self._all().get(url)
        self.revisions: dict[str, int] = kept or {}
        self._before = dict(self.revisions)

    def save(self) -> None:
        """With what other commands have saved in the meantime. The latest are at the end."""
        new = {
            name: revision
            for name, revision in self.revisions.items()
            if self._before.get(name) != revision
        }
        if not new:
            return
        everywhere = self._all()
        here = everywhere.get(self._url)
        kept = {name: one for name, one in here.items() if name not in new} if here else {}
        everywhere[self._url] = dict([*kept.items(), *new.items()][-KEPT:])
        beside = self._path.with_name(f".seen.{os.getpid()}")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside.write_text(json.dumps(everywhere), encoding="utf-8")
            beside.replace(self._path)

    def _all(self) -> dict[str, dict[str, int]]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}
